#include "alerts/instance_machine.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sonde::alerts {
namespace {

using rules::Answer;
using rules::NoDataPolicy;
using std::chrono::nanoseconds;

/// So many evaluations without an answer, and longer than `for`: what was pending is forgotten.
constexpr std::uint32_t kLapse = 3;

enum class Truth : std::uint8_t { kTrue, kFalse, kUnanswered };

struct Verdict {
  Truth truth = Truth::kUnanswered;
  std::string reason;
  DataState data = DataState::kOk;
};

bool is_up(InstanceState state) { return state == InstanceState::kFiring || state == InstanceState::kRecovering; }

class Advance {
 public:
  Advance(Instance& instance, const rules::Rule& rule, const Input& input, const Timing& timing)
      : instance_(instance), rule_(rule), input_(input), timing_(timing) {
    if (timing.interval <= nanoseconds{0}) return;
    // Half an interval late is late; more is as if there had been one more, and nobody had come.
    const auto due = (timing.gap + timing.interval / 2) / timing.interval;
    if (due < 2) return;
    skipped_ = static_cast<std::uint32_t>(std::min<std::int64_t>(due - 1, kLapse));
    lost_ = timing.gap - timing.interval;
  }

  std::vector<Step> run() {
    take_revision();
    const Verdict verdict = judge();
    take_gap(verdict);
    take_data(verdict);
    switch (instance_.state) {
      case InstanceState::kInactive:
        on_inactive(verdict);
        break;
      case InstanceState::kPending:
        on_pending(verdict);
        break;
      case InstanceState::kFiring:
        on_firing(verdict);
        break;
      case InstanceState::kRecovering:
        on_recovering(verdict);
        break;
    }
    return std::move(steps_);
  }

 private:
  void take_revision() {
    if (instance_.revision != input_.revision && instance_.state == InstanceState::kPending)
      end_pending("rule_changed");
    if (input_.finding || !is_up(instance_.state)) instance_.revision = input_.revision;
  }

  [[nodiscard]] Verdict judge() {
    if (!input_.quiet.empty()) return {Truth::kUnanswered, std::string(input_.quiet), DataState::kNoData};
    const bool counts = policy_of(rule_) == NoDataPolicy::kAlert;
    if (!input_.error.empty()) {
      if (counts) return {Truth::kTrue, "nodata", DataState::kError};
      return {Truth::kUnanswered, std::string(input_.error), DataState::kError};
    }
    if (input_.finding) return judge_finding(*input_.finding);
    ++instance_.missing;
    return judge_missing();
  }

  Verdict judge_finding(const rules::Finding& finding) {
    instance_.missing = 0;
    if (finding.answer != Answer::kNone) instance_.value = finding.value;
    switch (finding.answer) {
      case Answer::kBreach:
        instance_.annotations = finding.annotations;
        return {Truth::kTrue, "", DataState::kOk};
      case Answer::kBetween:
        return {is_up(instance_.state) ? Truth::kTrue : Truth::kFalse, "auto", DataState::kOk};
      case Answer::kClear:
        return {Truth::kFalse, "auto", DataState::kOk};
      case Answer::kNone:
        break;
    }
    return {Truth::kUnanswered, finding.why, DataState::kNoData};
  }

  [[nodiscard]] Verdict judge_missing() const {
    if (input_.superseded) return {Truth::kFalse, "rule_changed", DataState::kOk};
    switch (policy_of(rule_)) {
      case NoDataPolicy::kPrometheus:
        return {Truth::kFalse, "auto", DataState::kOk};
      case NoDataPolicy::kOk:
        if (instance_.missing >= 2) return {Truth::kFalse, "missing_series", DataState::kNoData};
        break;
      case NoDataPolicy::kAlert:
        return {Truth::kTrue, "nodata", DataState::kNoData};
      case NoDataPolicy::kKeepLast:
        break;
    }
    return {Truth::kUnanswered, "no data", DataState::kNoData};
  }

  /// Evaluations that did not take place had no answer.
  void take_gap(const Verdict& verdict) {
    if (skipped_ == 0 || verdict.truth == Truth::kUnanswered) return;
    instance_.uncounted += lost_;
    const nanoseconds silent = timing_.now.elapsed - timing_.interval - instance_.answered_at.elapsed;
    if (has_lapsed(silent, instance_.unanswered + skipped_)) end_pending("no answer");
  }

  void take_data(const Verdict& verdict) {
    const bool had_data = std::exchange(instance_.data, verdict.data) == DataState::kOk;
    if (verdict.data != DataState::kOk && had_data && instance_.state != InstanceState::kInactive) {
      steps_.push_back({Change::kUnanswered, verdict.reason});
    }
    if (verdict.truth == Truth::kUnanswered) {
      ++instance_.unanswered;
      instance_.why = verdict.reason;
      return;
    }
    instance_.why.clear();
    instance_.unanswered = 0;
    instance_.answered_at = timing_.now;
  }

