#include "app/rule_pages.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <span>
#include <string_view>
#include <utility>

#include "app/rule_explanation.h"
#include "base/nearest_word.h"

namespace sonde::app {
namespace {

using serve::HttpRequest;
using serve::HttpResponse;

/// What is counted by rule.
struct Counts {
  std::size_t pending = 0;
  std::size_t firing = 0;
  std::size_t held_back = 0;
};

std::map<std::string, Counts> count_by_rule(const AlertingView& view) {
  std::map<std::string, Counts> counts;
  for (const alerts::Instance& instance : view.instances) {
    if (instance.state == alerts::InstanceState::kInactive) continue;
    ++(instance.state == alerts::InstanceState::kPending ? counts[instance.uid].pending : counts[instance.uid].firing);
  }
  for (const alerts::HeldBack& held : view.held_back) ++counts[held.uid].held_back;
  return counts;
}

void add_counts(serve::ListedRule& row, const Counts& counts, const alerts::RuleStanding* standing) {
  row.pending = counts.pending;
  row.firing = counts.firing;
  row.held_back = counts.held_back;
  if (standing == nullptr) return;
  row.gated = standing->gated;
  row.refused = standing->refused;
  row.blind = standing->blind;
}

HttpResponse list(const PrometheusSources& sources) {
  const auto metrics = sources.database.label_values(std::string(store::kNameLabel), {});
  if (!metrics) return serve::text_response(500, metrics.error().what + "\n");
  return serve::json_response(200, serve::rule_list_json(list_rules(*sources.alerting(), *metrics)));
}

std::vector<std::string> alert_names(const AlertingView& view) {
  std::vector<std::string> names;
  if (!view.groups) return names;
  for (const rules::Group& group : *view.groups) {
    for (const rules::Rule& rule : group.rules) {
      if (!rule.alert.empty()) names.push_back(rule.alert);
    }
  }
  return names;
}

HttpResponse explain(const PrometheusSources& sources, const HttpRequest& request) {
  const std::string alert(request.query.value("alert"));
  if (alert.empty()) return serve::text_response(400, "alert: the name of an alert is missing\n");
  const auto explained = explain_alert(sources, alert);
  if (!explained) return serve::text_response(500, explained.error().what + "\n");
  std::string nearest;
  if (explained->rules.empty()) {
    const std::vector<std::string> names = alert_names(*sources.alerting());
    nearest = std::string(nearest_word(alert, std::span<const std::string>(names)));
  }
  return serve::json_response(200, serve::explanation_json(alert, explained->at, explained->rules, nearest));
}

}  // namespace

std::vector<serve::ListedRule> list_rules(const AlertingView& view, const std::vector<std::string>& metrics) {
  std::vector<serve::ListedRule> listed;
  if (!view.groups) return listed;
  std::map<std::string, Counts> counts = count_by_rule(view);
  std::map<std::string, const alerts::RuleStanding*> standings;
  for (const alerts::RuleStanding& standing : view.standings) standings[standing.uid] = &standing;
  for (std::size_t i = 0; i < view.groups->size(); ++i) {
    const rules::Group& group = (*view.groups)[i];
    for (std::size_t place = 0; place < group.rules.size(); ++place) {
      const rules::Rule& rule = group.rules[place];
      const RuleStatus& status = view.status[i].rules[place];
      serve::ListedRule row;
      row.group = group.name;
      row.file = group.file;
      row.line = rule.line;
      row.is_alerting = !rule.alert.empty();
      row.name = row.is_alerting ? rule.alert : rule.record;
      row.severity = rule.severity;
      row.evaluated = status.evaluated_at != WallTime{};
      row.last_error = status.error;
      std::set_difference(rule.facts.metrics.begin(), rule.facts.metrics.end(), metrics.begin(), metrics.end(),
                          std::back_inserter(row.missing_metrics));
      if (row.is_alerting) add_counts(row, counts[rule.uid], standings[rule.uid]);
      listed.push_back(std::move(row));
    }
  }
  return listed;
}

void add_rule_pages(serve::Router& router, const PrometheusSources& sources) {
  router.add("/api/sonde/v1/rules", "rules, their state, and what they read that is not there",
             [sources](const HttpRequest&) { return list(sources); });
  router.add("/api/sonde/v1/rules/explain", "",
             [sources](const HttpRequest& request) { return explain(sources, request); });
}

}  // namespace sonde::app
