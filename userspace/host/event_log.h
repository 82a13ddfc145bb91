#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "host/types.h"

namespace sonde::host {

/// Which events are wanted.
struct EventQuery {
  WallTime since;
  std::optional<std::string> service;  ///< with events of the host itself; none: everything
  std::size_t limit = 100;             ///< the newest so many
};

/// The newest events, oldest first. Alerts attach them as evidence.  threads: any.
class EventLog {
 public:
  /// units: capacity in events.
  explicit EventLog(std::size_t capacity);

  /// Gives the event its id, which it returns, and keeps it.
  std::uint64_t add(Event event);

  /// Tells an event in other words: more of the same happened. Nothing if it has been forgotten.
  void reword(std::uint64_t id, std::string what);

  /// By time; those of the same moment by id.
  [[nodiscard]] std::vector<Event> find(const EventQuery& query) const;

  /// Events since the start, forgotten ones included.
  [[nodiscard]] std::uint64_t count() const;

 private:
  const std::size_t capacity_;
  mutable std::mutex mutex_;  // guards what follows
  std::deque<Event> events_;  // by id, without gaps
  std::uint64_t last_id_ = 0;
};

}  // namespace sonde::host
