#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "notify/types.h"

namespace sonde::notify {

/// What a receiver has to be told again: each minute whatever fires, and for a quarter of an hour what has resolved.
/// It knows alerts by their labels, and no incidents. An alert whose severity changes is another alert to such
/// receivers: the one it was is resolved.
class ReminderBoard {
 public:
  /// Takes up what the receiver has been told.
  void note(const Notification& notification, KernelTime now);

  /// Takes up what an earlier process has told it, to be told again at once.
  void recall(const Notification& notification, KernelTime now);

  /// All there is if it is time, nothing otherwise.  shape: of each incident one, with the alerts it is about.
  std::vector<Notification> take_due(KernelTime now);

  /// Nothing if there is nothing to be told again.
  [[nodiscard]] std::optional<KernelTime> next_due() const;

 private:
  struct Entry {
    std::string incident;  // its dedup_key
    AlertLine alert;
    std::uint64_t noted = 0;            // by which of the messages
    std::optional<KernelTime> until{};  // of what has resolved
  };
  using Severities = std::map<std::string, Entry, std::less<>>;

  void note(const Notification& notification, const AlertLine& alert, KernelTime now);
  void end(Entry& entry, const Notification& notification, KernelTime now);
  void forget_old(KernelTime now);

  std::map<std::string, Severities, std::less<>> entries_;      // by labels without the severity, then by it
  std::map<std::string, Notification, std::less<>> incidents_;  // by dedup_key, without their alerts
  std::uint64_t notes_ = 0;
  KernelTime next_due_;
};

}  // namespace sonde::notify
