#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alerts/label_set.h"
#include "alerts/rule_catalog.h"
#include "alerts/types.h"
#include "rules/types.h"

namespace sonde::alerts {

/// Where every instance of every rule stands.
///
/// Inactive ones are not remembered, unless their rule counts missing data as a breach or they are restless
/// (instance_machine.h); nor are more than BookOptions::max_instances of a rule, active ones apart, of which there may
/// be as many again. threads: one at a time.
class InstanceBook {
 public:
  explicit InstanceBook(BookOptions options);

  /// What an evaluation of `rule` at `now` changes; each rule's moments only grow.
  std::vector<TimelineEntry> take(const rules::Group& group, const rules::Rule& rule,
                                  const rules::Evaluation& evaluation, Moment now);

  /// Forgets all rules but these: whatever of them was active ends.
  std::vector<TimelineEntry> keep_only(const RuleCatalog& catalog, Moment now);

  /// The host has slept until now: for a while, nothing anybody says is an answer.
  void resume(Moment now);

  /// Pending, firing and recovering.  shape: by rule, then by labels; valid until the book changes.
  [[nodiscard]] std::vector<const Instance*> active() const;

  /// All that are remembered, by rule, then by labels.
  [[nodiscard]] std::vector<Instance> instances() const;

  /// Whether the next evaluation of the rule must tell what has samples and does not breach, too: because instances of
  /// it are remembered; and for a rule that keeps its last state now and then, so that a loss of its data is noticed.
  [[nodiscard]] bool needs_all(const rules::Rule& rule, Moment now) const;

  [[nodiscard]] std::vector<RuleStanding> rules() const;

  /// At most a hundred of each rule.
  [[nodiscard]] std::vector<HeldBack> held_back() const;

  void store(Snapshot& snapshot) const;
  void restore(const Snapshot& snapshot);

 private:
  using Instances = std::map<store::Labels, Instance, LabelsLess>;
  struct Entry {
    RuleStanding standing;
    Instances instances;
    std::vector<HeldBack> held_back;
    bool evaluated = false;  // standing.evaluated_at is meaningful
  };
  class Taking;

  const BookOptions options_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::chrono::nanoseconds quiet_until_{0};
  std::optional<Moment> started_at_;  // the first evaluation in this process
};

}  // namespace sonde::alerts
