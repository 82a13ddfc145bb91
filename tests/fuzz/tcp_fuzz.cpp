// Whatever bytes claim to be a record of the tcp sensor: no crash, and what is taken is within its bounds.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "decode/tcp_decoder.h"

namespace {

using namespace sonde::decode;

bool is_within_bounds(const TcpSample& sample) {
  const bool is_known = sample.side <= TcpSide::kListener && sample.failure < ConnectFailure::kCount &&
                        !name_of(sample.failure).empty() && sample.state >= 1 && sample.state <= 12;
  const bool is_sane = sample.pid >= 0 && sample.error >= 0 && sample.connect_time.count() >= 0 &&
                       sample.accept_wait.count() >= 0 && sample.process_name.size() <= 16;
  return is_known && is_sane && (sample.has(TcpFlag::kFailed) || sample.failure == ConnectFailure::kOther);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> record(reinterpret_cast<const std::byte*>(data), size);
  TcpSample sample;
  if (decode_tcp(record, sample)) return 0;
  if (!is_within_bounds(sample)) std::abort();
  return 0;
}
