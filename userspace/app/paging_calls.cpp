#include <algorithm>
#include <iterator>
#include <utility>

#include "alerts/label_set.h"
#include "app/log.h"
#include "app/paging.h"
#include "app/people_notices.h"
#include "notify/delivery.h"

namespace sonde::app {

Result<> Paging::use(oncall::Plan plan, OnCall on_call) {
  std::vector<Policy> policies;
  for (const oncall::Policy& policy : plan.policies) {
    if (policy.matchers.empty()) continue;
    auto matchers = alerts::MatcherSet::compile(policy.matchers);
    if (!matchers) return std::move(matchers).error().with("policy " + policy.name);
    policies.push_back({policy.name, *std::move(matchers)});
  }
  policies_ = std::move(policies);
  on_call_ = std::move(on_call);
  escalations_.use(std::move(plan));
  contacts_ = escalations_.contact_channels();
  return Ok{};
}

/// The receiver's own; else the first that fits an alert, as severe as it ever was: what becomes less severe does not
/// go another way.
std::string Paging::policy_of(const alerts::Incident& incident) const {
  const notify::Receiver* const receiver = receiver_of(incident);
  if (receiver != nullptr && !receiver->escalation.empty()) return receiver->escalation;
  for (const Policy& policy : policies_) {
    for (const alerts::IncidentAlert& alert : incident.alerts) {
      alerts::Problem problem = alert.problem;
      problem.severity = std::max(problem.severity, problem.highest);
      if (alert.firing && policy.matchers.matches(alerts::labels_of(problem))) return policy.name;
    }
  }
  return "";
}

void Paging::call_people(alerts::Moment now, std::vector<notify::Delivery>& deliveries) {
  incidents_.change_escalations([&](alerts::Incident& incident) {
    const bool is_open = incident.status != alerts::IncidentStatus::kResolved;
    escalations_.advance(incident, is_open ? policy_of(incident) : "", now);
  });
  for (const oncall::Call& call : escalations_.take_calls()) {
    if (call.channels.empty()) continue;
    auto page = incidents_.call(call.incident, call.reason, now);
    if (page) deliver(Letter{*std::move(page), call.channels}, deliveries);
  }
}

/// Where people may be told what is no alarm.
std::set<std::string> Paging::quiet_contacts(const std::vector<std::string>& names) const {
  std::set<std::string> channels;
  for (const oncall::Person& person : escalations_.plan().people) {
    if (std::ranges::find(names, person.name) == names.end()) continue;
    for (const oncall::ContactRule& contact : person.contacts) {
      if (contact.at_least == rules::Severity::kInfo) channels.insert(contact.channel);
    }
  }
  return channels;
}

std::vector<notify::Delivery> Paging::announce(std::span<const Handover> handovers, alerts::Moment now) {
  std::vector<notify::Delivery> deliveries;
  for (const Handover& handover : handovers) {
    const std::vector<alerts::Incident> open = incidents_.incidents();
    const auto notification =
        std::make_shared<const notify::Notification>(handover_notice(handover, open, host_, now.wall));
    for (const std::string& channel : quiet_contacts({handover.leaves, handover.comes})) {
      deliveries.push_back(notify::make_delivery(notification, channel, *options_, now.wall));
    }
    handed_over_.push_back({.at = now,
                            .uid = {},
                            .labels = {},
                            .change = alerts::Change::kHandedOff,
                            .reason = handover.schedule + ": from " + name_or_nobody(handover.leaves) + " to " +
                                      name_or_nobody(handover.comes)});
  }
  return deliveries;
}

std::vector<notify::Delivery> Paging::audit(alerts::Moment now) {
  std::vector<notify::Delivery> deliveries;
  std::set<std::int64_t> missed;
  for (const alerts::Incident& incident : incidents_.incidents()) {
    const std::string what = oncall::audit(incident, now);
    if (what.empty()) continue;
    missed.insert(incident.id);
    if (missed_.contains(incident.id)) continue;
    log_error("an escalation has stopped", {{"what", what}});
    const auto notification =
        std::make_shared<const notify::Notification>(missed_notice(incident, what, host_, now.wall));
    for (const std::string& channel : escalations_.plan().catch_all) {
      deliveries.push_back(notify::make_delivery(notification, channel, *options_, now.wall));
    }
  }
  missed_ = std::move(missed);
  return deliveries;
}

void Paging::fail(const notify::Undelivered& undelivered, alerts::Moment now) {
  incidents_.change_escalations([&](alerts::Incident& incident) {
    if (incident.id == undelivered.incident) escalations_.fail(incident, undelivered.channel, now);
  });
}

std::vector<alerts::TimelineEntry> Paging::take_timeline() {
  std::vector<alerts::TimelineEntry> entries = incidents_.take_timeline();
  std::ranges::move(escalations_.take_timeline(), std::back_inserter(entries));
  std::ranges::move(std::exchange(handed_over_, {}), std::back_inserter(entries));
  return entries;
}

}  // namespace sonde::app
