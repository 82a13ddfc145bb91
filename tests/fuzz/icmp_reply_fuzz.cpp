#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "probe/icmp_reply.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

/// Whether a reply ends with the payload, which is all that can be said without reading it again.
bool ends_with_payload(const sonde::probe::Echo& echo, std::span<const std::byte> packet) {
  return packet.size() >= sonde::probe::kEchoBytes &&
         std::equal(echo.payload.begin(), echo.payload.end(), packet.end() - echo.payload.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sonde::probe;
  const std::vector<std::byte> packet(reinterpret_cast<const std::byte*>(data),
                                      reinterpret_cast<const std::byte*>(data) + size);
  for (const int ip_protocol : {4, 6}) {
    const Echo echo{ip_protocol, 0x4142, 0x4344, {}};
    for (const bool has_ip_header : {false, true}) {
      require(!is_echo_reply(echo, packet, has_ip_header) || ends_with_payload(echo, packet));
    }
    require(!is_echo_request(echo, packet) || packet.size() >= kEchoHeaderBytes);
    if (size >= 2) require(!describe_icmp_error(ip_protocol, data[0], data[1]).empty());
  }
  return 0;
}
