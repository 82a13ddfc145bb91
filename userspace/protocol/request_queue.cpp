#include "protocol/request_queue.h"

#include <algorithm>

namespace sonde::protocol {

PendingRequest* RequestQueue::push() {
  if (size_ == kMaxRequests) return nullptr;
  if (size_ == slots_.size()) grow();
  ++size_;
  PendingRequest& slot = back();
  slot.whole = false;
  slot.lost_after = 0;
  slot.size_bytes = 0;
  return &slot;
}

void RequestQueue::pop() {
  first_ = static_cast<std::uint32_t>(wrapped(first_ + 1));
  --size_;
}

void RequestQueue::clear() { size_ = 0; }

void RequestQueue::grow() {
  std::rotate(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(first_), slots_.end());
  first_ = 0;
  slots_.resize(std::max<std::size_t>(1, slots_.size() * 2));
}

}  // namespace sonde::protocol
