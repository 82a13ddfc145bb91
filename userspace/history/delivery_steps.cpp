#include "history/delivery_steps.h"

#include <algorithm>
#include <utility>

namespace sonde::history {
namespace {

bool is_over(notify::DeliveryState state) {
  using notify::DeliveryState;
  return state == DeliveryState::kSent || state == DeliveryState::kDead || state == DeliveryState::kCancelled ||
         state == DeliveryState::kSuperseded;
}

std::string what_it_said(const notify::Delivery& delivery) {
  if (delivery.receipt.reply.empty()) return delivery.last_error;
  return delivery.last_error.empty() ? delivery.receipt.reply : delivery.receipt.reply + "; " + delivery.last_error;
}

}  // namespace

std::size_t DeliverySteps::add(notify::DeliveryRecord record, std::size_t most) {
  const auto [place, is_new] = places_.emplace(record.delivery.id, steps_.size());
  if (!is_new) {
    notify::DeliveryRecord& before = steps_[place->second];
    if (!record.told && !record.untold) {
      record.told = std::move(before.told);
      record.untold = before.untold;
    }
    before = std::move(record);
    return 0;
  }
  steps_.push_back(std::move(record));
  if (steps_.size() <= most) return 0;
  auto least = std::find_if(steps_.begin(), steps_.end(),
                            [](const notify::DeliveryRecord& each) { return is_over(each.delivery.state); });
  steps_.erase(least == steps_.end() ? steps_.begin() : least);
  places_.clear();
  for (std::size_t i = 0; i < steps_.size(); ++i) places_.emplace(steps_[i].delivery.id, i);
  return 1;
}

void DeliverySteps::clear() {
  steps_.clear();
  places_.clear();
}

std::optional<alerts::TimelineEntry> line_of(const notify::Delivery& delivery) {
  if (!is_over(delivery.state) || delivery.notification->incident == 0) return std::nullopt;
  alerts::TimelineEntry entry;
  entry.at.wall = delivery.ended_at;
  entry.incident = delivery.notification->incident;
  entry.channel = delivery.channel;
  if (delivery.state == notify::DeliveryState::kSent) {
    entry.change = alerts::Change::kTold;
    entry.reason = what_it_said(delivery);
  } else {
    const bool is_dead = delivery.state == notify::DeliveryState::kDead;
    entry.change = is_dead ? alerts::Change::kNotTold : alerts::Change::kUnsent;
    entry.reason = delivery.last_error;
  }
  entry.reason = std::string(name_of(delivery.notification->kind)) + (entry.reason.empty() ? "" : ": ") + entry.reason;
  return entry;
}

}  // namespace sonde::history
