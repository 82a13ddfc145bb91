#include "app/recent_keys.h"

#include <algorithm>

namespace sonde::app {

bool RecentKeys::take(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const KernelTime now = clock_.kernel_now();
  const auto drop_oldest = [this] {
    keys_.erase(order_.front().second);
    order_.pop_front();
  };
  while (!order_.empty() && order_.front().first + keep_ < now) drop_oldest();
  if (!keys_.insert(key).second) return false;
  while (order_.size() >= most_) drop_oldest();
  order_.emplace_back(now, key);
  return true;
}

void RecentKeys::forget(const std::string& key) {
  const std::lock_guard lock(mutex_);
  keys_.erase(key);
  std::erase_if(order_, [&](const auto& entry) { return entry.second == key; });
}

}  // namespace sonde::app
