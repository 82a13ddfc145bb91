#include "decode/record_decoder.h"

#include <algorithm>
#include <cstring>

#include "wire/traffic.h"

namespace sonde::decode {
namespace {

static_assert(static_cast<int>(Direction::kInbound) == SONDE_INBOUND);
static_assert(static_cast<int>(Direction::kOutbound) == SONDE_OUTBOUND);
static_assert(static_cast<int>(Side::kServer) == SONDE_SIDE_SERVER &&
              static_cast<int>(Side::kClient) == SONDE_SIDE_CLIENT);

constexpr std::array<std::string_view, static_cast<std::size_t>(Reject::kCount)> kRejectNames{
    "record_truncated", "record_unknown_kind", "record_bad_length", "record_bad_value"};

/// Longest run of bytes one direction of a connection can have moved: beyond it a record is nonsense.
constexpr std::uint64_t kLongestStreamBytes = std::uint64_t{1} << 62;

/// Copies a fixed struct out of the record: the ring buffer aligns to eight bytes, replayed bytes may not be aligned.
template <class Wire>
Wire read_as(std::span<const std::byte> record) {
  Wire wire;
  std::memcpy(&wire, record.data(), sizeof(wire));
  return wire;
}

Progress to_progress(const sonde_progress& wire) {
  return {.offset_bytes = wire.offset_bytes, .last_at = kernel_time(wire.last_ns), .tail = wire.tail};
}

bool is_sane(const sonde_progress& wire) { return wire.offset_bytes < kLongestStreamBytes; }

bool is_sane(const sonde_segment& wire) {
  return wire.offset_bytes < kLongestStreamBytes && wire.captured_bytes <= wire.length_bytes && wire.length_bytes > 0 &&
         wire.direction < SONDE_DIRECTIONS;
}

std::optional<Reject> decode_opened(std::span<const std::byte> record, Event& into) {
  if (record.size() != sizeof(sonde_opened)) return Reject::kBadLength;
  const auto wire = read_as<sonde_opened>(record);
  if (wire.side > SONDE_SIDE_CLIENT) return Reject::kBadValue;
  auto& event = into.emplace<ConnectionOpened>();
  event.cookie = SocketCookie{wire.header.cookie};
  event.pid = static_cast<std::int32_t>(wire.tgid);
  event.cgroup_id = wire.cgroup_id;
  const auto* name_end = std::find(std::begin(wire.process_name), std::end(wire.process_name), '\0');
  event.process_name.assign(std::begin(wire.process_name), name_end);
  std::copy(std::begin(wire.local_address), std::end(wire.local_address), event.local.address.begin());
  std::copy(std::begin(wire.remote_address), std::end(wire.remote_address), event.remote.address.begin());
  event.local.port = wire.local_port;
  event.remote.port = wire.remote_port;
  event.side = static_cast<Side>(wire.side);
  event.at = kernel_time(wire.at_ns);
  return std::nullopt;
}

std::optional<Reject> decode_traffic(std::span<const std::byte> record, Event& into) {
  if (record.size() < sizeof(sonde_traffic)) return Reject::kBadLength;
  const auto wire = read_as<sonde_traffic>(record);
  const std::size_t count = wire.header.segment_count;
  if (count > SONDE_SEGMENTS_PER_RECORD || !is_sane(wire.before[0]) || !is_sane(wire.before[1]))
    return Reject::kBadValue;
  std::size_t data_bytes = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_sane(wire.segments[i])) return Reject::kBadValue;
    data_bytes += wire.segments[i].captured_bytes;
  }
  if (record.size() != sizeof(sonde_traffic) + data_bytes) return Reject::kBadLength;
  auto* event = std::get_if<TrafficSeen>(&into);
  if (event == nullptr) event = &into.emplace<TrafficSeen>();
  event->cookie = SocketCookie{wire.header.cookie};
  event->sequence = wire.header.sequence;
  event->pid = static_cast<std::int32_t>(wire.tgid);
  event->before = {to_progress(wire.before[0]), to_progress(wire.before[1])};
  event->segment_count = static_cast<std::uint8_t>(count);
  const auto* data = reinterpret_cast<const char*>(record.data()) + sizeof(sonde_traffic);
  for (std::size_t i = 0; i < count; ++i) {
    const sonde_segment& segment = wire.segments[i];
    event->segments[i] = {.direction = static_cast<Direction>(segment.direction),
                          .offset_bytes = segment.offset_bytes,
                          .length_bytes = segment.length_bytes,
                          .first_at = kernel_time(segment.first_ns),
                          .last_at = kernel_time(segment.last_ns),
                          .bytes = {data, segment.captured_bytes}};
    data += segment.captured_bytes;
  }
  return std::nullopt;
}

std::optional<Reject> decode_ended(std::span<const std::byte> record, Event& into) {
  if (record.size() != sizeof(sonde_ended)) return Reject::kBadLength;
  const auto wire = read_as<sonde_ended>(record);
  if (wire.closed > 1 || !is_sane(wire.progress[0]) || !is_sane(wire.progress[1])) return Reject::kBadValue;
  into = ConnectionEnded{.cookie = SocketCookie{wire.header.cookie},
                         .sequence = wire.header.sequence,
                         .closed = wire.closed == 1,
                         .socket_error = wire.socket_error,
                         .at = kernel_time(wire.at_ns),
                         .final_progress = {to_progress(wire.progress[0]), to_progress(wire.progress[1])},
                         .acknowledged_bytes = wire.acknowledged_bytes,
                         .received_bytes = wire.received_bytes};
  return std::nullopt;
}

}  // namespace

std::string_view name_of(Reject reject) {
  const auto index = static_cast<std::size_t>(reject);
  return index < kRejectNames.size() ? kRejectNames[index] : "";
}

std::optional<Reject> decode_record(std::span<const std::byte> record, Event& into) {
  if (record.size() < sizeof(sonde_record_header)) return Reject::kTruncated;
  switch (read_as<sonde_record_header>(record).kind) {
    case SONDE_RECORD_OPENED:
      return decode_opened(record, into);
    case SONDE_RECORD_TRAFFIC:
      return decode_traffic(record, into);
    case SONDE_RECORD_ENDED:
      return decode_ended(record, into);
    default:  // a number from outside, not an enum
      return Reject::kUnknownKind;
  }
}

}  // namespace sonde::decode
