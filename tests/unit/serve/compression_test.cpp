#include "serve/compression.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace sonde::serve {
namespace {

std::string unpack(const std::string& packed, std::size_t size_bytes) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
  std::string text(size_bytes, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

TEST(Compression, gives_the_same_bytes_back) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "[" + std::to_string(i) + ",\"0.5\"]";
  const std::string packed = gzip(text);
  EXPECT_LT(packed.size(), text.size() / 3);
  EXPECT_TRUE(unpack(packed, text.size() + 1) == text);
}

struct AcceptRow {
  const char* name;
  const char* header;
  bool accepts;
};

class AcceptCase : public testing::TestWithParam<AcceptRow> {};

TEST_P(AcceptCase, is_understood) { EXPECT_EQ(accepts_gzip(GetParam().header), GetParam().accepts); }

INSTANTIATE_TEST_SUITE_P(Headers, AcceptCase,
                         testing::Values(AcceptRow{"none", "", false}, AcceptRow{"gzip", "gzip", true},
                                         AcceptRow{"among_others", "deflate, gzip;q=0.5, br", true},
                                         AcceptRow{"refused", "gzip;q=0, identity", false},
                                         AcceptRow{"refused_with_digits", "gzip; q=0.000", false},
                                         AcceptRow{"another_name", "xgzip", false},
                                         AcceptRow{"hardly", "gzip;q=0.001", true}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::serve
