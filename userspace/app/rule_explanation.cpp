#include "app/rule_explanation.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "app/boot_clock.h"
#include "app/rule_language.h"
#include "app/rule_pages.h"
#include "app/rule_sentences.h"
#include "base/quantity.h"
#include "rules/evaluation.h"
#include "rules/settings.h"

namespace sonde::app {
namespace {

using serve::ExplainedElement;
using serve::ExplainedInstance;
using serve::ExplainedRule;
using serve::ExplainedSetting;
using Elements = std::vector<ExplainedElement>;

/// So many instances of a rule, and elements of a setting, are shown.
constexpr std::size_t kMostShown = 20;

store::Labels without_name(store::Labels labels) {
  std::erase_if(labels, [](const measure::Label& label) { return label.name == store::kNameLabel; });
  return labels;
}

store::Labels without_severity(store::Labels labels) {
  std::erase_if(labels, [](const measure::Label& label) { return label.name == "severity"; });
  return labels;
}

/// "no data for probe_success: this host has none"
std::string tell_missing(const std::vector<std::string>& metrics) {
  std::string names;
  for (const std::string& name : metrics) names += (names.empty() ? "" : ", ") + name;
  return "no data for " + names + ": this host has none";
}

/// One rule while it is looked at.
class Explainer {
 public:
  Explainer(const AlertingView& view, const PrometheusSources& sources, std::int64_t at_ms)
      : view_(view), sources_(sources), language_(sources.engine, sources.stop), at_ms_(at_ms) {}

  ExplainedRule explain(const rules::Group& group, const rules::Rule& rule, serve::ListedRule listed) {
    ExplainedRule explained = facts_of(rule, std::move(listed));
    offset_ms_ = std::chrono::duration_cast<std::chrono::milliseconds>(group.query_offset).count();
    const rules::Evaluation evaluation = rules::evaluate(rule, group, context_of(group), language_);
    if (!evaluation.error.empty()) explained.says.push_back("it cannot be evaluated: " + evaluation.error);
    for (const rules::Finding& finding : evaluation.findings) add_finding(rule, finding, explained);
    add_present(rule, explained);
    add_lost(rule, explained);
    if (explained.instances.empty()) tell_nothing(explained);
    add_settings(rule, explained);
    cut(explained);
    return explained;
  }

 private:
  ExplainedRule facts_of(const rules::Rule& rule, serve::ListedRule listed) const {
    ExplainedRule explained;
    explained.rule = std::move(listed);
    explained.expression = rule.expression;
    explained.threshold = rule.facts.threshold;
    explained.clear = rule.judgement.clear;
    if (!explained.clear.empty()) {
      if (const auto facts = language_.dissect(explained.clear)) explained.clear_threshold = facts->threshold;
    }
    explained.hold = rule.hold;
    explained.keep_firing_for = rule.keep_firing_for;
    explained.breaches = rule.judgement.breaches;
    explained.clears = rule.judgement.clears;
    explained.no_data = rule.judgement.no_data;
    if (!explained.rule.missing_metrics.empty()) explained.says.push_back(tell_missing(explained.rule.missing_metrics));
    if (explained.rule.blind)
      explained.says.emplace_back("it had data, and has none to judge by any more (SondeBlind)");
    if (explained.rule.refused > 0) explained.says.emplace_back("the limit of its group refuses further alerts");
    return explained;
  }

  rules::EvaluationContext context_of(const rules::Group& group) const {
    return {.at_ms = at_ms_,
            .oldest_ms = sources_.database.facts().oldest_ms,
            .sample_interval = std::min(sources_.store_options.interval, group.interval),
            .since_start = sources_.clock.now() - sources_.started,
            .since_boot = boot_now(),
            .needs_all = true};
  }

  [[nodiscard]] Expected<Elements, std::string> ask(const std::string& expression) const {
    const auto result = language_.query(expression, at_ms_ - offset_ms_);
    if (!result) return result.error().what;
    Elements elements;
    for (const promql::ResultSeries& series : result->value.series) {
      if (!series.samples.empty()) {
        elements.push_back({without_name(*series.labels), series.samples.back().value, true});
      }
    }
    return elements;
  }

  [[nodiscard]] const alerts::Instance* find_instance(const rules::Rule& rule, const store::Labels& subject) const {
    const auto found = std::find_if(view_.instances.begin(), view_.instances.end(), [&](const auto& instance) {
      return instance.uid == rule.uid && instance.subject == subject;
    });
    return found == view_.instances.end() ? nullptr : &*found;
  }

  void add_finding(const rules::Rule& rule, const rules::Finding& finding, ExplainedRule& explained) {
    subjects_.insert(to_key(finding.subject));
    ExplainedInstance shown;
    shown.labels = finding.labels;
    shown.value = finding.value;
    shown.breaches = finding.answer == rules::Answer::kBreach;
    shown.says = tell_finding(rule, finding);
    shown.annotations =
        finding.annotations.empty() ? expand(rule, finding.subject, finding.value) : finding.annotations;
    add_state(rule, find_instance(rule, finding.subject), shown);
    explained.instances.push_back(std::move(shown));
  }

  /// What has data, and of which the evaluation of a plain rule says nothing.
  void add_present(const rules::Rule& rule, ExplainedRule& explained) {
    if (rule.facts.presence.empty()) return;
    const auto present = ask(rule.facts.presence);
    if (!present) return;
    for (const ExplainedElement& element : *present) {
      if (subjects_.contains(to_key(element.labels))) continue;
      add_finding(rule,
                  {.labels = element.labels,
                   .subject = element.labels,
                   .value = element.value,
                   .answer = rules::Answer::kClear,
                   .why = {},
                   .gate = {},
                   .annotations = {}},
                  explained);
    }
  }

