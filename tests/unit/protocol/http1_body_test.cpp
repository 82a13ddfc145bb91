#include "protocol/http1_body.h"

#include <gtest/gtest.h>

#include <string>

namespace sonde::protocol {
namespace {

struct ChunkRow {
  const char* name;
  const char* bytes;
  std::size_t taken;  // 0: broken
};

class ChunkCase : public testing::TestWithParam<ChunkRow> {};

TEST_P(ChunkCase, ends_or_breaks_at_the_same_byte_however_it_is_cut) {
  const std::string bytes = GetParam().bytes;
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    Http1Body body = Http1Body::chunked();
    std::size_t taken = body.take(std::string_view{bytes}.substr(0, cut));
    if (!body.done() && !body.broken()) taken += body.take(std::string_view{bytes}.substr(cut));
    EXPECT_EQ(body.broken(), GetParam().taken == 0) << cut;
    EXPECT_EQ(body.done(), GetParam().taken > 0) << cut;
    EXPECT_TRUE(body.broken() || taken == GetParam().taken) << cut;
  }
}

INSTANTIATE_TEST_SUITE_P(Chunks, ChunkCase,
                         testing::Values(ChunkRow{"empty", "0\r\n\r\nHTTP", 5},
                                         ChunkRow{"one", "3\r\nabc\r\n0\r\n\r\nx", 13},
                                         ChunkRow{"hexadecimal", "0A\r\n0123456789\r\n00\r\n\r\n", 22},
                                         ChunkRow{"extensions", "1;a=\"b\" ;c\r\nx\r\n0;z\r\n\r\n", 22},
                                         ChunkRow{"trailers", "0\r\nA: b\r\nC: d\r\n\r\nx", 17},
                                         ChunkRow{"bare_line_feeds", "1\nx\n0\n\nx", 7},
                                         ChunkRow{"an_end_inside_the_data", "7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n", 17},
                                         ChunkRow{"no_size", "\r\nx", 0}, ChunkRow{"no_digit", "x\r\n", 0},
                                         ChunkRow{"longer_data", "1\r\nxy\r\n", 0},
                                         ChunkRow{"a_size_beyond_64_bits", "11111111111111111\r\n", 0}),
                         [](const auto& row) { return row.param.name; });

TEST(Chunks, out_of_sight_end_with_the_bytes_of_a_last_chunk_only) {
  constexpr std::uint64_t kOwnWrite = 0x30'0D'0A'0D'0A, kAfterData = 0x78'0D'0A'30'0D'0A'0D'0A;
  constexpr std::uint64_t kSizeSixteen = 0x0D'0A'31'30'0D'0A'0D'0A;
  for (const std::uint64_t tail : {kOwnWrite, kAfterData, kSizeSixteen, std::uint64_t{0}}) {
    Http1Body body = Http1Body::chunked();
    body.look_at_tail(tail);
    EXPECT_FALSE(body.done()) << "nothing is out of sight yet";
    EXPECT_EQ(body.skip(100), 100u);
    body.look_at_tail(tail);
    EXPECT_EQ(body.done(), tail == kOwnWrite || tail == kAfterData) << tail;
  }
}

TEST(Chunks, whose_data_is_partly_hidden_stay_in_sight) {
  Http1Body body = Http1Body::chunked();
  EXPECT_EQ(body.take("64\r\nabc"), 7u);
  EXPECT_EQ(body.certain_bytes(), 97u);
  EXPECT_EQ(body.skip(97), 97u);
  EXPECT_FALSE(body.blind());
  EXPECT_EQ(body.take("\r\n0\r\n\r\nHTTP"), 7u);
  EXPECT_TRUE(body.done());
}

TEST(Length, takes_what_it_says_and_no_more) {
  Http1Body body = Http1Body::with_length(10);
  EXPECT_EQ(body.take("abcd"), 4u);
  EXPECT_EQ(body.skip(5), 5u);
  EXPECT_FALSE(body.done());
  EXPECT_EQ(body.take("xHTTP/1.1"), 1u);
  EXPECT_TRUE(body.done());
}

TEST(UntilClose, never_ends_by_itself) {
  Http1Body body = Http1Body::until_close();
  body.take("0\r\n\r\n");
  body.skip(1'000'000);
  body.look_at_tail(0x30'0D'0A'0D'0A);
  EXPECT_FALSE(body.done());
}

}  // namespace
}  // namespace sonde::protocol
