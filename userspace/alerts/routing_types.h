#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "store/types.h"

namespace sonde::alerts {

/// A condition that is no label's own but the time's: all that is given must hold, and nothing given holds always.
/// units: minutes from midnight, the end excluded; else both ends included; weekdays from 0, Sunday; days of a month
/// from 1, or from -1, its last; months from 1.  shape: as Alertmanager's; an empty list never holds.
struct TimeInterval {
  struct Range {
    int first = 0;
    int last = 0;

    bool operator==(const Range&) const = default;
  };
  using Ranges = std::optional<std::vector<Range>>;

  Ranges times{};
  Ranges weekdays{};
  Ranges days_of_month{};
  Ranges months{};
  Ranges years{};
  std::string location{};  ///< an IANA name, or Local; empty: UTC

  bool operator==(const TimeInterval&) const = default;
};

/// It holds when any of its intervals does.
struct NamedTimeInterval {
  std::string name;
  std::vector<TimeInterval> intervals;

  bool operator==(const NamedTimeInterval&) const = default;
};

/// A node of the tree that says who is told of which alert. What is not given is the parent's.
struct Route {
  std::string receiver{};
  std::vector<std::string> group_by{};  ///< empty: the parent's
  bool group_by_all = false;            ///< by every label, written as `...`
  std::vector<store::Matcher> matchers{};
  bool goes_on = false;  ///< `continue`: the next siblings are asked, too
  std::optional<std::chrono::nanoseconds> group_wait{};
  std::optional<std::chrono::nanoseconds> group_interval{};
  std::optional<std::chrono::nanoseconds> repeat_interval{};
  std::vector<std::string> mute_time_intervals{};  ///< these two are not inherited
  std::vector<std::string> active_time_intervals{};
  std::vector<Route> routes{};

  bool operator==(const Route&) const = default;
};

/// While an alert that fits `source` fires, no alert that fits `target` is told whose labels `equal` are the same.
struct InhibitRule {
  std::vector<store::Matcher> source;
  std::vector<store::Matcher> target;
  std::vector<std::string> equal;

  bool operator==(const InhibitRule&) const = default;
};

/// A time that comes again and again, in which work is expected to be seen.
struct MaintenanceWindow {
  std::string name;
  std::vector<TimeInterval> schedule;    ///< any
  std::vector<store::Matcher> matchers;  ///< all; none: every alert
  std::string comment;

  bool operator==(const MaintenanceWindow&) const = default;
};

enum class SilenceState : std::uint8_t { kExpired, kActive, kPending };

constexpr std::string_view name_of(SilenceState state) {
  switch (state) {
    case SilenceState::kExpired:
      return "expired";
    case SilenceState::kActive:
      return "active";
    case SilenceState::kPending:
      return "pending";
  }
  std::abort();
}

/// Alerts that fit all of `matchers` are not told from `starts_at` on, until `ends_at`, which is after it.
struct Silence {
  std::string id;             ///< a UUID
  std::uint64_t version = 1;  ///< grows with each change under the same id
  std::vector<store::Matcher> matchers;
  WallTime starts_at;
  WallTime ends_at;
  WallTime updated_at;
  std::string author;
  std::string comment;

  bool operator==(const Silence&) const = default;
};

}  // namespace sonde::alerts
