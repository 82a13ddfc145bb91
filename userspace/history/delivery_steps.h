#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alerts/types.h"
#include "notify/types.h"

namespace sonde::history {

/// Steps of deliveries that wait for a transaction: of each delivery the last, in the order the deliveries were made.
class DeliverySteps {
 public:
  /// Takes one; if more than `most` wait, one that is over goes, or else the oldest.  Returns how many went.
  std::size_t add(notify::DeliveryRecord record, std::size_t most);

  [[nodiscard]] std::span<const notify::DeliveryRecord> all() const { return steps_; }
  [[nodiscard]] bool empty() const { return steps_.empty(); }
  void clear();

 private:
  std::vector<notify::DeliveryRecord> steps_;
  std::map<std::string, std::size_t> places_;  // by id
};

/// What the timeline says of a step: nothing as long as the delivery is not over, or if it is of no incident.
[[nodiscard]] std::optional<alerts::TimelineEntry> line_of(const notify::Delivery& delivery);

}  // namespace sonde::history
