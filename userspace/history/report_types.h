#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/types.h"
#include "base/clock.h"
#include "base/time_zone.h"

namespace sonde::history {

/// What incidents are put together by. An incident with alerts of two rules counts for both.
enum class ReportBy : std::uint8_t { kRule, kService, kTeam, kDay, kWeek, kMonth };

constexpr std::string_view name_of(ReportBy by) {
  switch (by) {
    case ReportBy::kRule:
      return "rule";
    case ReportBy::kService:
      return "service";
    case ReportBy::kTeam:
      return "team";
    case ReportBy::kDay:
      return "day";
    case ReportBy::kWeek:
      return "week";
    case ReportBy::kMonth:
      return "month";
  }
  std::abort();
}

struct ReportQuery {
  WallTime from;  ///< incidents that were first opened from then on,
  WallTime to;    ///< and before then
  ReportBy by = ReportBy::kRule;
  TimeZone zone{};  ///< of days, weeks and months
};

/// Resolved sooner, and without a person, an incident was brief.
inline constexpr std::chrono::minutes kBriefIncident{5};

/// What a report knows of one incident.
struct ReportRow {
  std::int64_t incident = 0;
  WallTime opened_at;                   ///< for the first time
  std::vector<std::string> rules{};     ///< alertname of its alerts, each once, sorted; "" for an alert without one
  std::vector<std::string> services{};  ///< likewise service_name
  std::vector<std::string> teams{};     ///< likewise team
  /// From the first opening to the first acknowledgement or snooze, without the time for which something kept its first
  /// message back; nothing: never.
  std::optional<std::chrono::nanoseconds> acknowledged_after{};
  /// Likewise to the last end, over all that was opened again; nothing: it is open, or was merged into another.
  std::optional<std::chrono::nanoseconds> resolved_after{};
  /// How long it was true without a break: for the longest, and from the first breach. Nothing: as above.
  std::optional<std::chrono::nanoseconds> lasted{};
  bool merged = false;
  bool reopened = false;
  bool flapping = false;                     ///< as far as lines of its alerts are still there
  bool attended = false;                     ///< somebody has acknowledged, snoozed or resolved it
  std::optional<alerts::Verdict> verdict{};  ///< nothing: nobody has reviewed it

  bool operator==(const ReportRow&) const = default;
};

/// How incidents went.  units: means and medians are missing where there was nothing to take them of.
struct ReportFigures {
  std::string key;  ///< a name, or 2026-03-01, 2026-W09, 2026-03; empty: without such a label
  std::size_t incidents = 0;
  std::size_t open = 0;
  std::size_t merged = 0;
  std::size_t acknowledged = 0;  ///< the others are in no time to acknowledge
  std::size_t resolved = 0;      ///< neither open nor merged
  std::optional<std::chrono::nanoseconds> acknowledge_mean{};
  std::optional<std::chrono::nanoseconds> acknowledge_median{};
  std::optional<std::chrono::nanoseconds> resolve_mean{};
  std::optional<std::chrono::nanoseconds> resolve_median{};
  std::size_t reviewed = 0;
  std::size_t actionable = 0;  ///< of those reviewed; likewise:
  std::size_t noise = 0;
  std::size_t known = 0;
  std::size_t brief = 0;  ///< see kBriefIncident
  std::size_t flapping = 0;
  std::size_t reopened = 0;
};

/// What a rule's `for` of that length would have made of its incidents.
struct TuningStep {
  std::chrono::nanoseconds length{0};
  std::size_t noise_dropped = 0;
  std::vector<std::int64_t> actionable_lost{};  ///< by id
};

/// How a rule could be less noisy. An incident would not have been if it lasted less than `for`.
struct TuningHint {
  std::string rule;
  std::size_t incidents = 0;
  std::size_t noise = 0;
  std::size_t actionable = 0;
  std::chrono::nanoseconds longest_noise{0};           ///< ReportRow::lasted
  std::vector<TuningStep> steps{};                     ///< the shortest first
  std::optional<std::chrono::nanoseconds> smallest{};  ///< of those that drop all noise; nothing: none does
};

struct IncidentReport {
  ReportQuery query;
  ReportFigures total;                  ///< each incident once
  std::vector<ReportFigures> groups{};  ///< times in their order, others from the most incidents on
  std::vector<TuningHint> hints{};      ///< of the noisiest rules, the worst first
};

}  // namespace sonde::history
