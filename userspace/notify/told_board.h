#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "notify/delivery.h"
#include "notify/types.h"

namespace sonde::notify {

/// What one channel has heard of, or may have.  threads: one at a time.
class ToldBoard {
 public:
  /// Null if it has certainly not heard of the message's occurrence.
  [[nodiscard]] const Told* find(const Notification& notification) const;

  /// What the receiver calls the incident: of this occurrence, or of the last one that has a name.
  [[nodiscard]] std::optional<Receipt> receipt(const Notification& notification) const;

  /// A message leaves, or may have arrived.
  void note_maybe(const Notification& notification, const std::string& channel);

  /// A message has arrived. What is over is forgotten an hour later.
  void note_sent(const Delivery& delivery, KernelTime now);

  /// It is as it was before a message left that has certainly not arrived.
  void put_back(const Notification& notification, const std::optional<Told>& before);

  /// Takes up what an earlier process has told of an incident.
  void restore(Told told, KernelTime now);

 private:
  using Key = std::pair<Subject, std::uint32_t>;  // the occurrence

  static Key key_of(const Notification& notification) { return {subject_of(notification), notification.occurrence}; }
  void note_over(const Key& key, KernelTime now);
  void forget_old(KernelTime now);

  std::map<Key, Told> told_;
  std::deque<std::pair<KernelTime, Key>> over_;  // the oldest first
};

}  // namespace sonde::notify
