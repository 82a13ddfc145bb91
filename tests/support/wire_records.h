#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "wire/traffic.h"

namespace sonde::test {

using RecordBytes = std::vector<std::byte>;

template <class Wire>
RecordBytes to_bytes(const Wire& wire, std::string_view data = {}) {
  RecordBytes bytes(sizeof(wire) + data.size());
  std::memcpy(bytes.data(), &wire, sizeof(wire));
  if (!data.empty()) std::memcpy(bytes.data() + sizeof(wire), data.data(), data.size());
  return bytes;
}

inline sonde_opened opened_record(std::uint64_t cookie, std::uint16_t local_port, std::uint16_t remote_port) {
  sonde_opened wire{};
  wire.header = {.kind = SONDE_RECORD_OPENED, .segment_count = 0, .sequence = 0, .cookie = cookie};
  wire.at_ns = 1'000;
  wire.local_port = local_port;
  wire.remote_port = remote_port;
  wire.side = SONDE_SIDE_SERVER;
  wire.tgid = 4711;
  std::strncpy(wire.process_name, "nginx", sizeof(wire.process_name) - 1);
  return wire;
}

/// A whole exchange as the kernel reports it: the request that waited, and the first segment of its response.
struct ExchangeRecord {
  std::uint64_t cookie = 1;
  std::uint32_t sequence = 1;
  std::uint64_t request_offset = 0;
  std::uint64_t response_offset = 0;
  std::uint64_t start_ns = 0;
  std::uint64_t duration_ns = 0;
};

inline RecordBytes exchange_record(const ExchangeRecord& exchange, std::string_view request,
                                   std::string_view response) {
  sonde_traffic wire{};
  wire.header = {
      .kind = SONDE_RECORD_TRAFFIC, .segment_count = 2, .sequence = exchange.sequence, .cookie = exchange.cookie};
  wire.tgid = 4711;
  wire.before[SONDE_INBOUND] = {exchange.request_offset, exchange.start_ns, 0};
  wire.before[SONDE_OUTBOUND] = {exchange.response_offset, exchange.start_ns, 0};
  const std::uint64_t end_ns = exchange.start_ns + exchange.duration_ns;
  wire.segments[0] = {exchange.request_offset,
                      exchange.start_ns,
                      exchange.start_ns + 1'000,
                      static_cast<__u32>(request.size()),
                      static_cast<__u16>(request.size()),
                      SONDE_INBOUND};
  wire.segments[1] = {exchange.response_offset,
                      end_ns,
                      end_ns,
                      static_cast<__u32>(response.size()),
                      static_cast<__u16>(response.size()),
                      SONDE_OUTBOUND};
  return to_bytes(wire, std::string(request) + std::string(response));
}

}  // namespace sonde::test
