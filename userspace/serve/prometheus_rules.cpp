#include "serve/prometheus_rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

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

Json labels_of(const store::Labels& labels) {
  Json object = Json::object();
  for (const measure::Label& label : labels) object[label.name] = label.value;
  return object;
}

Json alert_of(const ActiveAlert& alert) {
  return Json{{"labels", labels_of(alert.labels)},
              {"annotations", labels_of(alert.annotations)},
              {"state", name_of(alert.state)},
              {"activeAt", rfc3339(alert.active_at)},
              {"value", exponent_text(alert.value)}};
}

Json alerts_of(std::span<const ActiveAlert> alerts) {
  Json rows = Json::array();
  for (const ActiveAlert& alert : alerts) rows.push_back(alert_of(alert));
  return rows;
}

std::string_view state_of(const AlertingRule& rule) {
  if (rule.alerts.empty()) return "inactive";
  const bool fires = std::any_of(rule.alerts.begin(), rule.alerts.end(),
                                 [](const ActiveAlert& alert) { return alert.state == alerts::AlertState::kFiring; });
  return fires ? "firing" : "pending";
}

Json rule_of(const AlertingRule& rule, const std::string& last_evaluation, bool exclude_alerts) {
  return Json{{"state", state_of(rule)},
              {"name", rule.name},
              {"query", rule.query},
              {"duration", seconds(rule.hold)},
              {"keepFiringFor", 0},
              {"labels", labels_of(rule.labels)},
              {"annotations", labels_of(rule.annotations)},
              {"alerts", exclude_alerts ? Json(nullptr) : alerts_of(rule.alerts)},
              {"health", last_evaluation == kNever ? "unknown" : "ok"},
              {"evaluationTime", 0},
              {"lastEvaluation", last_evaluation},
              {"type", "alerting"}};
}

}  // namespace

std::string rules_json(std::span<const RuleGroup> groups, bool exclude_alerts) {
  Json rows = Json::array();
  for (const RuleGroup& group : groups) {
    const std::string last = group.last_evaluation ? rfc3339(*group.last_evaluation) : std::string(kNever);
    Json rules = Json::array();
    for (const AlertingRule& rule : group.rules) rules.push_back(rule_of(rule, last, exclude_alerts));
    rows.push_back(Json{{"name", group.name},
                        {"file", group.file},
                        {"rules", std::move(rules)},
                        {"interval", seconds(group.interval)},
                        {"limit", 0},
                        {"evaluationTime", 0},
                        {"lastEvaluation", last}});
  }
  return data_json(dump(Json{{"groups", std::move(rows)}}));
}

std::string active_alerts_json(std::span<const ActiveAlert> alerts) {
  return data_json(dump(Json{{"alerts", alerts_of(alerts)}}));
}

}  // namespace sonde::serve
