#pragma once

#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "alerts/types.h"
#include "notify/types.h"

namespace sonde::history {

/// Makes whatever the types can hold, every field of it, with a liking for the extremes.
class RandomAlerts {
 public:
  explicit RandomAlerts(std::uint64_t seed) : random_(seed) {}

  /// Only texts that are UTF-8, without NUL, from now on.
  void keep_to_text() { only_text_ = true; }

  [[nodiscard]] std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  [[nodiscard]] bool coin() { return below(2) == 0; }

  [[nodiscard]] double number() {
    static const std::vector<double> special{0.0,
                                             -0.0,
                                             0.1,
                                             std::numeric_limits<double>::infinity(),
                                             -std::numeric_limits<double>::infinity(),
                                             std::numeric_limits<double>::quiet_NaN(),
                                             std::numeric_limits<double>::denorm_min(),
                                             std::numeric_limits<double>::max(),
                                             std::numeric_limits<double>::lowest()};
    if (coin()) return special[below(special.size())];
    return std::bit_cast<double>(coin() ? random_() : random_() | 0x7FF0000000000000U);
  }

  [[nodiscard]] std::string text() {
    static const std::vector<std::string> special{"",
                                                  "plain",
                                                  "Z\u00fcrich \u2603 \U0001F600",
                                                  "\"quoted\" \\ \n\t",
                                                  std::string("a\0b", 3),
                                                  "\xff\xfe",
                                                  "{\"hex\":\"00\"}",
                                                  "'; --"};
    if (only_text_) return special[below(4)] + special[6 + below(2)];
    if (coin()) return special[below(special.size())];
    std::string bytes(below(20), '\0');
    for (char& byte : bytes) byte = static_cast<char>(below(256));
    return bytes;
  }

  [[nodiscard]] std::chrono::nanoseconds duration() {
    if (below(8) == 0) return std::chrono::nanoseconds::max();
    if (below(8) == 0) return std::chrono::nanoseconds::min();
    return std::chrono::nanoseconds{static_cast<std::int64_t>(random_()) >> below(64)};
  }

  [[nodiscard]] std::uint64_t count() { return random_() >> below(64); }
  [[nodiscard]] alerts::Moment moment() { return {WallTime{duration()}, duration()}; }

  [[nodiscard]] store::Labels labels() {
    store::Labels labels;
    for (std::uint64_t n = below(5); n > 0; --n)
      labels.push_back({coin() ? "name" + std::to_string(n) : text(), text()});
    return labels;
  }

  template <class Choice>
  [[nodiscard]] Choice choice(Choice last) {
    return static_cast<Choice>(below(static_cast<std::uint64_t>(last) + 1));
  }

  [[nodiscard]] alerts::Instance instance() {
    alerts::Instance made;
    auto& [uid, labels_of, subject, state, active_at, fired_at, keep_since, answered_at, uncounted, keep_factor,
           calm_since, breaches, clears, unanswered, missing, only_missing, data, value, why, annotations, revision] =
        made;
    uid = text();
    labels_of = labels();
    subject = labels();
    state = choice(alerts::InstanceState::kRecovering);
    for (alerts::Moment* at : {&active_at, &fired_at, &keep_since, &answered_at, &calm_since}) *at = moment();
    uncounted = duration();
    keep_factor = number();
    for (std::uint32_t* n : {&breaches, &clears, &unanswered, &missing}) *n = static_cast<std::uint32_t>(count());
    only_missing = coin();
    data = choice(alerts::DataState::kError);
    value = number();
    why = text();
    annotations = labels();
    revision = count();
    return made;
  }

  [[nodiscard]] alerts::RuleStanding standing() {
    alerts::RuleStanding made;
    auto& [uid, alert, evaluated_at, had_answer, unanswered_for, blind, limited, refused, gated, forgotten] = made;
    uid = text();
    alert = text();
    evaluated_at = moment();
    unanswered_for = duration();
    for (bool* flag : {&had_answer, &blind, &limited}) *flag = coin();
    for (std::uint64_t* n : {&refused, &gated, &forgotten}) *n = count();
    return made;
  }

  [[nodiscard]] alerts::Problem problem() {
    alerts::Problem made;
    auto& [labels_of, uid, firing, reason, severity, highest, started_at, fired_at, value, annotations, pages, told,
           told_severity, flapping, told_flapping, changes, held_by, released_at] = made;
    labels_of = labels();
    uid = text();
    reason = text();
    for (rules::Severity* one : {&severity, &highest, &told_severity}) *one = choice(rules::Severity::kCritical);
    started_at = moment();
    fired_at = moment();
    value = number();
    annotations = labels();
    for (bool* flag : {&firing, &pages, &told, &flapping, &told_flapping}) *flag = coin();
    for (std::uint64_t n = below(4); n > 0; --n) changes.push_back(duration());
    for (std::uint64_t n = below(4); n > 0; --n) held_by.push_back(text());
    released_at = duration();
    return made;
  }

