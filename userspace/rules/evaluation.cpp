#include "rules/evaluation.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/go_number.h"
#include "base/quantity.h"
#include "rules/settings.h"

namespace sonde::rules {
namespace {

using measure::Label;
using store::Labels;

constexpr std::string_view kAlertNameLabel = "alertname";

struct Element {
  Labels labels;  ///< without the metric's name
  Labels named;   ///< with it: what templates see
  double value = 0;
};

using Elements = std::vector<Element>;

bool by_name(const Label& first, const Label& second) { return first.name < second.name; }

void set_label(Labels& labels, std::string name, std::string value) {
  std::erase_if(labels, [&](const Label& label) { return label.name == name; });
  if (value.empty()) return;
  Label label{std::move(name), std::move(value)};
  labels.insert(std::lower_bound(labels.begin(), labels.end(), label, by_name), std::move(label));
}

/// True if `labels` has all of `some`, each with the same value.
bool contains(const Labels& labels, const Labels& some) {
  return std::includes(labels.begin(), labels.end(), some.begin(), some.end(), [](const Label& a, const Label& b) {
    return std::tie(a.name, a.value) < std::tie(b.name, b.value);
  });
}

bool speaks_for(const Elements& elements, const Labels& subject) {
  return std::any_of(elements.begin(), elements.end(),
                     [&](const Element& element) { return contains(subject, element.labels); });
}

const Element* find_for(const Elements& elements, const Labels& subject) {
  const auto found = std::find_if(elements.begin(), elements.end(),
                                  [&](const Element& element) { return contains(subject, element.labels); });
  return found == elements.end() ? nullptr : &*found;
}

/// Tells sets of labels apart.
std::string key_of(const Labels& labels) {
  std::string key;
  for (const Label& label : labels) key += label.name + '\xff' + label.value + '\xff';
  return key;
}

std::string percent(double ratio) { return format_number(std::floor(ratio * 100)) + " %"; }

/// Of a number for people: four digits are enough.
std::string brief(double value) {
  if (value == std::round(value)) return format_number(value);
  constexpr double kDigits = 1000;
  return format_number(std::round(value * kDigits) / kDigits);
}

/// The evaluation of one rule while it goes on.
class Judge {
 public:
  Judge(const Rule& rule, const Group& group, const EvaluationContext& context, const Language& language)
      : rule_(rule), group_(group), context_(context), language_(language) {}

  Evaluation run() {
    evaluation_.uid = rule_.uid;
    if (evaluation_.error = judge(); !evaluation_.error.empty()) evaluation_.findings.clear();
    return std::move(evaluation_);
  }

  Expected<Elements, std::string> ask(const std::string& expression) const {
    const auto offset = std::chrono::duration_cast<std::chrono::milliseconds>(group_.query_offset).count();
    const auto result = language_.query(expression, context_.at_ms - offset);
    if (!result) return result.error().what;
    const promql::QueryValue& value = result->value;
    if (value.type != promql::ValueType::kVector && value.type != promql::ValueType::kScalar) {
      return std::string("rule result is not a vector or scalar");
    }
    Elements elements;
    for (const promql::ResultSeries& series : value.series) {
      if (series.samples.empty()) continue;
      Element element{*series.labels, *series.labels, series.samples.back().value};
      set_label(element.labels, std::string(store::kNameLabel), "");
      elements.push_back(std::move(element));
    }
    return elements;
  }

