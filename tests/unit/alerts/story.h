#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alerts/alert_engine.h"
#include "alerts/inhibit_rules.h"
#include "alerts/label_set.h"
#include "alerts/maintenance_book.h"
#include "alerts/matcher.h"
#include "alerts/quieting.h"
#include "alerts/silence_book.h"
#include "unit/alerts/told_rule.h"

namespace sonde::alerts::test {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using Lines = std::vector<std::string>;

/// "+mm:ss" or "+h:mm:ss" since the story's start.
inline nanoseconds at(std::string_view text) {
  nanoseconds total{0};
  long number = 0;
  for (const char letter : text.substr(1)) {
    if (letter == ':') {
      total = (total + std::chrono::seconds{number}) * 60;
      number = 0;
    } else {
      number = number * 10 + (letter - '0');
    }
  }
  return total + std::chrono::seconds{number};
}

inline std::string clock_text(nanoseconds time) {
  const long seconds = static_cast<long>(time / 1s);
  char text[32];
  if (seconds < 3600) {
    std::snprintf(text, sizeof text, "+%02ld:%02ld", seconds / 60, seconds % 60);
  } else {
    std::snprintf(text, sizeof text, "+%ld:%02ld:%02ld", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
  return text;
}

/// A host, its rules and their evaluations each 10 s, told in the order things happen.
///
/// Series are written `metric{name=value,...}`; a rule judges all of its metric. A series keeps what it was set to.
class Story {
 public:
  template <typename... Told>
  explicit Story(Told... told) : told_{std::move(told)...} {
    start();
  }

  explicit Story(std::vector<ToldRule> told) : told_(std::move(told)) { start(); }

  Story& value(std::string_view time, double value, const std::string& series = "v") {
    return set(time, series, Sample{Sample::kValue, value, {}});
  }
  Story& missing(std::string_view time, const std::string& series = "v") {
    return set(time, series, Sample{Sample::kMissing, 0, {}});
  }
  /// A sample that says nothing, and why.
  Story& unsure(std::string_view time, const std::string& why, const std::string& series = "v") {
    return set(time, series, Sample{Sample::kUnsure, 0, why});
  }
  Story& error(std::string_view time, const std::string& metric = "v") {
    return set(time, metric, Sample{Sample::kError, 0, "too many samples"});
  }

  /// From then on, what is not pending must not become it; empty: it may.
  Story& gate(std::string_view time, const std::string& why) {
    gates_[at(time)] = why;
    return *this;
  }
  /// These evaluations do not take place.
  Story& skip(std::initializer_list<std::string_view> times) {
    for (const std::string_view time : times) skipped_.insert(at(time));
    return *this;
  }
  /// The rule's first evaluation ends then.
  Story& first_run(const std::string& alert, std::string_view time) {
    first_runs_[alert] = at(time);
    return *this;
  }
  Story& depends(const std::string& service, const std::string& on) {
    dependencies_.push_back({service, on});
    return *this;
  }

  /// Nobody wants to hear of what fits; by its number it is called `silence s1` and so on.
  Story& silence(std::string_view from, std::string_view until, const std::string& matchers = "alertname=Hot") {
    const SilenceRequest request{.id = {},
                                 .matchers = *parse_matchers(matchers),
                                 .starts_at = moment(at(from)).wall,
                                 .ends_at = moment(at(until)).wall,
                                 .author = "ann",
                                 .comment = "known"};
    const auto done = silences_.set(request, "s" + std::to_string(silences_.size() + 1), moment(0s).wall);
    if (!done) throw std::invalid_argument(done.error().what);
    return *this;
  }
  /// Every day from then to then; the story begins at midnight.  units: whole minutes.
  Story& maintain(std::string_view from, std::string_view until) {
    const auto minute = [](std::string_view time) { return static_cast<int>(at(time) / 1min); };
    const std::vector<MaintenanceWindow> windows{{"nightly",
                                                  {{.times = {{{minute(from), minute(until)}}}}},
                                                  {{"alertname", store::MatchOperator::kEqual, "Hot"}},
                                                  ""}};
    maintenance_ = *MaintenanceBook::compile(windows);
    return *this;
  }

  Story& inhibit_rule(const InhibitRule& rule) {
    inhibit_rules_ = *InhibitRules::compile(std::vector{rule});
    return *this;
  }

  /// Another program says that this fires, until then.
  Story& external(store::Labels labels, std::string_view from, std::string_view until) {
    const WallTime begin = moment(at(from)).wall;
    const ExternalAlert alert{.labels = std::move(labels),
                              .annotations = {},
                              .starts_at = begin,
                              .ends_at = moment(at(until)).wall,
                              .updated_at = begin,
                              .generator_url = "http://prometheus.example/graph"};
    to_before(from);
    EXPECT_TRUE(engine_->receive(std::vector{alert}, begin));
    return *this;
  }

  /// Evaluates up to then, that moment included.
  Story& to(std::string_view time) {
    for (; next_ <= at(time); next_ += kInterval) {
      if (!skipped_.contains(next_)) evaluate();
    }
    return *this;
  }
  /// As a timer of the daemon's would between evaluations.
  Story& finish(std::string_view time) {
    finish_at(at(time));
    return *this;
  }
  Story& reload(std::string_view time, std::vector<ToldRule> told) {
    to_before(time);
    told_ = std::move(told);
    engine_->reload(groups(), moment(at(time)));
    return finish(time);
  }
  /// Killed after the last evaluation, up again then: nothing is evaluated meanwhile.
  Story& restart(std::string_view time) {
    const Snapshot kept = engine_->snapshot();
    engine_ = std::make_unique<AlertEngine>(options_);
    engine_->restore(kept);
    engine_->reload(groups(), moment(at(time)));
    while (next_ < at(time)) next_ += kInterval;
    return *this;
  }
  Story& suspend_until(std::string_view time) {
    while (next_ < at(time)) next_ += kInterval;
    engine_->resume(moment(at(time)));
    return *this;
  }
  Story& set_wall_clock(nanoseconds by) {
    wall_ += by;
    return *this;
  }

  /// "+00:40 firing Hot warning: reason", all that people have heard.
  [[nodiscard]] const Lines& sent() const { return sent_; }
  [[nodiscard]] const std::vector<Notice>& notices() const { return notices_; }

  /// "+00:40 fired v: reason"
  [[nodiscard]] Lines timeline() const {
    Lines lines;
    for (const TimelineEntry& entry : entries_) {
      const std::string reason = entry.reason.empty() ? "" : ": " + entry.reason;
      lines.push_back(clock_text(entry.at.elapsed - kStart) + ' ' + std::string(name_of(entry.change)) + reason);
    }
    return lines;
  }
  [[nodiscard]] const std::vector<TimelineEntry>& entries() const { return entries_; }

  /// Of the one instance there is; or of the one with this label.
  [[nodiscard]] InstanceState state(std::string_view name = kAlertLabel, std::string_view value = "") const {
    for (const Instance& instance : engine_->instances()) {
      const std::string_view found = value_of(instance.labels, name);
      if (value.empty() || found == value) return instance.state;
    }
    return InstanceState::kInactive;
  }
  [[nodiscard]] AlertEngine& engine() { return *engine_; }
  [[nodiscard]] const Problem* problem(std::string_view alert) {
    problems_ = engine_->problems();
    for (const Problem& problem : problems_) {
      if (value_of(problem.labels, kAlertLabel) == alert) return &problem;
    }
    return nullptr;
  }
  [[nodiscard]] RuleStanding standing(std::string_view alert) const {
    for (const RuleStanding& standing : engine_->rules()) {
      if (standing.alert == alert) return standing;
    }
    return {};
  }

  /// The next evaluation.
  [[nodiscard]] nanoseconds next() const { return next_; }

  static constexpr nanoseconds kInterval = 10s;
  static constexpr nanoseconds kStart = std::chrono::hours{1000};  ///< how long the host has been known by then

 private:
  struct Sample {
    enum Kind { kValue, kMissing, kUnsure, kError } kind = kMissing;
    double value = 0;
    std::string why;
  };

  void start() {
    engine_ = std::make_unique<AlertEngine>(options_);
    engine_->reload(groups(), moment(0s));
  }

  Story& set(std::string_view time, const std::string& series, Sample sample) {
    series_[series][at(time)] = std::move(sample);
    return *this;
  }

  void to_before(std::string_view time) {
    if (at(time) > 0s) to(clock_text(at(time) - 1s));
  }

  [[nodiscard]] Moment moment(nanoseconds time) const { return {WallTime{kWallStart} + time + wall_, kStart + time}; }

  [[nodiscard]] std::vector<rules::Group> groups() const {
    std::vector<rules::Group> groups;
    for (const ToldRule& told : told_) {
      rules::Group group;
      group.name = "story";
      group.interval = kInterval;
      group.limit = told.limit_;
      group.rules = {told.rule_};
      groups.push_back(std::move(group));
    }
    return groups;
  }

  void evaluate() {
    engine_->begin(moment(next_));
    const std::vector<rules::Group> all = groups();
    std::optional<nanoseconds> late;
    for (std::size_t rule = 0; rule < told_.size(); ++rule) {
      const auto first = first_runs_.find(told_[rule].rule_.alert);
      if (first != first_runs_.end() && next_ < first->second) {
        if (first->second < next_ + kInterval) late = first->second;
        continue;
      }
      engine_->take(all[rule], all[rule].rules.front(), evaluation_of(told_[rule]));
    }
    finish_at(next_);
    if (late) evaluate_late(all, *late);
  }

  void evaluate_late(const std::vector<rules::Group>& all, nanoseconds time) {
    for (std::size_t rule = 0; rule < told_.size(); ++rule) {
      const auto first = first_runs_.find(told_[rule].rule_.alert);
      if (first == first_runs_.end() || first->second != time) continue;
      engine_->take(all[rule], all[rule].rules.front(), evaluation_of(told_[rule]));
    }
    finish_at(time);
  }

  template <typename Value>
  [[nodiscard]] Value latest(const std::map<nanoseconds, Value>& values) const {
    const auto after = values.upper_bound(next_);
    return after == values.begin() ? Value{} : std::prev(after)->second;
  }

  [[nodiscard]] rules::Evaluation evaluation_of(const ToldRule& told) const {
    rules::Evaluation evaluation;
    evaluation.uid = told.rule_.uid;
    for (const auto& [name, samples] : series_) {
      if (name.substr(0, name.find('{')) != told.metric_) continue;
      const Sample sample = latest(samples);
      if (sample.kind == Sample::kError) evaluation.error = sample.why;
      if (sample.kind == Sample::kMissing || sample.kind == Sample::kError) continue;
      rules::Finding finding = told.judge(sample.kind == Sample::kValue ? sample.value : NAN, name);
      if (sample.kind == Sample::kUnsure) finding.why = sample.why;
      finding.gate = latest(gates_);
      evaluation.findings.push_back(std::move(finding));
    }
    if (!evaluation.error.empty()) evaluation.findings.clear();
    leave_out(told, evaluation.findings);
    return evaluation;
  }

  /// What the rules leave out, because it changes nothing.
  void leave_out(const ToldRule& told, std::vector<rules::Finding>& findings) const {
    const auto is_quiet = [](const rules::Finding& finding) {
      return finding.answer == rules::Answer::kClear || finding.answer == rules::Answer::kBetween;
    };
    const bool may_change = engine_->needs_all(told.rule_.uid) || !std::ranges::all_of(findings, is_quiet) ||
                            told.rule_.judgement.no_data == rules::NoDataPolicy::kAlert;
    if (!told.knows_presence() || !may_change) std::erase_if(findings, is_quiet);
  }

  void finish_at(nanoseconds time) {
    const Quieting quieting = quieting_by(silences_, maintenance_, moment(time).wall);
    for (Notice& notice :
         engine_->finish(moment(time), dependencies_, Hush{quieting, inhibit_rules_ ? &*inhibit_rules_ : nullptr})) {
      const std::string reason = notice.reason.empty() ? "" : ": " + notice.reason;
      sent_.push_back(clock_text(time) + ' ' + std::string(name_of(notice.kind)) + ' ' +
                      std::string(value_of(notice.problem.labels, kAlertLabel)) + ' ' +
                      std::string(rules::name_of(notice.problem.severity)) + reason);
      notices_.push_back(std::move(notice));
    }
    for (TimelineEntry& entry : engine_->take_timeline()) entries_.push_back(std::move(entry));
  }

  static constexpr nanoseconds kWallStart = std::chrono::seconds{1780272000};  // 2026-06-01T00:00:00Z

  std::vector<ToldRule> told_;
  BookOptions options_;
  std::unique_ptr<AlertEngine> engine_;
  std::map<std::string, std::map<nanoseconds, Sample>> series_;
  std::map<nanoseconds, std::string> gates_;
  std::set<nanoseconds> skipped_;
  std::map<std::string, nanoseconds> first_runs_;
  std::vector<Dependency> dependencies_;
  SilenceBook silences_;
  MaintenanceBook maintenance_;
  std::optional<InhibitRules> inhibit_rules_;
  nanoseconds next_{0};
  nanoseconds wall_{0};
  Lines sent_;
  std::vector<Notice> notices_;
  std::vector<TimelineEntry> entries_;
  std::vector<Problem> problems_;
};

}  // namespace sonde::alerts::test
