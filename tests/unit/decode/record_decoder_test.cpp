#include "decode/record_decoder.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "support/wire_records.h"

namespace sonde::decode {
namespace {

using test::exchange_record;
using test::opened_record;
using test::RecordBytes;
using test::to_bytes;

const std::string kRequest = "GET / HTTP/1.1\r\n\r\n";
const std::string kResponse = "HTTP/1.1 204 No Content\r\n\r\n";

TEST(RecordDecoder, reads_who_opened_a_connection) {
  sonde_opened wire = opened_record(7, 8080, 50000);
  wire.local_address[15] = 1;
  Event event;
  ASSERT_FALSE(decode_record(to_bytes(wire), event));
  const auto& opened = std::get<ConnectionOpened>(event);
  EXPECT_EQ(opened.cookie, SocketCookie{7});
  EXPECT_EQ(opened.pid, 4711);
  EXPECT_EQ(opened.process_name, "nginx");
  EXPECT_EQ(opened.local.port, 8080);
  EXPECT_EQ(opened.local.address[15], 1);
  EXPECT_EQ(opened.remote.port, 50000);
  EXPECT_EQ(opened.side, Side::kServer);
}

TEST(RecordDecoder, reads_a_process_name_that_fills_its_field) {
  sonde_opened wire = opened_record(7, 1, 2);
  std::memset(wire.process_name, 'x', sizeof(wire.process_name));
  Event event;
  ASSERT_FALSE(decode_record(to_bytes(wire), event));
  EXPECT_EQ(std::get<ConnectionOpened>(event).process_name, std::string(16, 'x'));
}

TEST(RecordDecoder, reads_both_segments_of_an_exchange) {
  const RecordBytes record = exchange_record({.cookie = 9,
                                              .sequence = 3,
                                              .request_offset = 100,
                                              .response_offset = 200,
                                              .start_ns = 50,
                                              .duration_ns = 30'000},
                                             kRequest, kResponse);
  Event event;
  ASSERT_FALSE(decode_record(record, event));
  const auto& traffic = std::get<TrafficSeen>(event);
  EXPECT_EQ(traffic.cookie, SocketCookie{9});
  EXPECT_EQ(traffic.sequence, 3u);
  ASSERT_EQ(traffic.segment_count, 2);
  EXPECT_EQ(traffic.segments[0].bytes, kRequest);
  EXPECT_EQ(traffic.segments[0].direction, Direction::kInbound);
  EXPECT_EQ(traffic.segments[0].offset_bytes, 100u);
  EXPECT_EQ(traffic.segments[1].bytes, kResponse);
  EXPECT_EQ(traffic.segments[1].last_at - traffic.segments[0].first_at, std::chrono::nanoseconds{30'000});
  EXPECT_EQ(traffic.before[1].offset_bytes, 200u);
}

TEST(RecordDecoder, reads_an_end_with_the_kernels_own_counts) {
  sonde_ended wire{};
  wire.header = {.kind = SONDE_RECORD_ENDED, .segment_count = 0, .sequence = 4, .cookie = 9};
  wire.closed = 1;
  wire.socket_error = 104;
  wire.progress[1].offset_bytes = 1234;
  wire.acknowledged_bytes = 1000;
  Event event;
  ASSERT_FALSE(decode_record(to_bytes(wire), event));
  const auto& ended = std::get<ConnectionEnded>(event);
  EXPECT_TRUE(ended.closed);
  EXPECT_EQ(ended.socket_error, 104);
  EXPECT_EQ(ended.final_progress[1].offset_bytes, 1234u);
  EXPECT_EQ(ended.acknowledged_bytes, 1000u);
}

TEST(RecordDecoder, refuses_every_record_cut_short_and_every_byte_too_many) {
  sonde_ended ended{};
  ended.header.kind = SONDE_RECORD_ENDED;
  for (const RecordBytes& whole :
       {to_bytes(opened_record(1, 2, 3)), to_bytes(ended), exchange_record({.cookie = 1}, kRequest, kResponse)}) {
    Event event;
    ASSERT_FALSE(decode_record(whole, event));
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_TRUE(decode_record(std::span(whole).first(size), event)) << size;
    }
    RecordBytes longer = whole;
    longer.push_back(std::byte{0});
    EXPECT_EQ(decode_record(longer, event), Reject::kBadLength);
  }
}

struct Lie {
  const char* name;
  void (*tell)(sonde_traffic&);
  Reject reject;
};

class LyingRecord : public testing::TestWithParam<Lie> {};

TEST_P(LyingRecord, is_refused_by_reason) {
  RecordBytes record = exchange_record({.cookie = 1}, kRequest, kResponse);
  sonde_traffic wire{};
  std::memcpy(&wire, record.data(), sizeof(wire));
  GetParam().tell(wire);
  std::memcpy(record.data(), &wire, sizeof(wire));
  Event event;
  EXPECT_EQ(decode_record(record, event), GetParam().reject);
}

INSTANTIATE_TEST_SUITE_P(
    Fields, LyingRecord,
    testing::Values(
        Lie{"kind", [](sonde_traffic& wire) { wire.header.kind = 77; }, Reject::kUnknownKind},
        Lie{"segment_count", [](sonde_traffic& wire) { wire.header.segment_count = 3; }, Reject::kBadValue},
        Lie{"direction", [](sonde_traffic& wire) { wire.segments[1].direction = 2; }, Reject::kBadValue},
        Lie{"captured", [](sonde_traffic& wire) { wire.segments[0].captured_bytes += 1; }, Reject::kBadValue},
        Lie{"length", [](sonde_traffic& wire) { wire.segments[0].length_bytes = 0; }, Reject::kBadValue},
        Lie{"offset", [](sonde_traffic& wire) { wire.segments[0].offset_bytes = ~0ULL; }, Reject::kBadValue},
        Lie{"fewer_captured", [](sonde_traffic& wire) { wire.segments[0].captured_bytes -= 1; }, Reject::kBadLength}),
    [](const auto& row) { return row.param.name; });

TEST(RecordDecoder, names_every_reason) {
  for (int i = 0; i < static_cast<int>(Reject::kCount); ++i) EXPECT_FALSE(name_of(static_cast<Reject>(i)).empty());
}

}  // namespace
}  // namespace sonde::decode
