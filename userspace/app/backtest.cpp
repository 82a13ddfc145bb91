#include "app/backtest.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "alerts/alert_engine.h"
#include "alerts/label_set.h"
#include "base/go_number.h"
#include "base/quantity.h"
#include "rules/evaluation.h"
#include "rules/settings.h"

namespace sonde::app {
namespace {

using std::chrono::nanoseconds;

constexpr std::array kFactors{0.5, 0.8, 1.25, 2.0};
constexpr std::array<std::chrono::minutes, 4> kHolds{std::chrono::minutes{0}, std::chrono::minutes{1},
                                                     std::chrono::minutes{5}, std::chrono::minutes{15}};

std::int64_t to_ms(nanoseconds duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

/// A group of alerting rules alone, with what was recorded at its moments.
struct Replayed {
  rules::Group group;
  std::shared_ptr<const RecordedLanguage> language;
};

/// By the rule's uid.
struct Outcome {
  struct Firing {
    std::map<store::Labels, std::vector<nanoseconds>, alerts::LabelsLess> lengths;
    std::size_t pages = 0;
    std::string error;
  };
  std::map<std::string, Firing> rules;
};

FiringTally tally_of(std::vector<nanoseconds> lengths, std::size_t pages) {
  FiringTally tally;
  tally.fired = lengths.size();
  tally.pages = pages;
  if (lengths.empty()) return tally;
  for (const nanoseconds length : lengths) {
    tally.total += length;
    tally.brief += length < kBrief ? 1U : 0U;
  }
  const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2);
  std::nth_element(lengths.begin(), middle, lengths.end());
  tally.median = *middle;
  return tally;
}

/// Tells the recorded past to rules.
class Replay {
 public:
  Replay(const std::vector<Replayed>& groups, const BacktestPeriod& period) : groups_(groups), period_(period) {
    std::vector<rules::Group> all;
    for (const Replayed& each : groups) all.push_back(each.group);
    engine_.reload(all, moment(period.start));
  }

  Outcome run() {
    std::set<WallTime> moments;
    for (const Replayed& each : groups_) {
      for (WallTime at = first_of(each); at <= period_.end; at += each.group.interval) moments.insert(at);
    }
    for (const WallTime at : moments) step(at);
    for (auto& [key, since] : firing_) add(key.first, key.second, period_.end - since);
    return std::move(outcome_);
  }

 private:
  using Key = std::pair<std::string, store::Labels>;
  struct KeyLess {
    bool operator()(const Key& first, const Key& second) const {
      if (first.first != second.first) return first.first < second.first;
      return alerts::LabelsLess()(first.second, second.second);
    }
  };

  static alerts::Moment moment(WallTime at) { return {at, at.time_since_epoch()}; }

  static alerts::BookOptions book_options() {
    alerts::BookOptions options;
    options.start_delay = nanoseconds{0};
    options.max_instances = std::numeric_limits<std::size_t>::max();
    return options;
  }

  [[nodiscard]] WallTime first_of(const Replayed& each) const {
    const nanoseconds start = period_.start.time_since_epoch();
    return WallTime{start / each.group.interval * each.group.interval};
  }

  void step(WallTime at) {
    engine_.begin(moment(at));
    for (const Replayed& each : groups_) {
      if (at.time_since_epoch() % each.group.interval != nanoseconds{0}) continue;
      for (const rules::Rule& rule : each.group.rules) evaluate(each, rule, at);
    }
    for (const alerts::Notice& notice : engine_.finish(moment(at), {})) {
      const bool is_news = notice.kind == alerts::NoticeKind::kFiring || notice.kind == alerts::NoticeKind::kSeverityUp;
      if (is_news && notice.problem.pages) ++firing_of(notice.problem.uid).pages;
    }
    for (const alerts::TimelineEntry& entry : engine_.take_timeline()) note(entry);
  }

  void evaluate(const Replayed& each, const rules::Rule& rule, WallTime at) {
    constexpr std::chrono::hours kLong{24 * 365};
    const rules::EvaluationContext context{.at_ms = to_ms(at.time_since_epoch()),
                                           .oldest_ms = 1,
                                           .sample_interval = each.group.interval,
                                           .since_start = kLong,
                                           .since_boot = kLong,
                                           .needs_all = engine_.needs_all(rule.uid)};
    const rules::Evaluation evaluation = rules::evaluate(rule, each.group, context, *each.language);
    std::string& error = firing_of(rule.uid).error;
    if (error.empty()) error = evaluation.error;
    engine_.take(each.group, rule, evaluation);
  }

  void note(const alerts::TimelineEntry& entry) {
    const Key key{entry.uid, entry.labels};
    if (entry.change == alerts::Change::kFired) firing_[key] = entry.at.wall;
    if (entry.change != alerts::Change::kCleared) return;
    const auto found = firing_.find(key);
    if (found == firing_.end()) return;
    add(entry.uid, entry.labels, entry.at.wall - found->second);
    firing_.erase(found);
  }

  Outcome::Firing& firing_of(const std::string& uid) { return outcome_.rules[uid]; }

  void add(const std::string& uid, const store::Labels& labels, nanoseconds length) {
    firing_of(uid).lengths[labels].push_back(length);
  }