  [[nodiscard]] alerts::ExternalAlert external() {
    alerts::ExternalAlert made;
    auto& [labels_of, annotations, starts_at, ends_at, updated_at, generator_url] = made;
    labels_of = labels();
    annotations = labels();
    for (WallTime* at : {&starts_at, &ends_at, &updated_at}) *at = WallTime{duration()};
    generator_url = text();
    return made;
  }

  [[nodiscard]] std::vector<std::string> texts() {
    std::vector<std::string> made;
    for (std::uint64_t n = below(4); n > 0; --n) made.push_back(text());
    return made;
  }

  /// Not resolved: such a one is no part of a snapshot for long.
  [[nodiscard]] alerts::Incident incident(std::int64_t number) {
    alerts::Incident made;
    auto& [id, occurrence, version, pages, group, merged_groups, group_labels, status, severity, highest, alerts,
           opened_at, resolved_at, changed_at, acknowledged_at, acknowledged_by, until, assignee, resolve_reason,
           previous, merged_into, channels, told, due_at, told_at, news, muted_by, runs, pushes, run_reason, held,
           escalation] = made;
    id = number;
    occurrence = static_cast<std::uint32_t>(count());
    for (std::uint64_t* n : {&version, &pages}) *n = count();
    group = {text(), text()};
    for (std::uint64_t n = below(3); n > 0; --n) merged_groups.push_back({text(), text()});
    group_labels = labels();
    status = choice(alerts::IncidentStatus::kSnoozed);
    for (rules::Severity* one : {&severity, &highest}) *one = choice(rules::Severity::kCritical);
    for (std::uint64_t n = below(4); n > 0; --n)
      alerts.push_back({problem(), coin(), moment(), moment(), text(), coin()});
    for (alerts::Moment* at : {&opened_at, &resolved_at, &changed_at}) *at = moment();
    if (coin()) acknowledged_at = moment();
    acknowledged_by = texts();
    if (coin()) until = moment();
    assignee = text();
    resolve_reason = text();
    for (std::int64_t* n : {&previous, &merged_into}) *n = static_cast<std::int64_t>(random_()) >> below(64);
    told = coin();
    if (coin()) due_at = moment();
    told_at = duration();
    for (std::vector<std::string>* some : {&channels, &news, &muted_by}) *some = texts();
    for (std::uint32_t* n : {&runs, &pushes}) *n = static_cast<std::uint32_t>(count());
    run_reason = text();
    held = coin();
    if (coin()) escalation = ladder();
    return made;
  }

  [[nodiscard]] alerts::Escalation ladder() {
    alerts::Escalation made;
    auto& [policy, run, step, step_number, round, next_at, paused_at, exhausted, pushes, pending, called, outstanding] =
        made;
    for (std::string* one : {&policy, &step}) *one = text();
    for (std::uint32_t* n : {&run, &step_number, &round, &pushes}) *n = static_cast<std::uint32_t>(count());
    if (coin()) next_at = moment();
    if (coin()) paused_at = moment();
    exhausted = coin();
    for (std::uint64_t n = below(3); n > 0; --n) pending.push_back({text(), text(), moment()});
    called = texts();
    outstanding = texts();
    return made;
  }

