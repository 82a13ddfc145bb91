#pragma once

#include <chrono>
#include <cstddef>

#include "base/mapped_pages.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "capture/record_sink.h"
#include "capture/ring_cursor.h"

struct bpf_map;

namespace sonde::capture {

/// Reads a BPF ring buffer. libbpf's reader maps its pages twice in a row, so that no record is ever in two pieces; the
/// kernel counts them as resident twice then. This one maps them once.
/// threads: one at a time.
class RingReader {
 public:
  /// Nothing can be read from it.
  RingReader() = default;

  /// owner: the caller keeps the map.  errors: kIo, kLimit.
  static Result<RingReader> open(const bpf_map& records);

  /// Until the kernel says that there is much to read, or the time is over. Most records come without a word.
  /// errors: kIo.
  Result<> wait(std::chrono::milliseconds longest) const;

  /// Hands over every record there is. Returns how many.
  std::size_t consume(RecordSink& sink) { return cursor_.consume(sink); }

  /// Readable when wait() would return.
  [[nodiscard]] int wake_descriptor() const noexcept { return wake_.get(); }

 private:
  RingReader(MappedPages consumer, MappedPages producer, UniqueFd wake, const RingCursor::Memory& memory) noexcept;

  MappedPages consumer_;
  MappedPages producer_;
  UniqueFd wake_;
  RingCursor cursor_{{}};
};

}  // namespace sonde::capture
