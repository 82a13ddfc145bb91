#include "serve/rule_answers.h"

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "serve/json_labels.h"
#include "serve/timestamp.h"

namespace sonde::serve {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

double seconds(std::chrono::nanoseconds value) { return std::chrono::duration<double>(value).count(); }

/// JSON has no number for what is none.
Json number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return value;
}

std::string_view name_of(rules::NoDataPolicy policy) {
  switch (policy) {
    case rules::NoDataPolicy::kPrometheus:
      return "prometheus";
    case rules::NoDataPolicy::kKeepLast:
      return "keep_last";
    case rules::NoDataPolicy::kOk:
      return "ok";
    case rules::NoDataPolicy::kAlert:
      return "alert";
  }
  std::abort();
}

Json threshold_of(const std::optional<promql::Threshold>& threshold) {
  if (!threshold) return nullptr;
  return Json{{"above", threshold->above}, {"inclusive", threshold->inclusive}, {"value", number(threshold->value)}};
}

Json listed(const ListedRule& rule) {
  const char* state = rule.firing > 0 ? "firing" : rule.pending > 0 ? "pending" : "inactive";
  return Json{{"group", rule.group},
              {"file", rule.file},
              {"line", rule.line},
              {"name", rule.name},
              {"type", rule.is_alerting ? "alerting" : "recording"},
              {"severity", rule.is_alerting ? Json(rules::name_of(rule.severity)) : Json(nullptr)},
              {"state", rule.is_alerting ? Json(state) : Json(nullptr)},
              {"pending", rule.pending},
              {"firing", rule.firing},
              {"health", !rule.evaluated           ? "unknown"
                         : rule.last_error.empty() ? "ok"
                                                   : "err"},
              {"last_error", rule.last_error},
              {"missing_metrics", rule.missing_metrics},
              {"held_back", rule.held_back},
              {"gated", rule.gated},
              {"refused", rule.refused},
              {"blind", rule.blind}};
}

Json setting_of(const ExplainedSetting& setting) {
  Json elements = Json::array();
  for (const ExplainedElement& element : setting.elements) {
    elements.push_back(
        {{"labels", labels_object(element.labels)}, {"value", number(element.value)}, {"holds", element.holds}});
  }
  return Json{{"name", setting.name},
              {"expression", setting.expression},
              {"error", setting.error},
              {"threshold", threshold_of(setting.threshold)},
              {"elements", std::move(elements)}};
}

Json instance_of(const ExplainedInstance& instance) {
  return Json{{"labels", labels_object(instance.labels)},
              {"state", instance.state},
              {"value", instance.value ? number(*instance.value) : Json(nullptr)},
              {"breaches", instance.breaches},
              {"says", instance.says},
              {"annotations", labels_object(instance.annotations)}};
}

Json explained(const ExplainedRule& rule) {
  Json row = listed(rule.rule);
  row["expression"] = rule.expression;
  row["threshold"] = threshold_of(rule.threshold);
  row["clear"] = rule.clear;
  row["clear_threshold"] = threshold_of(rule.clear_threshold);
  row["for_seconds"] = seconds(rule.hold);
  row["keep_firing_for_seconds"] = seconds(rule.keep_firing_for);
  row["breaches"] = rule.breaches;
  row["clears"] = rule.clears;
  row["no_data"] = name_of(rule.no_data);
  row["says"] = rule.says;
  row["settings"] = Json::array();
  for (const ExplainedSetting& setting : rule.settings) row["settings"].push_back(setting_of(setting));
  row["instances"] = Json::array();
  for (const ExplainedInstance& instance : rule.instances) row["instances"].push_back(instance_of(instance));
  row["instances_left_out"] = rule.left_out;
  return row;
}

}  // namespace

std::string rule_list_json(std::span<const ListedRule> rules) {
  Json rows = Json::array();
  for (const ListedRule& rule : rules) rows.push_back(listed(rule));
  return dump(Json{{"rules", std::move(rows)}});
}

std::string explanation_json(const std::string& alert, WallTime at, std::span<const ExplainedRule> rules,
                             const std::string& nearest) {
  Json rows = Json::array();
  for (const ExplainedRule& rule : rules) rows.push_back(explained(rule));
  Json answer{{"alert", alert}, {"at", rfc3339(at)}, {"rules", std::move(rows)}};
  if (!nearest.empty()) answer["did_you_mean"] = nearest;
  return dump(answer);
}

}  // namespace sonde::serve
