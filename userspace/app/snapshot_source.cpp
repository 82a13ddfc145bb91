#include "app/snapshot_source.h"

namespace sonde::app {

std::shared_ptr<const measure::Snapshot> SnapshotSource::fresh(std::chrono::milliseconds patience) {
  const std::uint64_t ticket = asked_.fetch_add(1, std::memory_order_acq_rel) + 1;
  std::unique_lock lock(mutex_);
  published_changed_.wait_for(lock, patience, [&] { return published_ >= ticket; });
  return latest_;
}

void SnapshotSource::publish(std::shared_ptr<const measure::Snapshot> snapshot) {
  answered_ = answering_;
  {
    const std::lock_guard lock(mutex_);
    latest_ = std::move(snapshot);
    published_ = answering_;
  }
  published_changed_.notify_all();
}

}  // namespace sonde::app
