#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "alerts/matcher.h"
#include "alerts/remedy_types.h"
#include "alerts/types.h"
#include "base/result.h"

namespace sonde::alerts {

/// Decides which programs are to be run for the incidents that are open, and runs none. Once for each occurrence of an
/// incident and rule, and once for an alert that is part of several; nothing while people have the incident, or
/// something holds it back; and not more often in an hour than the rule says.  threads: one at a time.
class RemedyBook {
 public:
  /// errors: kBadInput if a rule has no program, or its matchers make no sense or are none.
  [[nodiscard]] static Result<RemedyBook> compile(const RemedyOptions& options);

  /// Something was taken on, now or by an earlier process.
  void note(const RemedyClaim& claim);

  /// What is to be done now.  shape: by incident, then as the rules stand; each time anew, until it is note()d.
  std::vector<RemedyOrder> wanted(std::span<const Incident> incidents, const Moment& now);

  /// What was held back since the last time, each occurrence once.
  [[nodiscard]] std::vector<TimelineEntry> take_timeline() { return std::exchange(timeline_, {}); }

  /// How often something was held back, by rule, each occurrence once.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& held_back() const { return held_back_total_; }

  [[nodiscard]] bool is_off() const { return rules_.empty(); }

 private:
  struct Compiled {
    RemedyRule rule;
    MatcherSet matchers;
  };

  explicit RemedyBook(std::vector<Compiled> rules) : rules_(std::move(rules)) {}
  void forget(std::span<const Incident> incidents, const Moment& now);
  void hold_back(const RemedyOrder& order, const Moment& now);
  [[nodiscard]] std::vector<RemedyOrder> candidates(std::span<const Incident> incidents, const Moment& now) const;
  [[nodiscard]] bool is_done(const RemedyOrder& order) const;

  std::vector<Compiled> rules_;
  std::map<RemedyKey, RemedyClaim> claimed_;
  std::map<std::string, std::deque<std::chrono::nanoseconds>> lately_;  // by rule: claims, by Moment::elapsed
  std::set<RemedyKey> held_back_;                                       // of which a line was written
  std::map<std::string, std::uint64_t> held_back_total_;
  std::vector<TimelineEntry> timeline_;
};

/// A line of the incident's timeline: `remedy: what`.
TimelineEntry remedy_line(const RemedyKey& key, Change change, const Moment& at, const std::string& what);

/// Taken on now.
RemedyClaim claim_of(const RemedyOrder& order, const Moment& now);

}  // namespace sonde::alerts
