#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "oncall/escalation_book.h"
#include "support/incident_story.h"

namespace sonde::oncall {

inline constexpr std::chrono::seconds kMinute{60};

inline Person person_with(const std::string& name) {
  return {.name = name, .full_name = "", .contacts = {{.channel = name + "-phone"}}};
}

inline Step step_to(const std::string& name, std::vector<Target> targets, std::chrono::nanoseconds wait) {
  return {.name = name, .targets = std::move(targets), .wait = wait};
}

/// P1 of the scenarios: A, B after 5 minutes, C after 10 more, then 15, and once more.
inline Plan plan_p1() {
  const auto to = [](const std::string& name) { return std::vector<Target>{{TargetKind::kPerson, name}}; };
  Plan plan;
  plan.people = {person_with("A"), person_with("B"), person_with("C")};
  plan.policies = {{.name = "P1",
                    .matchers = {},
                    .steps = {step_to("1", to("A"), 5 * kMinute), step_to("2", to("B"), 10 * kMinute),
                              step_to("3", to("C"), 15 * kMinute)},
                    .repeat = 1}};
  plan.catch_all = {"ops"};
  return plan;
}

/// Incidents and whom they call, second by second.
class EscalationStory {
 public:
  using seconds = std::chrono::seconds;

  explicit EscalationStory(Plan plan = plan_p1(), alerts::IncidentOptions options = {})
      : incidents(alerts::grouped(seconds{0}, seconds{1}), options) {
    book.use(std::move(plan));
  }

  void until(seconds at) {
    while (at_ < at) {
      at_ += seconds{1};
      incidents.until(at_);
      escalate();
    }
  }
  void fires(const std::string& name, rules::Severity severity = rules::Severity::kCritical) {
    incidents.fires(name, severity);
    escalate();
  }
  void clears(const std::string& name) {
    incidents.clears(name);
    escalate();
  }
  Result<alerts::Incident> orders(std::int64_t id, alerts::IncidentOrder order) {
    auto outcome = incidents.orders(id, std::move(order));
    escalate();
    return outcome;
  }
  void acknowledges(const std::string& who, std::int64_t id = 1) {
    ASSERT_TRUE(orders(id, {.action = alerts::IncidentAction::kAcknowledge, .actor = who}));
  }

  /// Nothing runs until then.
  void sleeps_until(seconds at) {
    incidents.jump(at);
    at_ = at;
    escalate();
  }

  void fails(const std::string& channel) {
    incidents.book.change_escalations(
        [&](alerts::Incident& incident) { book.fail(incident, channel, incidents.now()); });
  }

  /// "5:00 B", "1:00:00 ops (exhausted)": who was called, with #2 after it for another incident than the first.
  std::vector<std::string> take_called() { return std::exchange(called_, {}); }
  [[nodiscard]] const std::vector<std::string>& reasons() const { return reasons_; }
  [[nodiscard]] const std::vector<alerts::TimelineEntry>& timeline() const { return timeline_; }

  [[nodiscard]] std::string audited(std::int64_t id = 1) const {
    return audit(*incidents.book.find(id), incidents.now());
  }

  alerts::IncidentStory incidents;
  std::string policy = "P1";
  std::map<std::string, std::vector<std::string>> on_call;
  std::set<std::string> intervals;  ///< that hold now
  EscalationBook book{{.on_call = [this](const std::string& schedule, WallTime) { return on_call[schedule]; },
                       .is_within =
                           [this](const std::vector<std::string>& names, WallTime) {
                             return std::ranges::any_of(
                                 names, [this](const std::string& name) { return intervals.contains(name); });
                           }}};

 private:
  static std::string clock(seconds at) {
    const auto two = [](std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    const std::int64_t all = at.count();
    const std::string minutes = all < 3600 ? std::to_string(all / 60) : two(all / 60 % 60);
    return (all < 3600 ? "" : std::to_string(all / 3600) + ":") + minutes + ":" + two(all % 60);
  }

  void escalate() {
    incidents.book.change_escalations(
        [this](alerts::Incident& incident) { book.advance(incident, policy, incidents.now()); });
    for (const alerts::TimelineEntry& entry : book.take_timeline()) timeline_.push_back(entry);
    for (const Call& call : book.take_calls()) {
      std::string who = call.person;
      if (who.empty() && !call.channels.empty()) who = call.channels.front();
      if (call.kind == CallKind::kNobody) who += " (nobody)";
      if (call.kind == CallKind::kExhausted) who += " (exhausted)";
      if (call.incident != 1) who += " #" + std::to_string(call.incident);
      called_.push_back(clock(at_) + " " + who);
      reasons_.push_back(call.reason);
    }
  }

  seconds at_{0};
  std::vector<std::string> called_;
  std::vector<std::string> reasons_;
  std::vector<alerts::TimelineEntry> timeline_;
};

}  // namespace sonde::oncall
