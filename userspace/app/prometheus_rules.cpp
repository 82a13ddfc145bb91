#include "app/prometheus_rules.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "promql/rune.h"
#include "store/matching.h"

namespace sonde::app {
namespace {

using ByRule = std::map<std::string, std::vector<serve::ActiveAlert>>;

std::optional<serve::ActiveAlert> active_alert(const alerts::Instance& instance) {
  if (instance.state == alerts::InstanceState::kInactive) return std::nullopt;
  serve::ActiveAlert active;
  active.labels = instance.labels;
  active.annotations = instance.annotations;
  active.firing = instance.state != alerts::InstanceState::kPending;
  active.active_at = instance.active_at.wall;
  if (instance.state == alerts::InstanceState::kRecovering) active.keep_firing_since = instance.keep_since.wall;
  active.value = instance.value;
  return active;
}

ByRule active_by_rule(const std::vector<alerts::Instance>& instances) {
  ByRule by_rule;
  for (const alerts::Instance& instance : instances) {
    if (auto active = active_alert(instance)) by_rule[instance.uid].push_back(*std::move(active));
  }
  return by_rule;
}

store::Labels sorted(store::Labels labels) {
  std::sort(labels.begin(), labels.end(),
            [](const auto& first, const auto& second) { return first.name < second.name; });
  return labels;
}

serve::ShownRule shown_rule(const rules::Rule& rule, const RuleStatus& status, ByRule& active) {
  serve::ShownRule shown;
  shown.is_alerting = !rule.alert.empty();
  shown.name = shown.is_alerting ? rule.alert : rule.record;
  shown.query = rule.expression;
  shown.hold = rule.hold;
  shown.keep_firing_for = rule.keep_firing_for;
  shown.labels = sorted(rule.labels);
  shown.annotations = sorted(rule.annotations);
  if (shown.is_alerting) shown.alerts = std::move(active[rule.uid]);
  if (status.evaluated_at != WallTime{}) {
    shown.health = status.error.empty() ? serve::RuleHealth::kOk : serve::RuleHealth::kError;
    shown.last_evaluation = status.evaluated_at;
  }
  shown.last_error = status.error;
  shown.took = status.took;
  return shown;
}

/// Keeps the rules whose name is wanted, if any is named, and whose labels match any of the sets, if there are any.
Result<> filter(std::vector<serve::ShownRule>& rules, const std::vector<std::string>& names,
                const std::vector<std::vector<store::Matcher>>& sets) {
  std::vector<std::vector<store::CompiledMatcher>> compiled;
  for (const std::vector<store::Matcher>& matchers : sets) {
    compiled.emplace_back();
    for (const store::Matcher& matcher : matchers) {
      compiled.back().push_back(SONDE_TRY(store::CompiledMatcher::compile(matcher)));
    }
  }
  const auto is_chosen = [&](const serve::ShownRule& rule) {
    const auto holds = [&](const store::CompiledMatcher& matcher) {
      const auto found = std::find_if(rule.labels.begin(), rule.labels.end(),
                                      [&](const measure::Label& label) { return label.name == matcher.name(); });
      return matcher.matches(found == rule.labels.end() ? "" : found->value);
    };
    const auto all_hold = [&](const auto& matchers) { return std::all_of(matchers.begin(), matchers.end(), holds); };
    const bool named = names.empty() || std::find(names.begin(), names.end(), rule.name) != names.end();
    return named && (compiled.empty() || std::any_of(compiled.begin(), compiled.end(), all_hold));
  };
  rules.erase(std::remove_if(rules.begin(), rules.end(), [&](const auto& rule) { return !is_chosen(rule); }),
              rules.end());
  return Ok{};
}

/// strconv.ParseBool of Go.
std::optional<bool> read_bool(std::string_view text) {
  if (text == "1" || text == "t" || text == "true") return true;
  if (text == "0" || text == "f" || text == "false") return false;
  return std::nullopt;
}

ApiResult<bool> excludes_alerts(const serve::Parameters& query) {
  const std::string text = lower_case(query.value("exclude_alerts"));
  if (text.empty()) return false;
  if (const auto excluded = read_bool(text)) return *excluded;
  return invalid_parameter("exclude_alerts", "error converting exclude_alerts: strconv.ParseBool: parsing " +
                                                 promql::quote(text) + ": invalid syntax");
}

bool names_another(const std::vector<std::string>& names, std::string_view name) {
  return !names.empty() && std::find(names.begin(), names.end(), name) == names.end();
}

bool is_chosen(const serve::RuleGroup& group, const serve::Parameters& query) {
  return !names_another(query.values("rule_group[]"), group.name) && !names_another(query.values("file[]"), group.file);
}

}  // namespace

std::vector<serve::RuleGroup> shown_groups(const AlertingView& view) {
  std::vector<serve::RuleGroup> groups;
  if (!view.groups) return groups;
  ByRule active = active_by_rule(view.instances);
  for (std::size_t i = 0; i < view.groups->size(); ++i) {
    const rules::Group& group = (*view.groups)[i];
    const GroupStatus& status = view.status[i];
    serve::RuleGroup shown;
    shown.name = group.name;
    shown.file = group.file;
    shown.interval = group.interval;
    shown.limit = group.limit;
    if (status.evaluated_at != WallTime{}) shown.last_evaluation = status.evaluated_at;
    shown.took = status.took;
    for (std::size_t rule = 0; rule < group.rules.size(); ++rule) {
      shown.rules.push_back(shown_rule(group.rules[rule], status.rules[rule], active));
    }
    groups.push_back(std::move(shown));
  }
  return groups;
}

ApiAnswer show_rules(const PrometheusState& state, const serve::HttpRequest& request) {
  const serve::Parameters& query = request.query;
  const auto sets = SONDE_TRY(matchers_of(query));
  const std::string type = lower_case(query.value("type"));
  if (type != "" && type != "alert" && type != "record") {
    return invalid_parameter("type", "not supported value " + promql::quote(type));
  }
  const bool exclude_alerts = SONDE_TRY(excludes_alerts(query));
  std::vector<serve::RuleGroup> groups;
  const auto view = state.sources.alerting();
  for (serve::RuleGroup& group : shown_groups(*view)) {
    if (!is_chosen(group, query)) continue;
    std::erase_if(group.rules,
                  [&](const serve::ShownRule& rule) { return type != "" && rule.is_alerting != (type == "alert"); });
    if (const auto filtered = filter(group.rules, query.values("rule_name[]"), sets); !filtered) {
      return ApiError{serve::ApiErrorType::kBadData, filtered.error().what};
    }
    const bool is_filtered = type != "" || !sets.empty() || !query.values("rule_name[]").empty();
    if (!group.rules.empty() || !is_filtered) groups.push_back(std::move(group));
  }
  return serve::rules_json(groups, exclude_alerts);
}

ApiAnswer show_alerts(const PrometheusState& state, const serve::HttpRequest&) {
  const auto view = state.sources.alerting();
  std::vector<serve::ActiveAlert> active;
  for (const alerts::Instance& instance : view->instances) {
    if (auto alert = active_alert(instance)) active.push_back(*std::move(alert));
  }
  return serve::active_alerts_json(active);
}

}  // namespace sonde::app
