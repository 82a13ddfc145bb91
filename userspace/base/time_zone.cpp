#include "base/time_zone.h"

#include <date/tz.h>

#include <exception>
#include <string_view>
#include <utility>
#include <vector>

#include "base/nearest_word.h"

namespace sonde {
namespace {

using std::chrono::nanoseconds;

/// " (did you mean 'Europe/Berlin'?)", or nothing.
std::string suggestion(const std::string& name) {
  std::vector<std::string> known;
  for (const date::time_zone& zone : date::get_tzdb().zones) known.push_back(zone.name());
  const std::string_view meant = nearest_word(name, known);
  return meant.empty() ? "" : " (did you mean '" + std::string(meant) + "'?)";
}

const date::time_zone* find(const std::string& name) {
  for (const date::time_zone& zone : date::get_tzdb().zones) {
    if (zone.name() == name) return &zone;
  }
  return nullptr;
}

}  // namespace

Result<TimeZone> TimeZone::load(const std::string& name) {
  if (name.empty() || name == "UTC") return TimeZone();
  try {
    if (name == "Local") return TimeZone(name, date::current_zone());
    const date::time_zone* zone = find(name);
    if (zone == nullptr) {
      return Error{Code::kNotFound, "'" + name + "' is no time zone of this system's database" + suggestion(name) +
                                        ": write an IANA name such as Europe/Berlin"};
    }
    // The library reads a zone's file at its first use, and throws if it is damaged: not later, where nobody catches.
    static_cast<void>(zone->get_info(date::sys_seconds{}));
    return TimeZone(name, zone);
  } catch (const std::exception& fault) {
    return Error{Code::kIo, std::string("the time zone database cannot be read (install tzdata): ") + fault.what()};
  }
}

LocalTime TimeZone::to_local(WallTime at) const {
  if (zone_ == nullptr) return LocalTime{at.time_since_epoch()};
  const date::sys_seconds seconds{std::chrono::floor<std::chrono::seconds>(at.time_since_epoch())};
  return LocalTime{at.time_since_epoch() + zone_->get_info(seconds).offset};
}

WallTime TimeZone::from_local(LocalTime at) const {
  if (zone_ == nullptr) return WallTime{at.time_since_epoch()};
  const date::local_seconds seconds{std::chrono::floor<std::chrono::seconds>(at.time_since_epoch())};
  const date::local_info found = zone_->get_info(seconds);
  // Of a gap, `first` is the law before it, which ends where the gap begins; of an overlap, the law of the first time.
  if (found.result == date::local_info::nonexistent) return WallTime{found.first.end.time_since_epoch()};
  return WallTime{at.time_since_epoch() - found.first.offset};
}

}  // namespace sonde
