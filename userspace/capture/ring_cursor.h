#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "capture/record_sink.h"

namespace sonde::capture {

/// Takes records out of the memory of a BPF ring buffer, as Documentation/bpf/ringbuf.rst of the kernel describes it.
/// threads: one at a time, beside the kernel's.
class RingCursor {
 public:
  /// A ring buffer's memory.  shape: `data` is a power of two of bytes, each there once.  owner: the caller.
  struct Memory {
    unsigned long* consumed = nullptr;
    const unsigned long* produced = nullptr;
    std::span<const std::byte> data;
  };

  explicit RingCursor(const Memory& memory) noexcept : memory_(memory) {}

  /// Hands over every record up to the first that is still being written, and makes room for others after each.
  /// Returns how many there were.
  std::size_t consume(RecordSink& sink);

 private:
  [[nodiscard]] std::span<const std::byte> record_at(std::size_t offset, std::size_t bytes);

  Memory memory_;
  std::vector<std::byte> joined_;  // kept for its memory
};

}  // namespace sonde::capture
