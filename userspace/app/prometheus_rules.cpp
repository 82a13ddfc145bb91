#include "app/prometheus_rules.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "base/go_number.h"
#include "base/quantity.h"
#include "measure/types.h"
#include "promql/rune.h"
#include "store/matching.h"

namespace sonde::app {
namespace {

using rules::Policy;
using rules::RulePack;
using rules::Severity;

constexpr std::array kSeverities{Severity::kWarning, Severity::kCritical};
constexpr std::array kRuleNames{rules::kHighResponseTime, rules::kHighErrorRate};

/// What does not belong into a regular expression as it is.
std::string escape_pattern(std::string_view text) {
  std::string pattern;
  for (const char byte : text) {
    if (std::string_view("\\.+*?()|[]{}^$").find(byte) != std::string_view::npos) pattern += '\\';
    pattern += byte;
  }
  return pattern;
}

/// One policy and the services it holds for.
struct Scope {
  const Policy& policy;
  std::string service;   ///< empty: all that have no policy of their own
  std::string matchers;  ///< of PromQL, that choose them
};

std::vector<Scope> scopes_of(const RulePack& pack) {
  std::string others;
  std::vector<Scope> scopes{{pack.defaults, "", ""}};
  for (const auto& [service, policy] : pack.services) {
    others += (others.empty() ? "" : "|") + escape_pattern(service);
    scopes.push_back({policy, service, "service_name=" + promql::quote(service)});
  }
  if (!others.empty()) scopes.front().matchers = "service_name!~" + promql::quote(others);
  return scopes;
}

std::string selector(std::string_view metric, const std::string& matchers, const std::string& window) {
  return std::string(metric) + (matchers.empty() ? "" : "{" + matchers + "}") + "[" + window + "]";
}

std::string join(const std::string& first, const std::string& second) {
  return first.empty() ? second : first + "," + second;
}

double threshold_of(std::string_view rule, const Policy& policy, Severity severity) {
  const bool critical = severity == Severity::kCritical;
  if (rule == rules::kHighErrorRate) return critical ? policy.error_ratio.critical : policy.error_ratio.warning;
  const auto& limit = policy.response_time_p95;
  return std::chrono::duration<double>(critical ? limit.critical : limit.warning).count();
}

/// The value a rule judges, a service.
std::string value_text(std::string_view rule, const Scope& scope, const std::string& window) {
  const std::string metric(measure::kHttpServerDuration);
  if (rule == rules::kHighResponseTime) {
    return "histogram_quantile(0.95, sum by (service_name, le) (rate(" +
           selector(metric + "_bucket", scope.matchers, window) + ")))";
  }
  // No response has no status. One that was broken off has an error besides (store::outcome_of).
  const std::string unanswered = join(scope.matchers, R"(http_response_status_code=~"5..|")");
  const std::string broken_off = join(scope.matchers, R"(error_type=~"connection_closed|bad_response")");
  const auto rate = [&](const std::string& matchers) {
    return "rate(" + selector(metric + "_count", matchers, window) + ")";
  };
  return "sum by (service_name) (" + rate(unanswered) + " or " + rate(broken_off) + ") / sum by (service_name) (" +
         rate(scope.matchers) + ")";
}

std::string query_text(std::string_view rule, const Scope& scope, Severity severity) {
  const std::string window = format_duration(scope.policy.window);
  const std::string count = selector(std::string(measure::kHttpServerDuration) + "_count", scope.matchers, window);
  return value_text(rule, scope, window) + " > " + format_number(threshold_of(rule, scope.policy, severity)) +
         " and sum by (service_name) (increase(" + count + ")) >= " + std::to_string(scope.policy.min_requests);
}

serve::ActiveAlert active_alert(const alerts::Alert& alert) {
  serve::ActiveAlert active;
  active.labels = {{"alertname", alert.rule},
                   {"service_name", alert.service},
                   {"severity", std::string(rules::name_of(alert.severity))}};
  active.annotations = {{"summary", alert.summary}};
  active.state = alert.state;
  active.active_at = alert.active_since;
  active.value = alert.value;
  return active;
}

serve::AlertingRule make_rule(std::string_view name, const Scope& scope, Severity severity) {
  serve::AlertingRule rule;
  rule.name = name;
  rule.query = query_text(name, scope, severity);
  rule.hold = scope.policy.for_duration;
  rule.labels = {{"severity", std::string(rules::name_of(severity))}};
  if (!scope.service.empty()) rule.labels.insert(rule.labels.begin(), {"service_name", scope.service});
  return rule;
}

/// Keeps the rules whose name is wanted, if any is named, and whose labels match any of the sets, if there are any.
Result<> filter(std::vector<serve::AlertingRule>& rules, const std::vector<std::string>& names,
                const std::vector<std::vector<store::Matcher>>& sets) {
  std::vector<std::vector<store::CompiledMatcher>> compiled;
  for (const std::vector<store::Matcher>& matchers : sets) {
    compiled.emplace_back();
    for (const store::Matcher& matcher : matchers) {
      compiled.back().push_back(SONDE_TRY(store::CompiledMatcher::compile(matcher)));
    }
  }
  const auto is_chosen = [&](const serve::AlertingRule& rule) {
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

constexpr std::string_view kGroupName = "sonde";
constexpr std::string_view kGroupFile = "built-in";

}  // namespace

std::vector<serve::AlertingRule> prometheus_rules(const RulePack& pack, const std::vector<alerts::Alert>& active) {
  std::vector<serve::AlertingRule> rules;
  for (const Scope& scope : scopes_of(pack)) {
    for (const std::string_view name : kRuleNames) {
      for (const Severity severity : kSeverities) rules.push_back(make_rule(name, scope, severity));
    }
  }
  const auto rules_per_scope = static_cast<std::ptrdiff_t>(kRuleNames.size() * kSeverities.size());
  for (const alerts::Alert& alert : active) {
    // The first scope is that of the defaults; the others are in the order of the pack.
    const auto own = pack.services.find(alert.service);
    const auto scope = own == pack.services.end() ? 0 : std::distance(pack.services.begin(), own) + 1;
    const auto first = rules.begin() + scope * rules_per_scope;
    const auto found = std::find_if(first, first + rules_per_scope, [&](const serve::AlertingRule& rule) {
      return rule.name == alert.rule && rule.labels.back().value == rules::name_of(alert.severity);
    });
    if (found != first + rules_per_scope) found->alerts.push_back(active_alert(alert));
  }
  return rules;
}

ApiAnswer show_rules(const PrometheusState& state, const serve::HttpRequest& request) {
  const serve::Parameters& query = request.query;
  const auto sets = SONDE_TRY(matchers_of(query));
  const std::string type = lower_case(query.value("type"));
  if (type != "" && type != "alert" && type != "record") {
    return invalid_parameter("type", "not supported value " + promql::quote(type));
  }
  const bool exclude_alerts = SONDE_TRY(excludes_alerts(query));
  serve::RuleGroup group;
  group.name = kGroupName;
  group.file = kGroupFile;
  group.interval = state.sources.store_options.tick;
  group.last_evaluation = state.last_sampled();
  const bool is_chosen = type != "record" && !names_another(query.values("rule_group[]"), kGroupName) &&
                         !names_another(query.values("file[]"), kGroupFile);
  if (is_chosen) group.rules = prometheus_rules(state.sources.rules, state.sources.active_alerts());
  if (const auto filtered = filter(group.rules, query.values("rule_name[]"), sets); !filtered) {
    return ApiError{serve::ApiErrorType::kBadData, filtered.error().what};
  }
  std::vector<serve::RuleGroup> groups;
  if (!group.rules.empty()) groups.push_back(std::move(group));
  return serve::rules_json(groups, exclude_alerts);
}

ApiAnswer show_alerts(const PrometheusState& state, const serve::HttpRequest&) {
  std::vector<serve::ActiveAlert> active;
  for (const alerts::Alert& alert : state.sources.active_alerts()) active.push_back(active_alert(alert));
  return serve::active_alerts_json(active);
}

}  // namespace sonde::app
