#include "oncall/escalation_book.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/quantity.h"

namespace sonde::oncall {
namespace {

using alerts::Change;
using alerts::Escalation;
using alerts::Incident;
using alerts::IncidentStatus;
using alerts::Moment;
using std::chrono::nanoseconds;

/// What was due so long ago is said to be late, and an auditor misses it.
constexpr std::chrono::seconds kLate{60};

Moment after(const Moment& moment, nanoseconds length) { return {moment.wall + length, moment.elapsed + length}; }

bool is_due(const std::optional<Moment>& at, const Moment& now) { return at && at->elapsed <= now.elapsed; }

bool by_elapsed(const Moment& one, const Moment& other) { return one.elapsed < other.elapsed; }

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

}  // namespace

/// Whom a step comes to at one moment.
struct EscalationBook::Reached {
  std::vector<const Person*> people;
  std::vector<std::string> channels;
};

/// One call of advance().
struct EscalationBook::Tick {
  Incident& incident;
  const Policy& policy;
  const Moment& now;
  std::set<std::string> called{};  // people and channels: each once at a time, however much is overdue

  [[nodiscard]] Escalation& escalation() const { return *incident.escalation; }
};

const Policy* EscalationBook::find_policy(const std::string& name) const {
  const auto found = std::ranges::find(plan_.policies, name, &Policy::name);
  return found == plan_.policies.end() ? nullptr : &*found;
}

const Person* EscalationBook::find_person(const std::string& name) const {
  const auto found = std::ranges::find(plan_.people, name, &Person::name);
  return found == plan_.people.end() ? nullptr : &*found;
}

void EscalationBook::advance(Incident& incident, const std::string& policy, const Moment& now) {
  if (incident.status != IncidentStatus::kTriggered) return stop(incident);
  if (!incident.told) return;
  const Policy* const plan =
      find_policy(!policy.empty() || !incident.escalation ? policy : incident.escalation->policy);
  if (plan == nullptr) return lose_policy(incident, now);
  const bool is_new =
      !incident.escalation || incident.escalation->policy != plan->name || incident.escalation->run != incident.runs;
  if (is_new) start(incident, *plan, now);
  Escalation& escalation = *incident.escalation;
  if (incident.held) return stand_still(escalation, now);
  go_on(escalation, now);
  if (escalation.pushes != incident.pushes) {
    escalation.pushes = incident.pushes;
    if (escalation.next_at) escalation.next_at = now;
  }
  Tick tick{.incident = incident, .policy = *plan, .now = now};
  call_pending(tick);
  while (is_due(escalation.next_at, now) && take_step(tick)) {
  }
}

void EscalationBook::stop(Incident& incident) {
  if (!incident.escalation) return;
  incident.escalation->next_at.reset();
  incident.escalation->paused_at.reset();
  incident.escalation->pending.clear();
}

/// Its policy is not there any more: if it comes back, it begins anew.
void EscalationBook::lose_policy(Incident& incident, const Moment& now) {
  if (!incident.escalation || incident.escalation->policy.empty()) return;
  exhaust(incident, "policy " + incident.escalation->policy + " is gone", now);
  stop(incident);
  incident.escalation->policy.clear();
}

void EscalationBook::start(Incident& incident, const Policy& policy, const Moment& now) const {
  Escalation escalation;
  escalation.policy = policy.name;
  escalation.run = incident.runs;
  escalation.step = policy.steps.empty() ? "" : policy.steps.front().name;
  escalation.next_at = now;
  escalation.pushes = incident.pushes;
  incident.escalation = std::move(escalation);
}

void EscalationBook::stand_still(Escalation& escalation, const Moment& now) {
  if (!escalation.paused_at) escalation.paused_at = now;
}

void EscalationBook::go_on(Escalation& escalation, const Moment& now) {
  if (!escalation.paused_at) return;
  const nanoseconds stood = now.elapsed - escalation.paused_at->elapsed;
  escalation.paused_at.reset();
  if (escalation.next_at) escalation.next_at = after(*escalation.next_at, stood);
  for (alerts::PendingCall& call : escalation.pending) call.due_at = after(call.due_at, stood);
}

/// Those whose own rules wait.
void EscalationBook::call_pending(Tick& tick) {
  std::vector<alerts::PendingCall>& pending = tick.escalation().pending;
  for (const alerts::PendingCall& call : pending) {
    if (call.due_at.elapsed > tick.now.elapsed) continue;
    calls_.push_back({.kind = CallKind::kCall,
                      .incident = tick.incident.id,
                      .person = call.person,
                      .channels = {call.channel},
                      .reason = "no answer from " + call.person + " so far"});
  }
  std::erase_if(pending, [&](const alerts::PendingCall& call) { return call.due_at.elapsed <= tick.now.elapsed; });
}

/// False if the step waits for its hours.
bool EscalationBook::take_step(Tick& tick) {
  Escalation& escalation = tick.escalation();
  const std::vector<Step>& steps = tick.policy.steps;
  const auto named = std::ranges::find(steps, escalation.step, &Step::name);
  if (named != steps.end()) {
    escalation.step_number = static_cast<std::uint32_t>(named - steps.begin());
  }
  if (escalation.step_number >= steps.size()) {
    end_round(tick);
    return true;
  }
  const Step& step = steps[escalation.step_number];
  nanoseconds wait = step.wait;
  if (tick.incident.severity < step.at_least) {
    wait = nanoseconds{0};
  } else {
    if (!step.active_time_intervals.empty() && !world_.is_within(step.active_time_intervals, tick.now.wall)) {
      escalation.next_at = tick.now;
      return false;
    }
    const Reached reached = reach(tick.policy, step, tick.now);
    if (reached.people.empty() && reached.channels.empty()) {
      tell_nobody(tick, step);
      wait = nanoseconds{0};
    } else {
      call(tick, step, reached);
    }
  }
  ++escalation.step_number;
  escalation.step = escalation.step_number < steps.size() ? steps[escalation.step_number].name : "";
  escalation.next_at = after(*escalation.next_at, wait);
  return true;
}

void EscalationBook::end_round(Tick& tick) {
  Escalation& escalation = tick.escalation();
  if (escalation.round < tick.policy.repeat && !escalation.called.empty()) {
    ++escalation.round;
    escalation.step_number = 0;
    escalation.step = tick.policy.steps.front().name;
    return;
  }
  exhaust(tick.incident, "policy " + tick.policy.name + " is exhausted and nobody has answered", tick.now);
}

void EscalationBook::exhaust(Incident& incident, const std::string& why, const Moment& now) {
  Escalation& escalation = *incident.escalation;
  escalation.exhausted = true;
  escalation.next_at.reset();
  const std::string reason =
      why + (escalation.called.empty() ? "; nobody was called" : "; called: " + joined(escalation.called));
  note(incident, Change::kExhausted, reason, now);
  calls_.push_back({.kind = CallKind::kExhausted,
                    .incident = incident.id,
                    .person = "",
                    .channels = plan_.catch_all,
                    .reason = reason});
}

void EscalationBook::call(Tick& tick, const Step& step, const Reached& reached) {
  Escalation& escalation = tick.escalation();
  std::string reason = "step " + step.name + " of " + tick.policy.name;
  if (escalation.round > 0) reason += ", round " + std::to_string(escalation.round + 1);
  const bool begins = escalation.step_number == 0 && escalation.round == 0;
  if (begins && !tick.incident.run_reason.empty()) reason = tick.incident.run_reason + ": " + reason;
  const nanoseconds late = tick.now.elapsed - escalation.next_at->elapsed;
  if (late > kLate) {
    reason += ", late by " + format_duration(std::chrono::floor<std::chrono::seconds>(late));
  }
  escalation.outstanding.clear();
  std::vector<std::string> names;
  for (const Person* const person : reached.people) {
    names.push_back(person->name);
    call_person(tick, *person, reason);
  }
  for (const std::string& channel : reached.channels) {
    names.push_back(channel);
    add_once(escalation.outstanding, channel);
    add_once(escalation.called, channel);
    if (!tick.called.insert("channel " + channel).second) continue;
    calls_.push_back(
        {.kind = CallKind::kCall, .incident = tick.incident.id, .person = "", .channels = {channel}, .reason = reason});
  }
  note(tick.incident, Change::kEscalated, reason + ": " + joined(names), tick.now);
}

void EscalationBook::call_person(Tick& tick, const Person& person, const std::string& reason) {
  Escalation& escalation = tick.escalation();
  add_once(escalation.called, person.name);
  if (!tick.called.insert("person " + person.name).second) return;
  std::erase_if(escalation.pending, [&](const alerts::PendingCall& call) { return call.person == person.name; });
  Call call{
      .kind = CallKind::kCall, .incident = tick.incident.id, .person = person.name, .channels = {}, .reason = reason};
  for (const ContactRule& contact : person.contacts) {
    if (tick.incident.severity < contact.at_least) continue;
    add_once(escalation.outstanding, contact.channel);
    if (contact.after <= nanoseconds{0}) {
      add_once(call.channels, contact.channel);
    } else {
      escalation.pending.push_back(
          {.person = person.name, .channel = contact.channel, .due_at = after(tick.now, contact.after)});
    }
  }
  if (!call.channels.empty()) calls_.push_back(std::move(call));
}

void EscalationBook::tell_nobody(Tick& tick, const Step& step) {
  const std::string reason = "nobody is on call for step " + step.name + " of " + tick.policy.name;
  note(tick.incident, Change::kNobodyOnCall, reason, tick.now);
  if (plan_.catch_all.empty() || !tick.called.insert("nobody " + step.name).second) return;
  calls_.push_back({.kind = CallKind::kNobody,
                    .incident = tick.incident.id,
                    .person = "",
                    .channels = plan_.catch_all,
                    .reason = reason});
}

/// Of a step that calls one after the other, the target after the last one.
std::vector<Target> EscalationBook::targets_of(const Policy& policy, const Step& step) {
  if (!step.round_robin || step.targets.size() < 2) return step.targets;
  const auto [place, is_first] = turns_.try_emplace({policy.name, step.name}, RobinTurn{policy.name, step.name, "", 0});
  RobinTurn& turn = place->second;
  std::size_t next = 0;
  if (!is_first) {
    const auto last = std::ranges::find(step.targets, turn.last, &Target::name);
    // Of one who is gone, whoever has moved up to their place is next.
    next = last == step.targets.end() ? turn.position : static_cast<std::size_t>(last - step.targets.begin()) + 1;
    next %= step.targets.size();
  }
  turn.last = step.targets[next].name;
  turn.position = static_cast<std::uint32_t>(next);
  return {step.targets[next]};
}

EscalationBook::Reached EscalationBook::reach(const Policy& policy, const Step& step, const Moment& now) {
  Reached reached;
  const auto add = [&](const std::string& name) {
    const Person* const person = find_person(name);
    if (person == nullptr || person->contacts.empty()) return;
    if (std::ranges::find(reached.people, person) == reached.people.end()) reached.people.push_back(person);
  };
  for (const Target& target : targets_of(policy, step)) {
    switch (target.kind) {
      case TargetKind::kPerson:
        add(target.name);
        break;
      case TargetKind::kSchedule:
        for (const std::string& name : world_.on_call(target.name, now.wall)) add(name);
        break;
      case TargetKind::kChannel:
        add_once(reached.channels, target.name);
        break;
    }
  }
  return reached;
}

void EscalationBook::fail(Incident& incident, const std::string& channel, const Moment& now) {
  if (!incident.escalation || incident.status != IncidentStatus::kTriggered) return;
  Escalation& escalation = *incident.escalation;
  if (std::erase(escalation.outstanding, channel) == 0) return;
  // Their other ways are tried now, not later.
  for (const Person& person : plan_.people) {
    if (std::ranges::find(person.contacts, channel, &ContactRule::channel) == person.contacts.end()) continue;
    for (alerts::PendingCall& call : escalation.pending) {
      if (call.person == person.name) call.due_at = std::min(call.due_at, now, by_elapsed);
    }
  }
  if (!escalation.outstanding.empty()) return;
  if (!escalation.next_at || escalation.next_at->elapsed <= now.elapsed) return;
  escalation.next_at = now;
  note(incident, Change::kEscalated, "delivery by " + channel + " failed: the next ones are called at once", now);
}

void EscalationBook::note(const Incident& incident, Change change, std::string reason, const Moment& now) {
  alerts::TimelineEntry entry{.at = now, .uid = {}, .labels = {}, .change = change, .reason = std::move(reason)};
  entry.incident = incident.id;
  timeline_.push_back(std::move(entry));
}

std::vector<RobinTurn> EscalationBook::turns() const {
  std::vector<RobinTurn> all;
  all.reserve(turns_.size());
  for (const auto& item : turns_) all.push_back(item.second);
  return all;
}

void EscalationBook::restore(const std::vector<RobinTurn>& turns) {
  for (const RobinTurn& turn : turns) turns_.insert_or_assign({turn.policy, turn.step}, turn);
}

std::set<std::string> EscalationBook::contact_channels() const {
  std::set<std::string> channels;
  for (const Person& person : plan_.people) {
    for (const ContactRule& contact : person.contacts) channels.insert(contact.channel);
  }
  return channels;
}

std::string audit(const Incident& incident, const Moment& now) {
  if (incident.status != IncidentStatus::kTriggered || !incident.told || incident.held || !incident.escalation)
    return "";
  const Escalation& escalation = *incident.escalation;
  if (escalation.exhausted || escalation.paused_at) return "";
  const std::string name = "incident #" + std::to_string(incident.id);
  if (!escalation.next_at) return name + " is open and nobody will be called for it";
  const nanoseconds late = now.elapsed - escalation.next_at->elapsed;
  if (late <= kLate) return "";
  return name + ": step " + escalation.step + " of " + escalation.policy + " was due " +
         format_duration(std::chrono::floor<std::chrono::seconds>(late)) + " ago";
}

}  // namespace sonde::oncall