 private:
  /// What went wrong, or nothing.
  std::string judge() {
    auto breaching = ask(rule_.expression);
    if (!breaching) return std::move(breaching).error();
    const Judgement& judgement = rule_.judgement;
    const bool may_change = context_.needs_all || !breaching->empty();
    const bool knows_presence = judgement.no_data != NoDataPolicy::kPrometheus || !judgement.clear.empty();
    if (may_change || judgement.no_data == NoDataPolicy::kAlert) {
      for (const auto& [expression, elements] :
           {std::pair{&judgement.clear, &clear_}, std::pair{&judgement.needed, &enough_},
            std::pair{&judgement.insufficient, &insufficient_},
            std::pair{&judgement.contradicted_by, &contradicted_}}) {
        if (expression->empty()) continue;
        auto found = ask(*expression);
        if (!found) return std::move(found).error();
        *elements = *std::move(found);
      }
      if (auto fault = weigh_coverage(*breaching); !fault.empty()) return fault;
    }
    for (const Element& element : *breaching) {
      if (auto fault = add(element, true); !fault.empty()) return fault;
    }
    if (!knows_presence || !(may_change || judgement.no_data == NoDataPolicy::kAlert)) return "";
    return add_present(*breaching);
  }

  /// What has data and does not breach.
  std::string add_present(const Elements& breaching) {
    const std::string& presence = rule_.facts.presence;
    if (presence.empty()) return "";
    const auto present = ask(presence);
    if (!present) return present.error();
    std::set<std::string> done;
    for (const Element& element : breaching) done.insert(key_of(element.labels));
    for (const Element& element : *present) {
      if (done.contains(key_of(element.labels))) continue;
      if (auto fault = add(element, false); !fault.empty()) return fault;
    }
    return "";
  }

  std::string weigh_coverage(const Elements& breaching) {
    if (breaching.empty() || !rule_.judgement.coverage || rule_.facts.coverage.empty()) return "";
    auto found = ask(rule_.facts.coverage);
    if (!found) return std::move(found).error();
    samples_ = *std::move(found);
    return "";
  }

  std::string add(const Element& element, bool breaches) {
    Finding finding;
    finding.subject = element.labels;
    finding.value = element.value;
    finding.labels = identity_of(element);
    if (!identities_.insert(key_of(finding.labels)).second) {
      return "vector contains metrics with the same labelset after applying alert labels";
    }
    finding.why = why_no_answer(element);
    if (!finding.why.empty()) {
      finding.answer = Answer::kNone;
    } else if (breaches) {
      finding.answer = Answer::kBreach;
      finding.gate = gate_of(element);
    } else {
      const bool between = !rule_.judgement.clear.empty() && !speaks_for(clear_, element.labels);
      finding.answer = between ? Answer::kBetween : Answer::kClear;
    }
    if (breaches) finding.annotations = expand_annotations(element);
    evaluation_.findings.push_back(std::move(finding));
    return "";
  }

  [[nodiscard]] Facts facts_of(const Element& element) const { return {element.named, element.value, context_.at_ms}; }

  Labels identity_of(const Element& element) const {
    Labels labels = element.labels;
    for (const Label& label : rule_.labels) {
      auto text = language_.expand(label.value, facts_of(element));
      // A template's error is no identity: the alert would be another one each time (prometheus/rules/alerting.go puts
      // the error into the label).
      set_label(labels, label.name, text ? *std::move(text) : label.value);
    }
    set_label(labels, std::string(kAlertNameLabel), rule_.alert);
    return labels;
  }

  std::vector<Label> expand_annotations(const Element& element) const {
    std::vector<Label> annotations;
    for (const Label& annotation : rule_.annotations) {
      if (annotation.name.starts_with(kSettingPrefix)) continue;
      auto text = language_.expand(annotation.value, facts_of(element));
      annotations.push_back({annotation.name, text
                                                  ? *std::move(text)
                                                  : annotation.value + " (template error: " + text.error().what + ")"});
    }
    return annotations;
  }

  std::string why_no_answer(const Element& element) const {
    const Judgement& judgement = rule_.judgement;
    if (!judgement.needed.empty() && !speaks_for(enough_, element.labels)) return too_little(element);
    if (judgement.no_data != NoDataPolicy::kPrometheus && !std::isfinite(element.value)) {
      return "the value is " + format_number(element.value);
    }
    if (speaks_for(insufficient_, element.labels)) return "data insufficient: events were lost or not understood";
    if (speaks_for(contradicted_, element.labels)) return "contradicted by other evidence";
    return "";
  }

