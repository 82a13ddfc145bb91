#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "alerts/external_book.h"
#include "alerts/inhibit_rules.h"
#include "alerts/instance_book.h"
#include "alerts/problem_book.h"
#include "alerts/quieting.h"
#include "alerts/rule_catalog.h"
#include "alerts/types.h"
#include "base/clock.h"
#include "base/result.h"
#include "rules/types.h"

namespace sonde::alerts {

/// Sonde's own alerts: rules that have lost their data, and rules that have more alerts than their limit. The second
/// has a label `rule`, the name of the alert.
inline constexpr std::string_view kBlindAlert = "SondeBlind";
inline constexpr std::string_view kLimitAlert = "SondeRuleLimit";

/// What keeps alerts from being told, besides what their rules say. What it holds is told when it is over, and inhibits
/// others all the same.
struct Hush {
  Quieting quieting = {};                       ///< silences and maintenance; none: there are none
  const InhibitRules* inhibit_rules = nullptr;  ///< null: there are none
};

/// What rules say over time -> what people should hear, and what happened.
///
/// In a process: `restore`, if there is something to, then `reload` with all rules, then ticks: `begin`, `take` for
/// each rule that is due, `finish`. What a tick has changed (`take_timeline`, `snapshot`) belongs to its notices: keep
/// both or neither. threads: one at a time.
class AlertEngine {
 public:
  explicit AlertEngine(BookOptions options);

  void restore(const Snapshot& snapshot);

  /// These are the rules from now on; the next `finish` tells what ends with the others.
  void reload(const std::vector<rules::Group>& groups, Moment now);

  /// The host has slept until now.
  void resume(Moment now);

  /// All evaluations up to `finish` were due at `now`: moments on the grid of their interval, not when they ran, for a
  /// `for` is over exactly so many evaluations later.
  void begin(Moment now);

  /// Ignored if the rule, as it is, is not among those of the last `reload`.
  void take(const rules::Group& group, const rules::Rule& rule, const rules::Evaluation& evaluation);

  /// Takes alerts of other programs.  errors: as ExternalBook.
  Result<> receive(std::span<const ExternalAlert> alerts, WallTime now) { return externals_.receive(alerts, now); }

  /// Also between evaluations, and without `begin`: waiting ends by itself.
  std::vector<Notice> finish(Moment now, std::span<const Dependency> dependencies, const Hush& hush = Hush());

  /// What happened since the last time.
  std::vector<TimelineEntry> take_timeline();

  [[nodiscard]] std::vector<Instance> instances() const { return instances_.instances(); }

  /// Whether the rule's evaluation at the moment of `begin` must tell what does not breach, too: mostly because any of
  /// its instances is remembered.
  [[nodiscard]] bool needs_all(const std::string& uid) const;
  [[nodiscard]] std::vector<Problem> problems() const { return problems_.problems(); }
  [[nodiscard]] std::vector<RuleStanding> rules() const { return instances_.rules(); }
  [[nodiscard]] const ExternalBook& externals() const { return externals_; }
  [[nodiscard]] std::vector<HeldBack> held_back() const { return instances_.held_back(); }
  [[nodiscard]] Snapshot snapshot() const;

 private:
  [[nodiscard]] bool is_starting(Moment now);
  [[nodiscard]] std::vector<Instance> own_alerts(Moment now) const;
  void record(std::vector<TimelineEntry> changes);

  const BookOptions options_;
  InstanceBook instances_;
  ExternalBook externals_;
  ProblemBook problems_;
  RuleCatalog catalog_;
  Moment now_;
  std::optional<Moment> started_at_;
  bool started_ = false;
  std::set<std::string, std::less<>> evaluated_;  // until all have been
  std::vector<TimelineEntry> timeline_;
};

}  // namespace sonde::alerts
