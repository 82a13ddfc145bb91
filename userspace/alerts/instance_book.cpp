#include "alerts/instance_book.h"

#include <algorithm>
#include <set>
#include <utility>

#include "alerts/instance_machine.h"

namespace sonde::alerts {
namespace {

using rules::Answer;
using rules::NoDataPolicy;
using std::chrono::nanoseconds;

constexpr std::size_t kHeldBackPerRule = 100;

/// How often quiet rules are asked whether they still have data: it doubles what their evaluation costs.
constexpr nanoseconds kWatch = std::chrono::minutes{1};

bool is_active(const Instance& instance) { return instance.state != InstanceState::kInactive; }

}  // namespace

/// One evaluation on its way into the book.
class InstanceBook::Taking {
 public:
  Taking(const BookOptions& options, Entry& entry, const rules::Rule& rule, const rules::Evaluation& evaluation,
         Timing timing)
      : options_(options), entry_(entry), rule_(rule), evaluation_(evaluation), timing_(timing) {
    input_.error = evaluation.error;
    const bool is_quiet = entry.instances.empty() && evaluation.findings.empty();
    if (!is_quiet) input_.revision = revision_of(rule);
    for (const rules::Finding& finding : evaluation.findings) findings_.emplace(finding.labels, &finding);
  }

  void set_quiet(std::string_view why) { input_.quiet = why; }
  void set_gate_of_missing(std::string_view why) { gate_of_missing_ = why; }
  void set_limit(std::size_t limit) { limit_ = limit; }
  void set_has_all(bool has_all) { has_all_ = has_all; }

  std::vector<TimelineEntry> run() {
    had_instances_ = !entry_.instances.empty();
    entry_.held_back.clear();
    std::vector<Instance*> inactive;
    for (auto& [labels, instance] : entry_.instances) {
      if (is_active(instance)) {
        step(instance, finding_of(labels));
      } else {
        inactive.push_back(&instance);
      }
    }
    // What is active has been asked first: it keeps its place, and leaves it before others are refused.
    for (const auto& [labels, instance] : entry_.instances) active_ += is_active(instance) ? 1U : 0U;
    for (Instance* instance : inactive) take_candidate(*instance, finding_of(instance->labels));
    for (const auto& [labels, finding] : findings_) {
      if (!entry_.instances.contains(labels)) take_new(*finding);
    }
    sweep();
    judge_rule();
    return std::move(changes_);
  }

 private:
  [[nodiscard]] const rules::Finding* finding_of(const store::Labels& labels) const {
    const auto found = findings_.find(labels);
    return found == findings_.end() ? nullptr : found->second;
  }

  void step(Instance& instance, const rules::Finding* finding) {
    Input input = input_;
    input.finding = evaluation_.error.empty() ? finding : nullptr;
    input.gate = finding ? std::string_view{finding->gate} : gate_of_missing_;
    if (!is_active(instance) && input.gate.empty() && !has_room()) input.gate = kFull;
    input.superseded = !finding && !findings_.empty() && instance.revision != input.revision;
    for (Step& done : advance(instance, rule_, input, timing_)) {
      changes_.push_back(
          {timing_.now, rule_.uid, instance.labels, done.change, std::move(done.reason), instance.value});
    }
  }

  void take_candidate(Instance& instance, const rules::Finding* finding) {
    step(instance, finding);
    if (is_active(instance)) {
      ++active_;
    } else {
      hold_back(instance, finding);
    }
  }

  void take_new(const rules::Finding& finding) {
    Instance instance;
    instance.uid = rule_.uid;
    instance.labels = finding.labels;
    instance.subject = finding.subject;
    instance.revision = input_.revision;
    take_candidate(instance, &finding);
    if (is_active(instance)) {
      entry_.instances.emplace(finding.labels, std::move(instance));
    } else if (policy_of(rule_) != NoDataPolicy::kAlert || !evaluation_.error.empty()) {
      return;
    } else if (entry_.instances.size() < options_.max_instances) {
      entry_.instances.emplace(finding.labels, std::move(instance));
    } else {
      ++entry_.standing.forgotten;
    }
  }

