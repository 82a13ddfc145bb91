#pragma once

#include <chrono>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace date {
class time_zone;
}

namespace sonde {

/// What a clock on the wall of some place shows: a date and a time of day, without saying where.
using LocalTime = std::chrono::local_time<std::chrono::nanoseconds>;

/// A place's law of time, out of the system's time zone database (package tzdata).  threads: any.
class TimeZone {
 public:
  /// Coordinated Universal Time; needs no database.
  TimeZone() = default;

  /// Finds a zone by its IANA name, such as Europe/Berlin. An empty name and `UTC` are UTC; `Local` is this machine's.
  /// errors: kNotFound if the database has no such zone, with a name that is near; kIo if there is no database.
  [[nodiscard]] static Result<TimeZone> load(const std::string& name);

  /// The name it was loaded by; `UTC` if it was none.
  [[nodiscard]] const std::string& name() const { return name_; }

  [[nodiscard]] LocalTime to_local(WallTime at) const;

  /// The moment at which the clocks there show `at`. A time that the clocks skip (spring) is the first moment after the
  /// gap; one that they show twice (autumn) is the first of the two.
  [[nodiscard]] WallTime from_local(LocalTime at) const;

 private:
  TimeZone(std::string name, const date::time_zone* zone) : name_(std::move(name)), zone_(zone) {}

  std::string name_ = "UTC";
  const date::time_zone* zone_ = nullptr;  // of the library's own list, which lives as long as the process
};

}  // namespace sonde
