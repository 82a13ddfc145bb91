// The kernel side's classifier, compiled for the host: it is pure.
#include <gtest/gtest.h>
#include <linux/types.h>

#include <algorithm>
#include <cstring>
#include <string>

#undef __always_inline
#define __always_inline inline
#include "read/http.h"

namespace {

struct Row {
  const char* name;
  std::string bytes;
  start_kind kind;
};

class StartKind : public testing::TestWithParam<Row> {};

TEST_P(StartKind, is_told_from_the_first_eight_bytes) {
  __u64 first = 0;
  std::memcpy(&first, GetParam().bytes.data(), std::min<std::size_t>(8, GetParam().bytes.size()));
  EXPECT_EQ(classify_start(first), GetParam().kind);
}

INSTANTIATE_TEST_SUITE_P(
    Segments, StartKind,
    testing::Values(Row{"get", "GET / HTTP/1.1", START_REQUEST}, Row{"post", "POST /a", START_REQUEST},
                    Row{"put", "PUT /a HT", START_REQUEST}, Row{"head", "HEAD /", START_REQUEST},
                    Row{"delete", "DELETE /x", START_REQUEST}, Row{"options", "OPTIONS *", START_REQUEST},
                    Row{"patch", "PATCH /x", START_REQUEST}, Row{"connect", "CONNECT a:1", START_REQUEST},
                    Row{"trace", "TRACE /x", START_REQUEST}, Row{"propfind", "PROPFIND", START_REQUEST},
                    Row{"http_1_1", "HTTP/1.1 200 OK", START_RESPONSE}, Row{"http_1_0", "HTTP/1.0 404", START_RESPONSE},
                    Row{"http_2_status", "HTTP/2 200", START_NONE},
                    Row{"http_2_preface", "PRI * HTTP/2.0", START_OPAQUE},
                    Row{"tls", std::string("\x16\x03\x01\x02\x00", 5), START_OPAQUE},
                    Row{"unregistered", "BREW /pot", START_REQUEST}, Row{"shout", "HELLO WORLD", START_NONE},
                    Row{"letters", "ABCDEFGH", START_NONE}, Row{"json", "{\"a\":1}", START_NONE},
                    Row{"lower_case", "get / ht", START_NONE}, Row{"empty", "", START_NONE},
                    Row{"short", "GE", START_NONE}),
    [](const auto& row) { return row.param.name; });

}  // namespace
