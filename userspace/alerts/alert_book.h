#pragma once

#include <chrono>
#include <compare>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alerts/types.h"
#include "base/clock.h"
#include "rules/types.h"

namespace sonde::alerts {

/// Turns findings over time into what people should hear: one firing and one resolved for each occurrence.
///
/// A breach is pending until it has been seen for its `for`; time without an answer, and time a wall clock jumped back,
/// is not counted. A warning is not announced while its critical twin (same rule and service) is pending or fires, so a
/// person gets one message; if it outlasts the twin by its own `for` it is announced then.
/// threads: one at a time.
class AlertBook {
 public:
  explicit AlertBook(AlertOptions options);

  /// Takes everything the rules say at `now`. An alert the findings do not mention has not enough data.
  std::vector<Transition> step(std::span<const rules::ServiceFinding> findings, WallTime now);

  /// Everything pending or firing, also what is not announced; by rule, service, severity.
  [[nodiscard]] std::vector<Alert> active() const;

 private:
  struct Key {
    std::string rule;
    std::string service;
    rules::Severity severity = rules::Severity::kWarning;
    auto operator<=>(const Key&) const = default;
  };
  struct Entry {
    Alert alert;
    std::chrono::nanoseconds for_duration{0};
    std::chrono::nanoseconds breached{0};    // how long the breach has been seen
    std::chrono::nanoseconds unanswered{0};  // since the last answer
    std::chrono::nanoseconds outlasted{0};   // how long a breach was seen after the twin's end
    bool had_firing_twin = false;
    bool under_twin = false;  // in the last step
    bool breaches_now = false;
    bool announced = false;
  };
  using Answers = std::map<Key, const rules::ServiceFinding*>;
  enum class Fate { kStays, kRecovered, kUnanswered };

  void take_breach(const Key& key, const rules::ServiceFinding& finding, WallTime now);
  Fate take_answer(Entry& entry, const rules::ServiceFinding* finding, std::chrono::nanoseconds elapsed);
  [[nodiscard]] std::string reason_of(Fate fate, const Key& key, const Answers& answers) const;
  bool may_announce(const Key& key, Entry& entry, std::chrono::nanoseconds elapsed) const;

  const AlertOptions options_;
  std::map<Key, Entry> entries_;
  std::optional<WallTime> last_step_;
};

}  // namespace sonde::alerts