  [[nodiscard]] alerts::Review review(std::int64_t number) {
    alerts::Review made;
    auto& [incident_id, cause, action, verdict, follow_up, author, at, state, fixed_at, watch_until, came_back_as,
           watched] = made;
    incident_id = number;
    for (std::string* one : {&cause, &action, &follow_up, &author}) *one = text();
    verdict = choice(alerts::Verdict::kKnown);
    at = moment();
    state = choice(alerts::ReviewState::kCameBack);
    if (coin()) fixed_at = moment();
    if (coin()) watch_until = moment();
    came_back_as = static_cast<std::int64_t>(below(1'000));
    for (std::uint64_t n = below(3); n > 0; --n) watched.push_back(labels());
    return made;
  }

  [[nodiscard]] notify::Notification notification() {
    notify::Notification made;
    auto& [kind, incident_id, occurrence, number_of, receiver, group_key, group_labels, alerts, actor, assignee,
           incident_url, firing, test, notice, unanswered, rule, severity, service, host, labels_of, reason, summary,
           description, runbook_url, acknowledge_url, value, started_at, at, dedup_key, evidence] = made;
    kind = choice(notify::MessageKind::kNoticed);
    incident_id = static_cast<std::int64_t>(below(1'000));
    occurrence = static_cast<std::uint32_t>(count());
    number_of = count();
    for (std::string* one : {&receiver, &group_key, &actor, &assignee, &incident_url, &rule, &service, &host, &reason,
                             &summary, &description, &runbook_url, &acknowledge_url, &dedup_key}) {
      *one = text();
    }
    group_labels = labels();
    for (std::uint64_t n = below(3); n > 0; --n) {
      alerts.push_back({coin(), labels(), labels(), 0.5, WallTime{duration()}, std::nullopt, text(), text()});
      if (coin()) alerts.back().ended_at = WallTime{duration()};
    }
    for (bool* flag : {&firing, &test, &notice, &unanswered}) *flag = coin();
    severity = choice(rules::Severity::kCritical);
    labels_of = labels();
    value = 0.25;
    for (WallTime* when : {&started_at, &at}) *when = WallTime{duration()};
    evidence = texts();
    return made;
  }

  [[nodiscard]] notify::Delivery delivery(const std::string& name) {
    notify::Delivery made;
    auto& [id, channel, message, state, attempts, uncertain, created_at, due_at, expires_at, ended_at, remaining,
           receipt, last_error, instead_of] = made;
    id = name;
    channel = text();
    message = std::make_shared<const notify::Notification>(notification());
    state = choice(notify::DeliveryState::kUnknown);
    for (std::uint32_t* n : {&attempts, &uncertain}) *n = static_cast<std::uint32_t>(count());
    for (WallTime* when : {&created_at, &due_at, &expires_at, &ended_at}) *when = WallTime{duration()};
    remaining = texts();
    receipt = {text(), text(), text()};
    last_error = text();
    instead_of = text();
    return made;
  }

  [[nodiscard]] alerts::TimelineEntry entry() {
    alerts::TimelineEntry made;
    auto& [at, uid, labels_of, change, reason, value, incident, actor, channel] = made;
    at = moment();
    uid = text();
    labels_of = labels();
    change = choice(alerts::Change::kResolved);
    reason = text();
    value = number();
    incident = static_cast<std::int64_t>(random_()) >> below(64);
    actor = text();
    channel = text();
    return made;
  }

  /// shape: in the order of load(); at most `size` of each kind.
  [[nodiscard]] alerts::Snapshot snapshot(std::size_t size) {
    std::map<std::pair<std::string, Pairs>, alerts::Instance> instances;
    std::map<std::string, alerts::RuleStanding> standings;
    std::map<Pairs, alerts::Problem> problems;
    std::map<Pairs, alerts::ExternalAlert> externals;
    for (std::size_t i = 0; i < size; ++i) {
      alerts::Instance one = instance();
      instances.insert_or_assign({one.uid, pairs(one.labels)}, one);
      alerts::RuleStanding rule = standing();
      standings.insert_or_assign(rule.uid, rule);
      alerts::Problem trouble = problem();
      problems.insert_or_assign(pairs(trouble.labels), trouble);
      alerts::ExternalAlert sent = external();
      externals.insert_or_assign(pairs(sent.labels), sent);
    }
    alerts::Snapshot made;
    for (const auto& [key, sent] : externals) made.externals.push_back(sent);
    for (const auto& [key, one] : instances) made.instances.push_back(one);
    for (const auto& [key, rule] : standings) made.rules.push_back(rule);
    for (const auto& [key, trouble] : problems) made.problems.push_back(trouble);
    made.quiet_until = duration();
    return made;
  }

 private:
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  static Pairs pairs(const store::Labels& labels) {
    Pairs found;
    for (const measure::Label& label : labels) found.emplace_back(label.name, label.value);
    return found;
  }

  std::mt19937_64 random_;
  bool only_text_ = false;
};

/// Takes the doubles out, so that the rest can be compared by == and they by their bits.
inline std::vector<std::uint64_t> take_bits(alerts::Snapshot& snapshot) {
  std::vector<std::uint64_t> bits;
  const auto take = [&bits](double& number) {
    bits.push_back(std::bit_cast<std::uint64_t>(number));
    number = 0;
  };
  for (alerts::Instance& instance : snapshot.instances) {
    take(instance.value);
    take(instance.keep_factor);
  }
  for (alerts::Problem& problem : snapshot.problems) take(problem.value);
  for (alerts::Incident& incident : snapshot.incidents) {
    for (alerts::IncidentAlert& alert : incident.alerts) take(alert.problem.value);
  }
  return bits;
}

inline bool equal_to_the_bit(alerts::Snapshot left, alerts::Snapshot right) {
  return take_bits(left) == take_bits(right) && left == right;
}

inline bool equal_to_the_bit(alerts::TimelineEntry left, alerts::TimelineEntry right) {
  const bool same = std::bit_cast<std::uint64_t>(left.value) == std::bit_cast<std::uint64_t>(right.value);
  left.value = right.value = 0;
  return same && left == right;
}

}  // namespace sonde::history
