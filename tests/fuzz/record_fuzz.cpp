// Whatever bytes come out of the ring buffer, or of a file that claims to be one: no crash, and views stay inside.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <variant>

#include "decode/record_decoder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sonde::decode;
  const std::span<const std::byte> record(reinterpret_cast<const std::byte*>(data), size);
  Event event;
  if (decode_record(record, event)) return 0;
  const auto* traffic = std::get_if<TrafficSeen>(&event);
  if (traffic == nullptr) return 0;
  const char* begin = reinterpret_cast<const char*>(data);
  for (std::size_t i = 0; i < traffic->segment_count; ++i) {
    const Segment& segment = traffic->segments[i];
    const bool inside = segment.bytes.data() >= begin && segment.bytes.data() + segment.bytes.size() <= begin + size;
    if (!inside || segment.bytes.size() > segment.length_bytes) std::abort();
  }
  return 0;
}
