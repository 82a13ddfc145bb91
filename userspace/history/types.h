#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "alerts/types.h"
#include "base/clock.h"
#include "history/report_types.h"
#include "notify/types.h"

namespace sonde::history {

/// What every clock showed at one moment, so that after a restart the time since can be told.
/// With the same `boot_id`, `boot` says it exactly; with another, only `wall` does, if nobody set it meanwhile.
struct ClockMark {
  std::chrono::nanoseconds elapsed{0};  ///< as in alerts::Moment
  WallTime wall;
  std::chrono::nanoseconds boot{0};  ///< CLOCK_BOOTTIME
  std::string boot_id;               ///< /proc/sys/kernel/random/boot_id

  bool operator==(const ClockMark&) const = default;
};

/// A line of the timeline, as it was kept.
struct StoredEntry {
  std::int64_t id = 0;  ///< grows by one from line to line, and never comes back once given
  alerts::TimelineEntry entry;
};

/// What an earlier run has left.
struct LoadedHistory {
  alerts::Snapshot snapshot;
  std::vector<notify::Delivery> deliveries;  ///< that are not over, in the order they were made
  std::vector<notify::Told> told;            ///< of the snapshot's incidents
  std::vector<alerts::Review> reviews;       ///< those that are watched
  std::optional<ClockMark> clock;            ///< of the last save that wrote anything; nothing: there was none
  std::vector<std::string> notices;          ///< what could not be read, and is left out
};

/// What the daemon says about its own keeping.
struct HistoryCounters {
  std::uint64_t saves = 0;         ///< that wrote something
  std::uint64_t failed_saves = 0;  ///< what they had to write was kept for the next
  std::uint64_t lost_entries = 0;  ///< of the timeline: more waited for a save to succeed than there is room for
  std::uint64_t waiting_entries = 0;
  std::uint64_t lost_deliveries = 0;  ///< likewise; those are still sent, but a restart would not know of them
  std::uint64_t waiting_deliveries = 0;

  bool operator==(const HistoryCounters&) const = default;
};

}  // namespace sonde::history
