#include "alerts/alert_book.h"

#include <algorithm>
#include <utility>

#include "base/quantity.h"

namespace sonde::alerts {
namespace {

using rules::ServiceFinding;
using rules::Severity;
using rules::Verdict;
using std::chrono::nanoseconds;

void describe(const ServiceFinding& finding, Alert& alert) {
  alert.value = finding.value;
  alert.threshold = finding.threshold;
  alert.summary = finding.summary;
}

}  // namespace

AlertBook::AlertBook(AlertOptions options) : options_(options) {}

void AlertBook::take_breach(const Key& key, const ServiceFinding& finding, WallTime now) {
  const auto [place, is_new] = entries_.try_emplace(key);
  Entry& entry = place->second;
  Alert& alert = entry.alert;
  if (is_new) {
    alert.rule = finding.rule;
    alert.severity = finding.severity;
    alert.service = finding.service;
    alert.active_since = now;
  }
  describe(finding, alert);
  entry.for_duration = finding.for_duration;
  entry.breaches_now = true;
  entry.unanswered = nanoseconds{0};
  if (alert.state == AlertState::kFiring || entry.breached < entry.for_duration) return;
  alert.state = AlertState::kFiring;
  alert.fired_at = now;
}

AlertBook::Fate AlertBook::take_answer(Entry& entry, const ServiceFinding* finding, nanoseconds elapsed) {
  const bool breached_before = std::exchange(entry.breaches_now, false);
  if (!finding || finding->verdict == Verdict::kInsufficientData) {
    entry.unanswered += elapsed;
    return entry.unanswered >= options_.hold_without_data ? Fate::kUnanswered : Fate::kStays;
  }
  if (finding->verdict == Verdict::kBreach) {
    if (breached_before) entry.breached += elapsed;
    return Fate::kStays;
  }
  entry.unanswered = nanoseconds{0};
  describe(*finding, entry.alert);
  return Fate::kRecovered;
}

std::string AlertBook::reason_of(Fate fate, const Key& key, const Answers& answers) const {
  if (fate == Fate::kUnanswered) {
    return "too little traffic to judge for " + format_duration(options_.hold_without_data);
  }
  const auto warning = answers.find(Key{key.rule, key.service, Severity::kWarning});
  const bool still_warns =
      key.severity == Severity::kCritical && warning != answers.end() && warning->second->verdict == Verdict::kBreach;
  return still_warns ? "back below the critical threshold, still above the warning threshold"
                     : "back below the threshold";
}

bool AlertBook::may_announce(const Key& key, Entry& entry, nanoseconds elapsed) const {
  if (entry.alert.state != AlertState::kFiring || entry.announced) return false;
  if (key.severity == Severity::kCritical) return true;
  const auto twin = entries_.find(Key{key.rule, key.service, Severity::kCritical});
  if (twin != entries_.end()) {
    entry.had_firing_twin = entry.had_firing_twin || twin->second.alert.state == AlertState::kFiring;
    entry.under_twin = true;
    entry.outlasted = nanoseconds{0};
    return false;
  }
  const bool freed_now = std::exchange(entry.under_twin, false);
  if (!entry.breaches_now) return false;
  if (!entry.had_firing_twin) return true;
  // On the way back to normal a value passes both thresholds: the warning would be a second alarm about what is over.
  if (!freed_now) entry.outlasted += elapsed;
  return entry.outlasted >= entry.for_duration;
}

std::vector<Transition> AlertBook::step(std::span<const ServiceFinding> findings, WallTime now) {
  const nanoseconds elapsed = last_step_ ? std::max(nanoseconds{0}, now - *last_step_) : nanoseconds{0};
  last_step_ = now;
  Answers answers;
  for (const ServiceFinding& finding : findings)
    answers[Key{finding.rule, finding.service, finding.severity}] = &finding;

  std::vector<Transition> transitions;
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto answer = answers.find(entry->first);
    const Fate fate = take_answer(entry->second, answer == answers.end() ? nullptr : answer->second, elapsed);
    if (fate == Fate::kStays) {
      ++entry;
      continue;
    }
    if (entry->second.announced) {
      transitions.push_back({Change::kResolved, entry->second.alert, now, reason_of(fate, entry->first, answers)});
    }
    entry = entries_.erase(entry);
  }
  for (const auto& [key, finding] : answers) {
    if (finding->verdict == Verdict::kBreach) take_breach(key, *finding, now);
  }
  for (auto& [key, entry] : entries_) {
    if (!may_announce(key, entry, elapsed)) continue;
    entry.announced = true;
    transitions.push_back(Transition{Change::kFiring, entry.alert, now, ""});
  }
  return transitions;
}

std::vector<Alert> AlertBook::active() const {
  std::vector<Alert> alerts;
  alerts.reserve(entries_.size());
  for (const auto& [key, entry] : entries_) alerts.push_back(entry.alert);
  return alerts;
}

}  // namespace sonde::alerts