  const std::vector<Replayed>& groups_;
  const BacktestPeriod& period_;
  alerts::AlertEngine engine_{book_options()};
  std::map<Key, WallTime, KeyLess> firing_;
  Outcome outcome_;
};

/// What a rule fired in all.
FiringTally tally_of(const Outcome& outcome, const std::string& uid) {
  const auto found = outcome.rules.find(uid);
  if (found == outcome.rules.end()) return {};
  std::vector<nanoseconds> lengths;
  for (const auto& [labels, each] : found->second.lengths) lengths.insert(lengths.end(), each.begin(), each.end());
  return tally_of(std::move(lengths), found->second.pages);
}

/// Without the digits that come of multiplying.
double times(double value, double factor) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.12g", value * factor);
  return std::strtod(text.data(), nullptr);
}

/// The rule's threshold times the factor, and that of its sonde_clear likewise; nothing if that changes nothing.
std::optional<rules::Rule> scaled(const rules::Rule& rule, double factor, const rules::Language& language) {
  const auto scale = [&](std::string& expression, const promql::ExpressionFacts& facts) {
    if (!facts.threshold) return;
    const promql::Threshold& at = *facts.threshold;
    expression.replace(at.begin, at.end - at.begin, format_number(times(at.value, factor)));
  };
  if (!rule.facts.threshold || rule.facts.threshold->value == 0) return std::nullopt;
  rules::Rule other = rule;
  scale(other.expression, rule.facts);
  if (!rule.judgement.clear.empty()) {
    if (const auto facts = language.dissect(rule.judgement.clear)) scale(other.judgement.clear, *facts);
  }
  auto facts = language.dissect(other.expression);
  if (!facts) return std::nullopt;
  other.facts = *std::move(facts);
  return other;
}

/// One rule alone, with other values in it.
class Variations {
 public:
  Variations(const Replayed& home, const rules::Rule& rule, const BacktestPeriod& period)
      : home_(home), rule_(rule), period_(period) {}

  std::vector<Variation> run() {
    for (const double factor : kFactors) {
      const auto other = scaled(rule_, factor, *home_.language);
      if (!other) continue;
      const std::string value = format_number(times(rule_.facts.threshold->value, factor));
      try_out(*other, "threshold " + value + " (" + format_number(factor) + "x)");
    }
    for (const nanoseconds hold : kHolds) {
      rules::Rule other = rule_;
      if (hold == rule_.hold) continue;
      other.hold = hold;
      try_out(std::move(other), "for " + format_duration(hold));
    }
    return std::move(variations_);
  }

 private:
  void try_out(rules::Rule rule, std::string what) {
    const std::string uid = rule.uid;
    Replayed alone{home_.group, home_.language};
    alone.group.rules = {std::move(rule)};
    variations_.push_back({std::move(what), tally_of(Replay({alone}, period_).run(), uid)});
  }

  const Replayed& home_;
  const rules::Rule& rule_;
  const BacktestPeriod& period_;
  std::vector<Variation> variations_;
};

Replayed prepare(const rules::Group& group, const BacktestPeriod& period, const rules::Language& language,
                 const RangeSource& source) {
  Replayed replayed{group, nullptr};
  rules::Group& own = replayed.group;
  if (period.step) own.interval = *period.step;
  std::erase_if(own.rules, [](const rules::Rule& rule) { return rule.alert.empty(); });
  for (rules::Rule& rule : own.rules) {
    rule.judgement.coverage.reset();
    // What nobody reads need not be expanded; the settings are the rule's revision.
    std::erase_if(rule.annotations, [](const auto& one) { return !one.name.starts_with(rules::kSettingPrefix); });
  }
  const nanoseconds start = period.start.time_since_epoch() / own.interval * own.interval;
  const EvaluationGrid grid{to_ms(start) - to_ms(own.query_offset), to_ms(period.end.time_since_epoch()),
                            to_ms(own.interval)};
  replayed.language = std::make_shared<const RecordedLanguage>(language, source, grid);
  return replayed;
}

BacktestedRule describe(const rules::Rule& rule, const Outcome& outcome) {
  BacktestedRule told{rule.alert, rule.severity, rule.file, rule.line, "", tally_of(outcome, rule.uid), {}, {}};
  const auto found = outcome.rules.find(rule.uid);
  if (found == outcome.rules.end()) return told;
  told.error = found->second.error;
  for (const auto& [labels, lengths] : found->second.lengths) told.alerts.push_back({labels, tally_of(lengths, 0)});
  return told;
}

}  // namespace

std::vector<BacktestedRule> backtest(const std::vector<rules::Group>& groups, const BacktestPeriod& period,
                                     const rules::Language& language, const RangeSource& source) {
  std::vector<Replayed> replayed;
  for (const rules::Group& group : groups) replayed.push_back(prepare(group, period, language, source));
  const Outcome outcome = Replay(replayed, period).run();
  std::vector<BacktestedRule> told;
  for (const Replayed& each : replayed) {
    for (const rules::Rule& rule : each.group.rules) {
      told.push_back(describe(rule, outcome));
      if (told.back().error.empty()) told.back().variations = Variations(each, rule, period).run();
    }
  }
  return told;
}

}  // namespace sonde::app
