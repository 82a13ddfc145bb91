#include "capture/ring_cursor.h"

#include <linux/bpf.h>

#include <cstdint>

namespace sonde::capture {
namespace {

/// What stands before a record; records begin at multiples of it, so that it is always in one piece.
struct Header {
  std::uint32_t length = 0;
  std::uint32_t page_offset = 0;
};
static_assert(sizeof(Header) == BPF_RINGBUF_HDR_SZ);

constexpr std::uint32_t kFlags = BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT;

constexpr std::size_t round_up(std::size_t bytes) {
  return (bytes + sizeof(Header) - 1) / sizeof(Header) * sizeof(Header);
}

}  // namespace

std::size_t RingCursor::consume(RecordSink& sink) {
  const std::size_t mask = memory_.data.size() - 1;
  std::size_t count = 0;
  unsigned long at = *memory_.consumed;
  while (at != __atomic_load_n(memory_.produced, __ATOMIC_ACQUIRE)) {
    const std::size_t offset = at & mask;
    const auto* header = reinterpret_cast<const Header*>(memory_.data.data() + offset);
    const std::uint32_t length = __atomic_load_n(&header->length, __ATOMIC_ACQUIRE);
    if ((length & BPF_RINGBUF_BUSY_BIT) != 0) break;
    const std::size_t bytes = length & ~kFlags;
    if ((length & BPF_RINGBUF_DISCARD_BIT) == 0) {
      sink.on_record(record_at(offset + sizeof(Header), bytes));
      ++count;
    }
    at += round_up(sizeof(Header) + bytes);
    __atomic_store_n(memory_.consumed, at, __ATOMIC_RELEASE);
  }
  return count;
}

/// A record that goes on at the beginning of the ring is put together elsewhere.
std::span<const std::byte> RingCursor::record_at(std::size_t offset, std::size_t bytes) {
  const std::span<const std::byte> data = memory_.data;
  offset &= data.size() - 1;
  if (offset + bytes <= data.size()) return data.subspan(offset, bytes);
  const auto head = data.subspan(offset);
  const auto tail = data.first(bytes - head.size());
  joined_.assign(head.begin(), head.end());
  joined_.insert(joined_.end(), tail.begin(), tail.end());
  return joined_;
}

}  // namespace sonde::capture