  /// What is pending or fires, and has no samples now.
  void add_lost(const rules::Rule& rule, ExplainedRule& explained) {
    for (const alerts::Instance& instance : view_.instances) {
      if (instance.uid != rule.uid || subjects_.contains(to_key(instance.subject))) continue;
      ExplainedInstance shown;
      shown.labels = instance.labels;
      shown.says.emplace_back("there are no data");
      shown.annotations = instance.annotations;
      add_state(rule, &instance, shown);
      explained.instances.push_back(std::move(shown));
    }
  }

  void add_state(const rules::Rule& rule, const alerts::Instance* instance, ExplainedInstance& shown) const {
    shown.state =
        std::string(alerts::name_of(instance == nullptr ? alerts::InstanceState::kInactive : instance->state));
    if (instance == nullptr) return;
    alerts::Moment evaluated_at = instance->answered_at;
    for (const alerts::RuleStanding& standing : view_.standings) {
      if (standing.uid == rule.uid) evaluated_at = standing.evaluated_at;
    }
    for (std::string& sentence : tell_instance(rule, *instance, evaluated_at))
      shown.says.push_back(std::move(sentence));
    const store::Labels identity = without_severity(instance->labels);
    for (const alerts::Problem& problem : view_.problems) {
      if (problem.labels != identity) continue;
      for (std::string& sentence : tell_problem(problem)) shown.says.push_back(std::move(sentence));
    }
  }

  static void tell_nothing(ExplainedRule& explained) {
    if (!explained.rule.missing_metrics.empty()) return;
    explained.says.emplace_back("its expression selects nothing: there is nothing to judge");
  }

  [[nodiscard]] std::vector<measure::Label> expand(const rules::Rule& rule, const store::Labels& labels, double value) {
    std::vector<measure::Label> annotations;
    if (expanded_++ >= kMostShown) return annotations;
    for (const measure::Label& annotation : rule.annotations) {
      if (annotation.name.starts_with(rules::kSettingPrefix)) continue;
      auto text = language_.expand(annotation.value, {labels, value, at_ms_});
      annotations.push_back({annotation.name, text
                                                  ? *std::move(text)
                                                  : annotation.value + " (template error: " + text.error().what + ")"});
    }
    return annotations;
  }

  void add_settings(const rules::Rule& rule, ExplainedRule& explained) const {
    const rules::Judgement& judgement = rule.judgement;
    for (const auto& [name, expression] :
         {std::pair{"sonde_clear", &judgement.clear}, std::pair{"sonde_requires", &judgement.needed},
          std::pair{"sonde_insufficient", &judgement.insufficient},
          std::pair{"sonde_contradicted_by", &judgement.contradicted_by}}) {
      if (!expression->empty()) explained.settings.push_back(explain_setting(name, *expression));
    }
  }

  [[nodiscard]] ExplainedSetting explain_setting(const char* name, const std::string& expression) const {
    ExplainedSetting setting{name, expression, "", {}, {}};
    auto holding = ask(expression);
    if (!holding) {
      setting.error = std::move(holding).error();
      return setting;
    }
    const auto facts = language_.dissect(expression);
    if (facts) setting.threshold = facts->threshold;
    std::set<std::string> keys;
    for (const ExplainedElement& element : *holding) keys.insert(to_key(element.labels));
    setting.elements = *std::move(holding);
    if (facts && !facts->presence.empty()) {
      if (auto present = ask(facts->presence)) setting.elements = *std::move(present);
    }
    for (ExplainedElement& element : setting.elements) element.holds = keys.contains(to_key(element.labels));
    if (setting.elements.size() > kMostShown) setting.elements.resize(kMostShown);
    return setting;
  }

  /// What fires first, then what is about to.
  static void cut(ExplainedRule& explained) {
    const auto rank = [](const ExplainedInstance& instance) {
      if (instance.state == "firing" || instance.state == "recovering") return 0;
      return instance.state == "pending" ? 1 : instance.breaches ? 2 : 3;
    };
    std::stable_sort(explained.instances.begin(), explained.instances.end(),
                     [&](const auto& first, const auto& second) { return rank(first) < rank(second); });
    if (explained.instances.size() <= kMostShown) return;
    explained.left_out = explained.instances.size() - kMostShown;
    explained.instances.resize(kMostShown);
  }

  static std::string to_key(const store::Labels& labels) {
    std::string key;
    for (const measure::Label& label : labels) key += label.name + '\xff' + label.value + '\xff';
    return key;
  }

  const AlertingView& view_;
  const PrometheusSources& sources_;
  const RuleLanguage language_;
  const std::int64_t at_ms_;
  std::int64_t offset_ms_ = 0;
  std::set<std::string> subjects_;
  std::size_t expanded_ = 0;
};

}  // namespace

Result<AlertExplanation> explain_alert(const PrometheusSources& sources, const std::string& alert) {
  const auto view = sources.alerting();
  const std::int64_t at_ms = sources.database.facts().newest_ms;
  AlertExplanation explanation{WallTime{std::chrono::milliseconds{at_ms}}, {}};
  const auto metrics = SONDE_TRY(sources.database.label_values(std::string(store::kNameLabel), {}));
  std::vector<serve::ListedRule> listed = list_rules(*view, metrics);
  std::size_t place = 0;
  if (!view->groups) return explanation;
  for (const rules::Group& group : *view->groups) {
    for (const rules::Rule& rule : group.rules) {
      serve::ListedRule row = std::move(listed[place++]);
      if (rule.alert == alert) {
        explanation.rules.push_back(Explainer(*view, sources, at_ms).explain(group, rule, std::move(row)));
      }
    }
  }
  return explanation;
}

}  // namespace sonde::app
