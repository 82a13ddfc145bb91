#include "app/rule_test_run.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <string_view>
#include <utility>

#include "alerts/alert_engine.h"
#include "app/rule_runner.h"
#include "app/rule_sandbox.h"
#include "app/rule_test_difference.h"
#include "base/quantity.h"
#include "rules/evaluation.h"
#include "rules/settings.h"

namespace sonde::app {
namespace {

using std::chrono::nanoseconds;

/// The daemon of the story has been up for so long when it begins, and the host for longer.
constexpr std::chrono::hours kUptime{24};

std::int64_t to_ms(nanoseconds time) { return std::chrono::duration_cast<std::chrono::milliseconds>(time).count(); }

alerts::Moment moment(nanoseconds at) { return {WallTime{at}, at}; }

bool is_firing(const alerts::Instance& instance) {
  return instance.state == alerts::InstanceState::kFiring || instance.state == alerts::InstanceState::kRecovering;
}

alerts::BookOptions book_options() {
  alerts::BookOptions options;
  options.max_instances = std::numeric_limits<std::size_t>::max();
  return options;
}

class Story {
 public:
  Story(RuleSandbox& sandbox, const RuleTestFile& file, const RuleTest& test, const std::vector<rules::Group>& groups)
      : sandbox_(sandbox), file_(file), test_(test), groups_(groups) {
    engine_.reload(groups_, moment(nanoseconds{0}));
  }

  RuleTestOutcome run() {
    const nanoseconds step = file_.evaluation_interval;
    for (nanoseconds now{0}; now <= end(); now += step) {
      append_till(now);
      if (!evaluate(now)) return std::move(outcome_);
      for (const AlertCheck& check : test_.alerts) {
        if (check.at >= now && check.at < now + step) check_alerts(check);
      }
    }
    for (const ExpressionCheck& check : test_.expressions) check_expression(check);
    return std::move(outcome_);
  }

 private:
  [[nodiscard]] nanoseconds end() const {
    nanoseconds latest{0};
    for (const AlertCheck& check : test_.alerts) latest = std::max(latest, check.at);
    for (const ExpressionCheck& check : test_.expressions) latest = std::max(latest, check.at);
    return latest;
  }

  void append_till(nanoseconds now) {
    for (; test_.interval * appended_ <= now; ++appended_) {
      const WallTime at{test_.interval * appended_};
      for (std::size_t i = 0; i < test_.series.size(); ++i) append_point(i, static_cast<std::size_t>(appended_), at);
    }
  }

  void append_point(std::size_t number, std::size_t place, WallTime at) {
    const promql::SeriesLine& series = test_.series[number];
    if (place >= series.points.size() || series.points[place].kind == promql::PointKind::kGap) return;
    const double value = series.points[place].value;
    std::vector<store::Output> outputs;
    if (!store::is_stale(value)) outputs.push_back({series.labels, value});
    sandbox_.database().append_outputs("series " + std::to_string(number), std::move(outputs), at);
  }

  /// False if a rule could not be evaluated.
  bool evaluate(nanoseconds now) {
    engine_.begin(moment(now));
    const std::size_t failures = outcome_.failures.size();
    for (const rules::Group& group : groups_) {
      for (const rules::Rule& rule : group.rules) evaluate(group, rule, now);
    }
    engine_.finish(moment(now), {});
    engine_.take_timeline();
    return failures == outcome_.failures.size();
  }

  void evaluate(const rules::Group& group, const rules::Rule& rule, nanoseconds now) {
    const rules::EvaluationContext context{.at_ms = to_ms(now),
                                           .oldest_ms = -1,
                                           .sample_interval = test_.interval,
                                           .since_start = kUptime + now,
                                           .since_boot = 2 * kUptime + now,
                                           .needs_all = engine_.needs_all(rule.uid)};
    const std::string error = rule.alert.empty() ? record(group, rule, context) : judge(group, rule, context);
    if (error.empty()) return;
    outcome_.failures.push_back(headed(
        "rule: " + (rule.alert.empty() ? rule.record : rule.alert) + ", time: " + format_duration(now), error + "\n"));
  }

  std::string record(const rules::Group& group, const rules::Rule& rule, const rules::EvaluationContext& context) {
    auto recorded = rules::record(rule, group, context, sandbox_.language());
    if (!recorded) return recorded.error().what;
    append("rule ", rule, *std::move(recorded), context.at_ms);
    return "";
  }

