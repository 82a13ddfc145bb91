#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

#include "measure/types.h"

namespace sonde::app {

/// Where the capture thread leaves snapshots for everyone else. Readers ask and wait a moment; the capture thread looks
/// at one atomic a round and never waits for them.
class SnapshotSource {
 public:
  /// A snapshot taken after this call began, or, once `patience` is over, the latest there is (null before the first).
  /// threads: any but the capture thread.
  std::shared_ptr<const measure::Snapshot> fresh(std::chrono::milliseconds patience);

  /// True if someone waits for a snapshot.  threads: the capture thread.
  [[nodiscard]] bool is_wanted() const { return asked_.load(std::memory_order_acquire) != answered_; }

  /// Answers everyone who has asked so far. Call begin() first, then take the snapshot, then publish it.
  /// threads: the capture thread.
  void begin() { answering_ = asked_.load(std::memory_order_acquire); }
  void publish(std::shared_ptr<const measure::Snapshot> snapshot);

 private:
  std::atomic<std::uint64_t> asked_{0};
  std::uint64_t answered_ = 0;   // capture thread's copy of published_
  std::uint64_t answering_ = 0;  // capture thread only

  std::mutex mutex_;  // guards what follows
  std::condition_variable published_changed_;
  std::uint64_t published_ = 0;
  std::shared_ptr<const measure::Snapshot> latest_;
};

}  // namespace sonde::app
