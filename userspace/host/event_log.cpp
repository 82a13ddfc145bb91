#include "host/event_log.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sonde::host {

EventLog::EventLog(std::size_t capacity) : capacity_(std::max<std::size_t>(capacity, 1)) {}

std::uint64_t EventLog::add(Event event) {
  const std::lock_guard lock(mutex_);
  event.id = ++last_id_;
  if (events_.size() == capacity_) events_.pop_front();
  events_.push_back(std::move(event));
  return last_id_;
}

void EventLog::reword(std::uint64_t id, std::string what) {
  const std::lock_guard lock(mutex_);
  if (events_.empty()) return;
  const std::uint64_t index = id - events_.front().id;  // of a forgotten one: beyond all there are
  if (index < events_.size()) events_[static_cast<std::size_t>(index)].what = std::move(what);
}

std::vector<Event> EventLog::find(const EventQuery& query) const {
  std::vector<Event> found;
  {
    const std::lock_guard lock(mutex_);
    std::copy_if(events_.begin(), events_.end(), std::back_inserter(found), [&](const Event& event) {
      return event.at >= query.since && (!query.service || event.service.empty() || event.service == *query.service);
    });
  }
  // Sensors tell of their events at different times, and somebody may step the wall clock.
  std::stable_sort(found.begin(), found.end(),
                   [](const Event& left, const Event& right) { return left.at < right.at; });
  if (found.size() > query.limit) found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(query.limit));
  return found;
}

std::uint64_t EventLog::count() const {
  const std::lock_guard lock(mutex_);
  return last_id_;
}

}  // namespace sonde::host
