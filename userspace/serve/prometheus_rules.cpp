#include "serve/prometheus_rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "serve/json_labels.h"
#include "serve/prometheus_answers.h"
#include "serve/timestamp.h"

namespace sonde::serve {
namespace {

using Json = nlohmann::ordered_json;

/// What Go writes for a time that has not come.
constexpr std::string_view kNever = "0001-01-01T00:00:00Z";

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

double seconds(std::chrono::nanoseconds value) { return std::chrono::duration<double>(value).count(); }

/// Go's strconv.FormatFloat(value, 'e', -1, 64).
std::string exponent_text(double value) {
  std::array<char, 64> digits;
  const char* const end =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::scientific).ptr;
  return std::string(static_cast<const char*>(digits.data()), end);
}

Json alert_of(const ActiveAlert& alert) {
  Json row{{"labels", labels_object(alert.labels)},
           {"annotations", labels_object(alert.annotations)},
           {"state", alert.firing ? "firing" : "pending"},
           {"activeAt", rfc3339(alert.active_at)}};
  if (alert.keep_firing_since) row["keepFiringSince"] = rfc3339(*alert.keep_firing_since);
  row["value"] = exponent_text(alert.value);
  return row;
}

Json alerts_of(std::span<const ActiveAlert> alerts) {
  Json rows = Json::array();
  for (const ActiveAlert& alert : alerts) rows.push_back(alert_of(alert));
  return rows;
}

std::string_view state_of(const ShownRule& rule) {
  if (rule.health == RuleHealth::kUnknown) return "unknown";
  if (rule.alerts.empty()) return "inactive";
  const bool fires =
      std::any_of(rule.alerts.begin(), rule.alerts.end(), [](const ActiveAlert& alert) { return alert.firing; });
  return fires ? "firing" : "pending";
}

std::string_view name_of(RuleHealth health) {
  switch (health) {
    case RuleHealth::kUnknown:
      return "unknown";
    case RuleHealth::kOk:
      return "ok";
    case RuleHealth::kError:
      return "err";
  }
  std::abort();
}

std::string moment(const std::optional<WallTime>& at) { return at ? rfc3339(*at) : std::string(kNever); }

Json rule_of(const ShownRule& rule, bool exclude_alerts) {
  Json row = Json::object();
  if (rule.is_alerting) row["state"] = state_of(rule);
  row["name"] = rule.name;
  row["query"] = rule.query;
  if (rule.is_alerting) {
    row["duration"] = seconds(rule.hold);
    row["keepFiringFor"] = seconds(rule.keep_firing_for);
  }
  if (rule.is_alerting || !rule.labels.empty()) row["labels"] = labels_object(rule.labels);
  if (rule.is_alerting) {
    row["annotations"] = labels_object(rule.annotations);
    row["alerts"] = exclude_alerts ? Json(nullptr) : alerts_of(rule.alerts);
  }
  row["health"] = name_of(rule.health);
  if (!rule.last_error.empty()) row["lastError"] = rule.last_error;
  row["evaluationTime"] = seconds(rule.took);
  row["lastEvaluation"] = moment(rule.last_evaluation);
  row["type"] = rule.is_alerting ? "alerting" : "recording";
  return row;
}

}  // namespace

std::string rules_json(std::span<const RuleGroup> groups, bool exclude_alerts) {
  Json rows = Json::array();
  for (const RuleGroup& group : groups) {
    Json rules = Json::array();
    for (const ShownRule& rule : group.rules) rules.push_back(rule_of(rule, exclude_alerts));
    rows.push_back(Json{{"name", group.name},
                        {"file", group.file},
                        {"rules", std::move(rules)},
                        {"interval", seconds(group.interval)},
                        {"limit", group.limit},
                        {"evaluationTime", seconds(group.took)},
                        {"lastEvaluation", moment(group.last_evaluation)}});
  }
  return data_json(dump(Json{{"groups", std::move(rows)}}));
}

std::string active_alerts_json(std::span<const ActiveAlert> alerts) {
  return data_json(dump(Json{{"alerts", alerts_of(alerts)}}));
}

}  // namespace sonde::serve
