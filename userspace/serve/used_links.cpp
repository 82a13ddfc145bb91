#include "serve/used_links.h"

namespace sonde::serve {

Result<bool> MemoryUsedLinks::claim(const std::string& id, const std::string& actor, WallTime now) {
  const std::lock_guard lock(mutex_);
  while (!order_.empty() && used_.at(order_.front()).at + lifetime_ < now) {
    used_.erase(order_.front());
    order_.pop_front();
  }
  if (used_.contains(id)) return false;
  if (used_.size() >= most_) return Error{Code::kLimit, "too many links were used lately to remember one more"};
  used_.emplace(id, LinkUse{actor, now});
  order_.push_back(id);
  return true;
}

Result<std::optional<LinkUse>> MemoryUsedLinks::find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = used_.find(id);
  if (found == used_.end()) return std::optional<LinkUse>{};
  return std::optional{found->second};
}

}  // namespace sonde::serve
