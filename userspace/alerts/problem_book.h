#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "alerts/inhibit_rules.h"
#include "alerts/label_set.h"
#include "alerts/quieting.h"
#include "alerts/rule_catalog.h"
#include "alerts/types.h"

namespace sonde::alerts {

/// All there is to know when every rule that was due has been evaluated.
struct Tick {
  Moment now;
  bool starting = false;                    ///< nobody is told anything yet
  std::span<const Instance* const> active;  ///< of any rule, and Sonde's own, whose uid is empty
  std::span<const Dependency> dependencies;
  std::span<const Instance> foreign{};          ///< of other programs: each is a problem with all of its labels
  Quieting quieting{};                          ///< silences and maintenance; none: there are none
  const InhibitRules* inhibit_rules = nullptr;  ///< null: there are none
};

/// Turns instances that fire into what people should hear of: one problem whatever its severity, once when it starts,
/// when it gets worse and when it is over. Told that it is over is who was told that it is there, and nobody else.
/// threads: one at a time.
class ProblemBook {
 public:
  explicit ProblemBook(BookOptions options);

  /// Notes why an instance fired or cleared, for the next `finish` to tell.
  void note(const TimelineEntry& change);

  std::vector<Notice> finish(const RuleCatalog& rules, const Tick& tick);

  /// What `finish` has done that nobody is told.
  std::vector<TimelineEntry> take_timeline();

  /// By labels; also what does not fire but may be flapping.
  [[nodiscard]] std::vector<Problem> problems() const;

  void restore(const std::vector<Problem>& problems);

 private:
  /// What of a problem is active in this tick.
  struct Standing {
    const Instance* worst = nullptr;  // that fires
    Moment started_at;                // of whatever fires, the first
    rules::Severity severity = rules::Severity::kInfo;
    std::vector<const Instance*> pending;
  };
  using Standings = std::map<store::Labels, Standing, LabelsLess>;

  [[nodiscard]] static Standings stand(const Tick& tick);
  static void add(const Instance& instance, Standing& standing);
  void rise(Problem& problem, const Standing& standing, const RuleCatalog& rules, Moment now);
  void fall(Problem& problem, Moment now);
  void judge_flapping(Problem& problem, const RuleCatalog& rules, Moment now);
  void inhibit(const RuleCatalog& rules, const Tick& tick);
  void hold(Problem& problem, std::vector<std::string> inhibitors, const Tick& tick);
  static std::vector<std::string> quieters_of(const Problem& problem, const Tick& tick);
  [[nodiscard]] bool is_held(const Problem& problem, const Standings& standings, const RuleCatalog& rules,
                             Moment now) const;
  void tell(Problem& problem, bool held, Moment now);
  void add_notice(Problem& problem, NoticeKind kind, std::string reason, Moment now);
  void add_entry(const Problem& problem, Change change, std::string reason, Moment now);
  [[nodiscard]] std::string reason_of(const Problem& problem, std::string otherwise) const;

  const BookOptions options_;
  std::map<store::Labels, Problem, LabelsLess> problems_;
  std::map<store::Labels, std::string, LabelsLess> reasons_;  // of this tick
  std::vector<Notice> notices_;                               // likewise
  std::vector<TimelineEntry> timeline_;
};

}  // namespace sonde::alerts