  /// Why an instance is quiet, where it is not because all is well.
  void hold_back(const Instance& instance, const rules::Finding* finding) {
    if (instance.why.empty()) return;
    if (instance.why == kFull) {
      ++entry_.standing.refused;
      refused_ = true;
    } else if (finding && finding->answer == Answer::kBreach && !finding->gate.empty()) {
      ++entry_.standing.gated;
    }
    if (entry_.held_back.size() >= kHeldBackPerRule) return;
    entry_.held_back.push_back(
        {rule_.uid, instance.labels, instance.subject, finding ? finding->value : instance.value, instance.why});
  }

  [[nodiscard]] bool has_room() const { return active_ < options_.max_instances && (limit_ == 0 || active_ < limit_); }

  void sweep() {
    const bool remembers = policy_of(rule_) == NoDataPolicy::kAlert;
    std::erase_if(entry_.instances, [&](const auto& item) {
      const Instance& instance = item.second;
      return !is_active(instance) && !remembers && !is_restless(instance, rule_, timing_.now);
    });
  }

  void judge_rule() {
    RuleStanding& standing = entry_.standing;
    standing.alert = rule_.alert;
    standing.limited = refused_ || (standing.limited && !has_room());
    if (!input_.quiet.empty()) return;
    take_answer(standing);
    standing.blind = standing.had_answer && standing.unanswered_for >= options_.blind_after;
    for (const auto& [labels, instance] : entry_.instances) standing.blind = standing.blind || is_lost(instance);
  }

  /// Where a missing series says something by itself, its absence is an answer. Little traffic is one too: there is
  /// something to look at.
  void take_answer(RuleStanding& standing) const {
    const NoDataPolicy policy = policy_of(rule_);
    const bool failed = !evaluation_.error.empty() && policy != NoDataPolicy::kAlert;
    if (failed || (policy == NoDataPolicy::kKeepLast && findings_.empty())) {
      if (failed || has_all_) standing.unanswered_for += silence(standing);
      return;
    }
    standing.unanswered_for = nanoseconds{0};
    standing.had_answer = standing.had_answer || has_answer(policy);
  }

  /// What this evaluation adds to the time without an answer: no more than what passes between two that take place.
  [[nodiscard]] nanoseconds silence(const RuleStanding& standing) const {
    const bool was_asked = had_instances_ || standing.unanswered_for > nanoseconds{0} || !evaluation_.error.empty();
    return was_asked ? std::min(timing_.gap, timing_.interval) : std::max(timing_.interval, kWatch);
  }

  [[nodiscard]] bool has_answer(NoDataPolicy policy) const {
    if (policy != NoDataPolicy::kKeepLast) return true;
    return std::ranges::any_of(evaluation_.findings,
                               [](const rules::Finding& finding) { return finding.answer != Answer::kNone; });
  }

  /// Fires, and nobody knows whether it still should; or might soon, and nobody can tell.
  [[nodiscard]] bool is_lost(const Instance& instance) const {
    if (!is_active(instance) || instance.unanswered * timing_.interval < options_.blind_after) return false;
    return instance.state != InstanceState::kPending || instance.missing > 0 || instance.data == DataState::kError;
  }

  static constexpr std::string_view kFull = "the limit of alerts is reached";

