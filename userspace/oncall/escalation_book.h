#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "alerts/types.h"
#include "oncall/types.h"

namespace sonde::oncall {

enum class CallKind : std::uint8_t {
  kCall,       ///< somebody is called
  kNobody,     ///< a step had nobody to call: the catch-all is told
  kExhausted,  ///< every step has been taken: the catch-all is told
};

/// Somebody is to hear of an incident, now.
struct Call {
  CallKind kind = CallKind::kCall;
  std::int64_t incident = 0;
  std::string person;                 ///< empty: the channels are nobody's own
  std::vector<std::string> channels;  ///< by name
  std::string reason;                 ///< such as "step 2 of critical", for the message

  bool operator==(const Call&) const = default;
};

/// What the book is told of the world.  threads: called within the book's members only.
struct EscalationWorld {
  std::function<std::vector<std::string>(const std::string& schedule, WallTime at)> on_call;
  std::function<bool(const std::vector<std::string>& intervals, WallTime at)> is_within;  ///< any of the intervals
};

/// Policies -> who is called next for an incident, and when. A step is due at the time the one before it was due and
/// its wait: late messages, restarts and sleeping hosts do not push the later ones. Whoever acknowledges stops it; an
/// acknowledgement that is given back, or expires, begins it anew. While an incident is held back its time stands
/// still. threads: one at a time.
class EscalationBook {
 public:
  explicit EscalationBook(EscalationWorld world) : world_(std::move(world)) {}

  /// From now on these people and policies; what runs goes on at the same step if its policy still has it, else at the
  /// one that took its place.
  void use(Plan plan) { plan_ = std::move(plan); }
  [[nodiscard]] const Plan& plan() const { return plan_; }

  /// Calls whoever is due, and moves `incident.escalation` on.  shape: `policy` empty: the one it has, if any.
  void advance(alerts::Incident& incident, const std::string& policy, const alerts::Moment& now);

  /// A message has finally not reached a channel: once all channels of the last step have failed, the next people are
  /// due.
  void fail(alerts::Incident& incident, const std::string& channel, const alerts::Moment& now);

  /// Since the last time, in the order of advance().
  [[nodiscard]] std::vector<Call> take_calls() { return std::exchange(calls_, {}); }
  [[nodiscard]] std::vector<alerts::TimelineEntry> take_timeline() { return std::exchange(timeline_, {}); }

  /// To be kept over restarts.
  [[nodiscard]] std::vector<RobinTurn> turns() const;
  void restore(const std::vector<RobinTurn>& turns);

  /// Channels by which people, rather than receivers, are reached.
  [[nodiscard]] std::set<std::string> contact_channels() const;

 private:
  struct Reached;
  struct Tick;

  [[nodiscard]] const Policy* find_policy(const std::string& name) const;
  [[nodiscard]] const Person* find_person(const std::string& name) const;
  void start(alerts::Incident& incident, const Policy& policy, const alerts::Moment& now) const;
  static void stop(alerts::Incident& incident);
  void lose_policy(alerts::Incident& incident, const alerts::Moment& now);
  void exhaust(alerts::Incident& incident, const std::string& why, const alerts::Moment& now);
  static void stand_still(alerts::Escalation& escalation, const alerts::Moment& now);
  static void go_on(alerts::Escalation& escalation, const alerts::Moment& now);
  void call_pending(Tick& tick);
  bool take_step(Tick& tick);
  void end_round(Tick& tick);
  void call(Tick& tick, const Step& step, const Reached& reached);
  void tell_nobody(Tick& tick, const Step& step);
  void call_person(Tick& tick, const Person& person, const std::string& reason);
  [[nodiscard]] Reached reach(const Policy& policy, const Step& step, const alerts::Moment& now);
  [[nodiscard]] std::vector<Target> targets_of(const Policy& policy, const Step& step);
  void note(const alerts::Incident& incident, alerts::Change change, std::string reason, const alerts::Moment& now);

  EscalationWorld world_;
  Plan plan_;
  std::map<std::pair<std::string, std::string>, RobinTurn> turns_;  // by policy and step
  std::vector<Call> calls_;
  std::vector<alerts::TimelineEntry> timeline_;
};

/// What is wrong with an incident's escalation: a step that should have been taken more than a minute ago, or none that
/// would be; empty: nothing. An incident that nobody is called for has nothing wrong.
[[nodiscard]] std::string audit(const alerts::Incident& incident, const alerts::Moment& now);

}  // namespace sonde::oncall
