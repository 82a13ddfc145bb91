#include "capture/process_stream.h"

#include <cstdint>
#include <cstring>
#include <string>

#include "wire/process.h"

namespace sonde::capture {
namespace {

/// 0 for a kind that a sweep does not write.
std::size_t size_of(std::uint16_t kind) {
  switch (kind) {
    case SONDE_PROCESS_SAMPLE:
      return sizeof(sonde_process_record);
    case SONDE_THREAD_SAMPLE:
      return sizeof(sonde_thread_sample);
    default:  // a number from outside, not an enum
      return 0;
  }
}

}  // namespace

Result<HandedOver> hand_over(std::span<const std::byte> bytes, RecordSink& sink) {
  HandedOver done;
  std::uint16_t kind = 0;
  while (bytes.size() - done.bytes >= sizeof(kind)) {
    std::memcpy(&kind, bytes.data() + done.bytes, sizeof(kind));
    const std::size_t size = size_of(kind);
    if (size == 0) return Error{Code::kIo, "sweep over the processes: a record of kind " + std::to_string(kind)};
    if (bytes.size() - done.bytes < size) break;
    sink.on_record(bytes.subspan(done.bytes, size));
    done.bytes += size;
    ++done.records;
  }
  return done;
}

}  // namespace sonde::capture