  const BookOptions& options_;
  Entry& entry_;
  const rules::Rule& rule_;
  const rules::Evaluation& evaluation_;
  const Timing timing_;
  Input input_;
  std::string_view gate_of_missing_;
  std::size_t limit_ = 0;
  bool has_all_ = true;
  std::size_t active_ = 0;
  bool refused_ = false;
  bool had_instances_ = false;
  std::map<store::Labels, const rules::Finding*, LabelsLess> findings_;
  std::vector<TimelineEntry> changes_;
};

InstanceBook::InstanceBook(BookOptions options) : options_(options) {}

std::vector<TimelineEntry> InstanceBook::take(const rules::Group& group, const rules::Rule& rule,
                                              const rules::Evaluation& evaluation, Moment now) {
  if (!started_at_) started_at_ = now;
  const bool has_all = needs_all(rule, now);
  Entry& entry = entries_[rule.uid];
  entry.standing.uid = rule.uid;
  const nanoseconds gap = entry.evaluated ? now.elapsed - entry.standing.evaluated_at.elapsed : group.interval;
  entry.standing.evaluated_at = now;
  entry.evaluated = true;

  Taking taking(options_, entry, rule, evaluation, Timing{now, gap, group.interval});
  taking.set_limit(group.limit);
  taking.set_has_all(has_all);
  if (now.elapsed < quiet_until_) taking.set_quiet("the host has just been resumed");
  if (now.elapsed - started_at_->elapsed < rule.judgement.settle) taking.set_gate_of_missing("just started");
  return taking.run();
}

std::vector<TimelineEntry> InstanceBook::keep_only(const RuleCatalog& catalog, Moment now) {
  std::vector<TimelineEntry> changes;
  std::erase_if(entries_, [&](const auto& item) {
    const auto& [uid, entry] = item;
    if (catalog.contains(uid)) return false;
    for (const auto& [labels, instance] : entry.instances) {
      if (!is_active(instance)) continue;
      const bool pending = instance.state == InstanceState::kPending;
      changes.push_back(
          {now, uid, labels, pending ? Change::kPendingEnded : Change::kCleared, "rule_removed", instance.value});
    }
    return true;
  });
  return changes;
}

void InstanceBook::resume(Moment now) { quiet_until_ = now.elapsed + options_.resume_hold; }

std::vector<const Instance*> InstanceBook::active() const {
  std::vector<const Instance*> found;
  for (const auto& [uid, entry] : entries_) {
    for (const auto& [labels, instance] : entry.instances) {
      if (is_active(instance)) found.push_back(&instance);
    }
  }
  return found;
}

std::vector<Instance> InstanceBook::instances() const {
  std::vector<Instance> found;
  for (const auto& [uid, entry] : entries_) {
    for (const auto& [labels, instance] : entry.instances) found.push_back(instance);
  }
  return found;
}

bool InstanceBook::needs_all(const rules::Rule& rule, Moment now) const {
  const auto found = entries_.find(rule.uid);
  const bool watches = policy_of(rule) == NoDataPolicy::kKeepLast;
  if (found == entries_.end()) return watches;
  const auto& [standing, instances, held_back, evaluated] = found->second;
  if (!instances.empty()) return true;
  if (!watches) return false;
  const bool has_lost = standing.had_answer && standing.unanswered_for > nanoseconds{0};
  return has_lost || !evaluated || now.elapsed / kWatch != standing.evaluated_at.elapsed / kWatch;
}

std::vector<RuleStanding> InstanceBook::rules() const {
  std::vector<RuleStanding> found;
  for (const auto& [uid, entry] : entries_) {
    if (entry.evaluated) found.push_back(entry.standing);
  }
  return found;
}

std::vector<HeldBack> InstanceBook::held_back() const {
  std::vector<HeldBack> found;
  for (const auto& [uid, entry] : entries_) {
    found.insert(found.end(), entry.held_back.begin(), entry.held_back.end());
  }
  return found;
}

void InstanceBook::store(Snapshot& snapshot) const {
  snapshot.instances = instances();
  snapshot.rules = rules();
  snapshot.quiet_until = quiet_until_;
}

void InstanceBook::restore(const Snapshot& snapshot) {
  entries_.clear();
  started_at_.reset();
  quiet_until_ = snapshot.quiet_until;
  for (const RuleStanding& standing : snapshot.rules) {
    Entry& entry = entries_[standing.uid];
    entry.standing = standing;
    entry.evaluated = true;
  }
  for (const Instance& instance : snapshot.instances) {
    Entry& entry = entries_[instance.uid];
    entry.standing.uid = instance.uid;
    entry.instances.emplace(instance.labels, instance);
  }
}

}  // namespace sonde::alerts
