#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "notify/delivery.h"
#include "notify/delivery_journal.h"
#include "notify/types.h"

namespace sonde::test {

/// A disk: what was kept is there for the next process.  threads: one at a time.
class MemoryJournal final : public notify::DeliveryJournal {
 public:
  Result<> keep(std::span<const notify::DeliveryRecord> records) override {
    if (fault) return *fault;
    for (const notify::DeliveryRecord& record : records) take(record);
    if (on_keep) on_keep(records);
    return Ok{};
  }

  [[nodiscard]] bool is_shared() const override { return shared; }

  /// What saves new messages together with what caused them.
  void save(const std::vector<notify::Delivery>& made) {
    for (const notify::Delivery& delivery : made) take({.delivery = delivery});
  }

  /// Those that are not over, in the order they were made.
  [[nodiscard]] std::vector<notify::Delivery> open() const {
    std::vector<notify::Delivery> found;
    for (const notify::Delivery& each : deliveries) {
      if (!notify::is_over(each.state)) found.push_back(each);
    }
    return found;
  }

  [[nodiscard]] std::vector<notify::Told> all_told() const {
    std::vector<notify::Told> found;
    for (const auto& [key, each] : told) found.push_back(each);
    return found;
  }

  [[nodiscard]] std::size_t count(notify::DeliveryState state) const {
    return static_cast<std::size_t>(std::count_if(deliveries.begin(), deliveries.end(),
                                                  [&](const notify::Delivery& each) { return each.state == state; }));
  }

  std::vector<notify::Delivery> deliveries;
  std::map<std::tuple<std::int64_t, std::uint32_t, std::string>, notify::Told> told;
  std::optional<Error> fault;
  bool shared = false;
  std::function<void(std::span<const notify::DeliveryRecord>)> on_keep;

 private:
  void take(const notify::DeliveryRecord& record) {
    const notify::Delivery& delivery = record.delivery;
    const auto found = std::find_if(deliveries.begin(), deliveries.end(),
                                    [&](const notify::Delivery& each) { return each.id == delivery.id; });
    if (found == deliveries.end()) {
      deliveries.push_back(delivery);
    } else {
      *found = delivery;
    }
    const notify::Notification& message = *delivery.notification;
    const std::tuple key{message.incident, message.occurrence, delivery.channel};
    if (record.told) told[key] = *record.told;
    if (record.untold) told.erase(key);
  }
};

}  // namespace sonde::test