  /// "3 < 10", where the requirement is a number.
  std::string too_little(const Element& element) const {
    const std::string text = "too little to judge";
    const auto& threshold = rule_.needed_facts.threshold;
    if (rule_.needed_facts.presence.empty() || !threshold) return text;
    const auto found = ask(rule_.needed_facts.presence);
    const Element* amount = found ? find_for(*found, element.labels) : nullptr;
    const double value = amount == nullptr ? 0 : amount->value;
    return text + ": " + brief(value) + (threshold->above ? " < " : " > ") + brief(threshold->value);
  }

  std::string gate_of(const Element& element) const {
    const Judgement& judgement = rule_.judgement;
    if (context_.since_start < judgement.settle) return settling(context_.since_start, judgement.settle, "the start");
    if (context_.since_boot < judgement.settle_boot) {
      return settling(context_.since_boot, judgement.settle_boot, "the host's boot");
    }
    return judgement.coverage ? coverage_gate(element) : "";
  }

  static std::string settling(std::chrono::nanoseconds since, std::chrono::nanoseconds settle, const char* what) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    return "settling: " + format_duration(seconds) + " of " + format_duration(settle) + " since " + what;
  }

  /// While the store is younger than the range, all of the range must be there: what came before is not known.
  std::string coverage_gate(const Element& element) const {
    const std::int64_t range_ms = rule_.facts.range_ms;
    if (range_ms == 0) return "";
    const auto range = format_duration(std::chrono::milliseconds{range_ms});
    const std::int64_t known_ms = context_.oldest_ms == 0 ? 0 : context_.at_ms - context_.oldest_ms;
    if (known_ms < range_ms) {
      return "coverage " + percent(static_cast<double>(known_ms) / static_cast<double>(range_ms)) + " of " + range;
    }
    const auto interval_ms = std::chrono::duration_cast<std::chrono::milliseconds>(context_.sample_interval).count();
    const double expected =
        std::floor(static_cast<double>(range_ms) / static_cast<double>(std::max(interval_ms, std::int64_t{1})));
    const Element* samples = find_for(samples_, element.labels);
    const double ratio = samples == nullptr || expected < 1 ? 0 : samples->value / expected;
    if (ratio >= *rule_.judgement.coverage) return "";
    return "coverage " + percent(ratio) + " of " + range;
  }

  const Rule& rule_;
  const Group& group_;
  const EvaluationContext& context_;
  const Language& language_;
  Evaluation evaluation_;
  std::set<std::string> identities_;
  Elements clear_;
  Elements enough_;
  Elements insufficient_;
  Elements contradicted_;
  Elements samples_;
};

}  // namespace

Evaluation evaluate(const Rule& rule, const Group& group, const EvaluationContext& context, const Language& language) {
  return Judge(rule, group, context, language).run();
}

Result<std::vector<store::Output>> record(const Rule& rule, const Group& group, const EvaluationContext& context,
                                          const Language& language) {
  const auto found = Judge(rule, group, context, language).ask(rule.expression);
  if (!found) return Error{Code::kBadInput, found.error()};
  if (group.limit != 0 && found->size() > group.limit) {
    return Error{Code::kLimit, "exceeded limit of " + std::to_string(group.limit) + " with " +
                                   std::to_string(found->size()) + " series"};
  }
  std::vector<store::Output> series;
  std::set<std::string> seen;
  for (const Element& element : *found) {
    store::Output recorded{element.labels, element.value};
    for (const Label& label : rule.labels) set_label(recorded.labels, label.name, label.value);
    set_label(recorded.labels, std::string(store::kNameLabel), rule.record);
    if (!seen.insert(key_of(recorded.labels)).second) {
      return Error{Code::kBadInput, "vector contains metrics with the same labelset after applying rule labels"};
    }
    series.push_back(std::move(recorded));
  }
  return series;
}

}  // namespace sonde::rules
