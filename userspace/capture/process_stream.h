#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "capture/record_sink.h"

namespace sonde::capture {

/// How far handing over has come.
struct HandedOver {
  std::size_t records = 0;
  std::size_t bytes = 0;  ///< of whole records; what follows is the beginning of one more
};

/// Cuts what a sweep over the processes has written (records of bpf/include/wire/process.h, one after the other) and
/// hands each whole one to `sink`.  errors: kIo if the bytes are no such records.
Result<HandedOver> hand_over(std::span<const std::byte> bytes, RecordSink& sink);

}  // namespace sonde::capture
