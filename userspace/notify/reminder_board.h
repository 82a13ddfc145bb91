#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "notify/types.h"

namespace sonde::notify {

/// What a receiver has to be told again: each minute whatever fires, and for a quarter of an hour what has resolved.
/// An alert whose severity changes is another alert to such receivers: the one it was is resolved.
class ReminderBoard {
 public:
  /// Takes up what the receiver has been told.
  void note(const Notification& notification, KernelTime now);

  /// Takes up what an earlier process has told it, to be told again at once.
  void recall(const Notification& notification, KernelTime now);

  /// All there is if it is time, nothing otherwise.
  std::vector<Notification> take_due(KernelTime now);

  /// Nothing if there is nothing to be told again.
  [[nodiscard]] std::optional<KernelTime> next_due() const;

 private:
  struct Entry {
    Notification notification;
    std::optional<KernelTime> until;  // of what has resolved
  };

  std::map<std::pair<std::string, rules::Severity>, Entry> entries_;  // by dedup_key
  KernelTime next_due_;
};

}  // namespace sonde::notify