  std::string judge(const rules::Group& group, const rules::Rule& rule, const rules::EvaluationContext& context) {
    rules::Evaluation evaluation = rules::evaluate(rule, group, context, sandbox_.language());
    for (rules::Finding& finding : evaluation.findings) add_settings(rule, context.at_ms, finding);
    engine_.take(group, rule, evaluation);
    std::vector<alerts::Instance> own = engine_.instances();
    std::erase_if(own, [&](const alerts::Instance& instance) { return instance.uid != rule.uid; });
    append("alerts ", rule, alert_series(own), context.at_ms);
    return evaluation.error;
  }

  /// To Prometheus an annotation of Sonde's is one like any other.
  void add_settings(const rules::Rule& rule, std::int64_t at_ms, rules::Finding& finding) const {
    if (finding.answer != rules::Answer::kBreach) return;
    for (const measure::Label& annotation : rule.annotations) {
      if (!annotation.name.starts_with(rules::kSettingPrefix)) continue;
      auto text = sandbox_.language().expand(annotation.value, {finding.subject, finding.value, at_ms});
      finding.annotations.push_back({annotation.name, text ? *std::move(text) : annotation.value});
    }
  }

  void append(const std::string& kind, const rules::Rule& rule, std::vector<store::Output> outputs,
              std::int64_t at_ms) {
    const std::string origin = kind + std::to_string(reinterpret_cast<std::uintptr_t>(&rule));
    if (outputs.empty() && !written_.contains(origin)) return;
    written_.insert(origin);
    sandbox_.database().append_outputs(origin, std::move(outputs), WallTime{std::chrono::milliseconds{at_ms}});
  }

  void check_alerts(const AlertCheck& check) {
    ++outcome_.checks;
    std::vector<ExpectedAlert> got;
    for (alerts::Instance& instance : engine_.instances()) {
      if (!is_firing(instance) || !is_named(instance, check.alert)) continue;
      got.push_back({std::move(instance.labels), std::move(instance.annotations)});
    }
    const std::string difference = difference_of(check.expected, std::move(got));
    if (difference.empty()) return;
    outcome_.failures.push_back(
        headed("alertname: " + check.alert + ", time: " + format_duration(check.at), difference));
  }

  static bool is_named(const alerts::Instance& instance, const std::string& alert) {
    const measure::Label wanted{"alertname", alert};
    return std::find(instance.labels.begin(), instance.labels.end(), wanted) != instance.labels.end();
  }

  void check_expression(const ExpressionCheck& check) {
    ++outcome_.checks;
    const std::string head = "expr: " + check.expression + ", time: " + format_duration(check.at);
    const auto result = sandbox_.language().query(check.expression, to_ms(check.at));
    if (!result) {
      outcome_.failures.push_back(headed(head, result.error().what + "\n"));
      return;
    }
    std::vector<ExpectedSample> got;
    for (const promql::ResultSeries& series : result->value.series) {
      if (!series.samples.empty()) got.push_back({*series.labels, series.samples.back().value});
    }
    const std::string difference = difference_of(check.expected, std::move(got), file_.fuzzy_compare);
    if (!difference.empty()) outcome_.failures.push_back(headed(head, difference));
  }

  [[nodiscard]] std::string headed(const std::string& head, const std::string& lines) const {
    const std::string name = test_.name.empty() ? "line " + std::to_string(test_.line) : test_.name;
    return "    name: " + name + ",\n    " + head + "\n" + indented(lines, 6);
  }

  RuleSandbox& sandbox_;
  const RuleTestFile& file_;
  const RuleTest& test_;
  const std::vector<rules::Group>& groups_;
  alerts::AlertEngine engine_{book_options()};
  std::int64_t appended_ = 0;  // points of each series
  std::set<std::string> written_;
  RuleTestOutcome outcome_;
};

}  // namespace

RuleTestOutcome run_rule_test(const RuleTestFile& file, const RuleTest& test, std::vector<rules::Group> groups) {
  promql::EngineOptions options;
  options.subquery_step = file.evaluation_interval;
  auto sandbox = RuleSandbox::create(options, {test.external_labels, test.external_url});
  if (!sandbox) return {0, {sandbox.error().what}};
  for (rules::Group& group : groups) group.interval = file.evaluation_interval;
  return Story(**sandbox, file, test, groups).run();
}

}  // namespace sonde::app
