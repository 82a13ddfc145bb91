#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "alerts/label_set.h"
#include "rules/types.h"

namespace sonde::alerts::test {

/// A rule as a story tells it: an alert on the value of the series of a metric. What is not told is as in the
/// scenarios: no `for`, missing data keep the last state, `v > 90`.
class ToldRule {
 public:
  using Duration = std::chrono::nanoseconds;

  explicit ToldRule(const std::string& alert) {
    rule_.alert = alert;
    rule_.uid = alert;
    rule_.judgement.no_data = rules::NoDataPolicy::kKeepLast;
    on(metric_);
  }
  /// The expression is such that nobody knows what it compares.
  ToldRule& without_presence() {
    rule_.facts.presence.clear();
    return *this;
  }

  ToldRule& above(double value) {
    above_ = value;
    rule_.expression = metric_ + " > " + std::to_string(value);
    return *this;
  }
  ToldRule& clear_at(double value) {
    clear_ = value;
    rule_.judgement.clear = metric_ + " <= " + std::to_string(value);
    return *this;
  }
  ToldRule& on(const std::string& metric) {
    metric_ = metric;
    rule_.facts.presence = metric;
    return above(above_);
  }
  ToldRule& hold(Duration duration) {
    rule_.hold = duration;
    return *this;
  }
  ToldRule& keep(Duration duration) {
    rule_.keep_firing_for = duration;
    return *this;
  }
  ToldRule& keep_grows(double factor) {
    rule_.judgement.keep_factor = factor;
    return *this;
  }
  ToldRule& in_a_row(unsigned breaches, unsigned clears) {
    rule_.judgement.breaches = breaches;
    rule_.judgement.clears = clears;
    return *this;
  }
  ToldRule& no_data(rules::NoDataPolicy policy, Duration longer = Duration{0}) {
    rule_.judgement.no_data = policy;
    rule_.judgement.no_data_for = longer;
    return *this;
  }
  ToldRule& severity(rules::Severity severity) {
    rule_.severity = severity;
    rule_.uid = rule_.alert + "/" + std::string(rules::name_of(severity));
    return *this;
  }
  ToldRule& flapping(unsigned changes = 5, Duration window = std::chrono::minutes{10},
                     Duration quiet = std::chrono::minutes{10}) {
    rule_.judgement.flapping = rules::Flapping{changes, window, quiet};
    return *this;
  }
  ToldRule& inhibited_by(const std::string& alert, std::optional<std::vector<std::string>> equal = std::nullopt) {
    rule_.judgement.inhibited_by.push_back({alert, std::move(equal)});
    return *this;
  }
  ToldRule& settle(Duration duration) {
    rule_.judgement.settle = duration;
    return *this;
  }
  ToldRule& limit(std::size_t limit) {
    limit_ = limit;
    return *this;
  }
  ToldRule& annotation(const std::string& summary) {
    rule_.annotations = {{"summary", summary}};
    return *this;
  }

  /// Whether what has samples and does not breach is looked for (rules/evaluation.cpp).
  [[nodiscard]] bool knows_presence() const {
    if (rule_.facts.presence.empty()) return false;
    return rule_.judgement.no_data != rules::NoDataPolicy::kPrometheus || clear_;
  }

  /// Not a number: a sample, but no answer.
  [[nodiscard]] rules::Finding judge(double value, const std::string& series) const {
    rules::Finding finding;
    finding.subject = labels_in(series);
    finding.labels = finding.subject;
    finding.labels.push_back({std::string(kAlertLabel), rule_.alert});
    finding.labels.push_back({std::string(kSeverityLabel), std::string(rules::name_of(rule_.severity))});
    std::ranges::sort(finding.labels, {}, &measure::Label::name);
    finding.value = value;
    if (!std::isfinite(value)) {
      finding.why = "not a number";
    } else if (value > above_) {
      finding.answer = rules::Answer::kBreach;
      finding.annotations = rule_.annotations;
    } else {
      finding.answer = clear_ && value > *clear_ ? rules::Answer::kBetween : rules::Answer::kClear;
    }
    return finding;
  }

  rules::Rule rule_;
  std::size_t limit_ = 0;
  std::string metric_ = "v";

 private:
  /// `metric{name=value,...}`
  static store::Labels labels_in(const std::string& series) {
    store::Labels labels;
    std::size_t from = series.find('{');
    while (from != std::string::npos) {
      const std::size_t equal = series.find('=', ++from);
      const std::size_t end = series.find_first_of(",}", from);
      if (equal == std::string::npos || end == std::string::npos) break;
      labels.push_back({series.substr(from, equal - from), series.substr(equal + 1, end - equal - 1)});
      from = series[end] == ',' ? end : std::string::npos;
    }
    return labels;
  }

  double above_ = 90;
  std::optional<double> clear_;
};

inline ToldRule rule(const std::string& alert = "Hot") { return ToldRule(alert); }

}  // namespace sonde::alerts::test
