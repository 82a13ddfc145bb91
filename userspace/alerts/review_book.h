#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "alerts/incident_book.h"
#include "alerts/label_set.h"
#include "alerts/types.h"
#include "base/result.h"

namespace sonde::alerts {

/// What people say of incidents afterwards, and whether what they call fixed is: it is verified if none of the
/// incident's alerts fires in an open incident for so long, else it has come back. Knows the reviews that are watched,
/// and no others.  threads: one at a time.
class ReviewBook {
 public:
  /// units: `verify_after`: how long nothing may fire.
  explicit ReviewBook(std::chrono::nanoseconds verify_after) : verify_after_(verify_after) {}

  /// Takes up those that an earlier process has watched.
  void restore(std::vector<Review> watched);

  /// What somebody says of an incident, which may be long over; `before` is what was known. `incidents` are those that
  /// can still change. errors: kBadInput; kConflict if something cannot be fixed yet, since it fires. Nothing has
  /// changed then.
  Result<Review> order(const Incident& incident, const std::optional<Review>& before, const ReviewOrder& order,
                       const IncidentBook& incidents, Moment now);

  /// Judges those that are watched, once `incidents` are as of `now`; true if one is decided.
  bool advance(const IncidentBook& incidents, Moment now);

  /// The reviews that are different since the last time, and lines about that.
  std::vector<Review> take_changed() { return std::exchange(changed_, {}); }
  std::vector<TimelineEntry> take_timeline() { return std::exchange(timeline_, {}); }

  /// By incident.
  [[nodiscard]] std::vector<Review> watched() const;

 private:
  /// What fires in open incidents, without its severity, and in which.
  using FiringAlerts = std::map<store::Labels, std::int64_t, LabelsLess>;

  void judge(Review& review, const FiringAlerts& firing, Moment now);
  void watch(Review& review, const Incident& incident, Moment now);
  void note(std::int64_t incident, Change change, std::string reason, std::string actor, Moment now);

  const std::chrono::nanoseconds verify_after_;
  std::map<std::int64_t, Review> watched_;
  std::chrono::nanoseconds looked_at_{0};  // by Moment::elapsed
  std::vector<Review> changed_;
  std::vector<TimelineEntry> timeline_;
};

}  // namespace sonde::alerts
