#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "protocol/types.h"

namespace sonde::protocol {

/// A request whose response is not over.
struct PendingRequest {
  HttpMethod method = HttpMethod::kOther;
  bool whole = false;  ///< its last byte is known; only the newest request can be without
  std::int32_t pid = 0;
  std::uint32_t lost_after = 0;    ///< requests right behind it that were lost, and whose responses will come
  std::uint64_t offset_bytes = 0;  ///< of its first byte
  std::uint64_t size_bytes = 0;    ///< once whole; before that as announced, 0 if it was not
  KernelTime first_at;             ///< of the segment with its first byte
  KernelTime last_at;
  std::string path;
};

/// The requests of one connection in the order sent. Slots and their strings are used again: nothing is allocated once
/// the deepest pipelining of a connection has been seen.
class RequestQueue {
 public:
  static constexpr std::size_t kMaxRequests = 256;

  /// A slot at the back to be filled in, or nullptr if the queue is full.
  PendingRequest* push();
  void pop();
  void clear();

  [[nodiscard]] const PendingRequest& front() const { return slots_[first_]; }
  [[nodiscard]] PendingRequest& back() { return slots_[wrapped(first_ + size_ - 1)]; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

 private:
  void grow();
  [[nodiscard]] std::size_t wrapped(std::size_t index) const { return index & (slots_.size() - 1); }

  std::vector<PendingRequest> slots_;  // as many as a power of two, or none
  std::uint32_t first_ = 0;
  std::uint32_t size_ = 0;
};

}  // namespace sonde::protocol
