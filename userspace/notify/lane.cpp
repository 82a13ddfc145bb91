#include "notify/lane.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "notify/roundup.h"

namespace sonde::notify {
namespace {

/// What newer messages of an occurrence make of older ones.
struct Newer {
  bool resolved = false;
  bool update = false;
  bool repeat = false;
};

void end(Delivery& delivery, DeliveryState state, std::string why) {
  delivery.state = state;
  delivery.last_error = std::move(why);
}

void end_by_newer(Delivery& delivery, const Newer& newer, bool is_told) {
  const MessageKind kind = delivery.notification->kind;
  if (newer.resolved) {
    end(delivery, DeliveryState::kCancelled, is_told ? "it is over meanwhile" : "it was over before it was sent");
  } else if (kind != MessageKind::kFiring && newer.update) {
    end(delivery, DeliveryState::kSuperseded, "a newer message says it");
  } else if (kind == MessageKind::kRepeat && newer.repeat) {
    end(delivery, DeliveryState::kSuperseded, "a newer message says it");
  }
}

/// From the newest to the oldest.
void end_what_newer_ones_say(Lane& lane, const ToldBoard& told) {
  std::map<std::uint32_t, Newer> by_occurrence;
  for (auto item = lane.items.rbegin(); item != lane.items.rend(); ++item) {
    Delivery& delivery = item->delivery;
    const Notification& notification = *delivery.notification;
    Newer& newer = by_occurrence[notification.occurrence];
    if (is_page(notification.kind) && is_unsent(delivery)) {
      end_by_newer(delivery, newer, told.find(notification) != nullptr);
    }
    newer.resolved |= notification.kind == MessageKind::kResolved;
    newer.update |= notification.kind == MessageKind::kUpdate;
    newer.repeat |= notification.kind == MessageKind::kRepeat;
  }
}

/// From the oldest to the newest.
void end_what_older_ones_decide(Lane& lane, const ToldBoard& told) {
  std::set<std::uint32_t> paged;   // occurrences that something ahead tells of
  std::set<std::uint32_t> unsent;  // of them, those for which it has certainly not arrived
  for (Waiting& item : lane.items) {
    Delivery& delivery = item.delivery;
    const Notification& notification = *delivery.notification;
    if (is_over(delivery.state)) continue;
    const std::uint32_t occurrence = notification.occurrence;
    // What was told in a digest is on the board, a digest itself is not.
    if (is_digest(notification)) continue;
    if (!is_page(notification.kind)) {
      if (!paged.contains(occurrence) && told.find(notification) == nullptr) {
        end(delivery, DeliveryState::kCancelled, "its beginning was not told there");
      }
      continue;
    }
    if (notification.kind == MessageKind::kRepeat && unsent.contains(occurrence)) {
      end(delivery, DeliveryState::kCancelled, "what it repeats has not been sent yet");
      continue;
    }
    paged.insert(occurrence);
    if (is_unsent(delivery)) unsent.insert(occurrence);
  }
}

}  // namespace

bool is_unsent(const Delivery& delivery) {
  const bool waits = delivery.state == DeliveryState::kQueued || delivery.state == DeliveryState::kRetryWait;
  return waits && delivery.uncertain == 0;
}

std::vector<Delivery> tidy(Lane& lane, const ToldBoard& told) {
  end_what_newer_ones_say(lane, told);
  end_what_older_ones_decide(lane, told);
  std::vector<Delivery> ended;
  for (Waiting& item : lane.items) {
    if (is_over(item.delivery.state)) ended.push_back(std::move(item.delivery));
  }
  std::erase_if(lane.items, [](const Waiting& item) { return is_over(item.delivery.state); });
  lane.is_critical = std::any_of(lane.items.begin(), lane.items.end(), [](const Waiting& item) {
    return item.delivery.notification->severity == rules::Severity::kCritical;
  });
  return ended;
}

}  // namespace sonde::notify