  void on_inactive(const Verdict& verdict) {
    if (!is_restless(instance_, rule_, timing_.now)) instance_.keep_factor = 1;
    if (verdict.truth != Truth::kTrue) return;
    if (!input_.gate.empty()) {
      instance_.why = input_.gate;
      return;
    }
    instance_.active_at = timing_.now;
    instance_.uncounted = nanoseconds{0};
    instance_.breaches = 1;
    instance_.only_missing = verdict.data != DataState::kOk;
    if (is_ready()) return fire(verdict);
    instance_.state = InstanceState::kPending;
    steps_.push_back({Change::kPending, verdict.reason});
  }

  void on_pending(const Verdict& verdict) {
    switch (verdict.truth) {
      case Truth::kTrue:
        ++instance_.breaches;
        if (verdict.data == DataState::kOk) instance_.only_missing = false;
        if (is_ready()) fire(verdict);
        return;
      case Truth::kFalse:
        return end_pending(verdict.reason);
      case Truth::kUnanswered:
        instance_.uncounted += timing_.gap;
        const nanoseconds silent = timing_.now.elapsed - instance_.answered_at.elapsed;
        if (has_lapsed(silent, instance_.unanswered + skipped_)) end_pending("no answer");
        return;
    }
  }

  void on_firing(const Verdict& verdict) {
    if (verdict.truth != Truth::kFalse) return;
    instance_.keep_since = timing_.now;
    instance_.uncounted = nanoseconds{0};
    instance_.clears = 1;
    if (is_over()) return clear(verdict);
    instance_.state = InstanceState::kRecovering;
    steps_.push_back({Change::kRecovering, verdict.reason});
  }

  void on_recovering(const Verdict& verdict) {
    switch (verdict.truth) {
      case Truth::kTrue:
        instance_.state = InstanceState::kFiring;
        lengthen_keep();
        steps_.push_back({Change::kRefired, verdict.reason});
        return;
      case Truth::kFalse:
        ++instance_.clears;
        if (is_over()) clear(verdict);
        return;
      case Truth::kUnanswered:
        instance_.uncounted += timing_.gap;
        return;
    }
  }

  [[nodiscard]] bool has_lapsed(nanoseconds silent, std::uint32_t unanswered) const {
    return instance_.state == InstanceState::kPending && silent > rule_.hold && unanswered >= kLapse;
  }

  [[nodiscard]] bool is_ready() const {
    const nanoseconds no_data_for = rule_.judgement.no_data_for;
    const nanoseconds hold = instance_.only_missing && no_data_for > nanoseconds{0} ? no_data_for : rule_.hold;
    const nanoseconds counted = timing_.now.elapsed - instance_.active_at.elapsed - instance_.uncounted;
    return counted >= hold && instance_.breaches >= rule_.judgement.breaches;
  }

  [[nodiscard]] bool is_over() const {
    const nanoseconds counted = timing_.now.elapsed - instance_.keep_since.elapsed - instance_.uncounted;
    return counted >= keep_of(instance_, rule_) && instance_.clears >= rule_.judgement.clears;
  }

  void lengthen_keep() {
    const double keep = static_cast<double>(rule_.keep_firing_for.count());
    const double longest = keep > 0 ? static_cast<double>(rule_.judgement.keep_max.count()) / keep : 1;
    instance_.keep_factor = std::max(1.0, std::min(instance_.keep_factor * rule_.judgement.keep_factor, longest));
  }

  void fire(const Verdict& verdict) {
    instance_.state = InstanceState::kFiring;
    instance_.fired_at = timing_.now;
    steps_.push_back({Change::kFired, verdict.reason});
  }

  void clear(const Verdict& verdict) {
    instance_.state = InstanceState::kInactive;
    instance_.calm_since = timing_.now;
    steps_.push_back({Change::kCleared, verdict.reason});
  }

  void end_pending(std::string reason) {
    instance_.state = InstanceState::kInactive;
    steps_.push_back({Change::kPendingEnded, std::move(reason)});
  }

  Instance& instance_;
  const rules::Rule& rule_;
  const Input& input_;
  const Timing& timing_;
  std::uint32_t skipped_ = 0;
  nanoseconds lost_{0};
  std::vector<Step> steps_;
};

}  // namespace

rules::NoDataPolicy policy_of(const rules::Rule& rule) {
  return rule.facts.presence.empty() ? NoDataPolicy::kPrometheus : rule.judgement.no_data;
}

nanoseconds keep_of(const Instance& instance, const rules::Rule& rule) {
  if (instance.keep_factor <= 1) return rule.keep_firing_for;
  const auto grown = std::llround(static_cast<double>(rule.keep_firing_for.count()) * instance.keep_factor);
  return std::min(nanoseconds{grown}, std::max(rule.keep_firing_for, rule.judgement.keep_max));
}

bool is_restless(const Instance& instance, const rules::Rule& rule, Moment now) {
  return instance.keep_factor > 1 && now.elapsed - instance.calm_since.elapsed < 2 * keep_of(instance, rule);
}

std::vector<Step> advance(Instance& instance, const rules::Rule& rule, const Input& input, const Timing& timing) {
  return Advance(instance, rule, input, timing).run();
}

}  // namespace sonde::alerts
