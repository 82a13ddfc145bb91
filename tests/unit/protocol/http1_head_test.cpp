#include "protocol/http1_head.h"

#include <gtest/gtest.h>

#include <string>

namespace sonde::protocol {
namespace {

struct TargetRow {
  const char* target;
  const char* path;
};

class TargetCase : public testing::TestWithParam<TargetRow> {};

TEST_P(TargetCase, keeps_the_path_and_neither_query_nor_fragment_user_or_host) {
  const std::string text = "GET " + std::string{GetParam().target} + " HTTP/1.1\r\n\r\n";
  const RequestHead head = parse_request_head(text);
  ASSERT_EQ(head.outcome, Parse::kDone);
  EXPECT_EQ(head.path, GetParam().path);
}

INSTANTIATE_TEST_SUITE_P(Forms, TargetCase,
                         testing::Values(TargetRow{"/", "/"}, TargetRow{"/a/b?token=secret", "/a/b"},
                                         TargetRow{"/a#secret", "/a"}, TargetRow{"/a?u=http://x/y", "/a"},
                                         TargetRow{"http://user:secret@h:8080/a?b", "/a"},
                                         TargetRow{"HTTPS://h/a#b", "/a"}, TargetRow{"http://user@h", "/"},
                                         TargetRow{"http://h?q=/x", "/"}, TargetRow{"*", "*"}, TargetRow{"h:443", ""},
                                         TargetRow{"user@h", ""}, TargetRow{"x?y=a://b/c", ""},
                                         TargetRow{"/caf\xC3\xA9", "/caf\xC3\xA9"}));

class BadRequest : public testing::TestWithParam<const char*> {};

TEST_P(BadRequest, is_refused) { EXPECT_EQ(parse_request_head(GetParam()).outcome, Parse::kBroken); }

INSTANTIATE_TEST_SUITE_P(Lines, BadRequest,
                         testing::Values("GET /\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n", "GET / HTTP/2.0\r\n\r\n",
                                         " GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1x\r\n\r\n", "GET / HTTP/1.\r\n\r\n",
                                         "GET /a b HTTP/1.1\r\n\r\n", "G(T / HTTP/1.1\r\n\r\n", "\x16\x03\x01",
                                         "GET /\x01 HTTP/1.1\r\n\r\n", "\r\n\r\n", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG",
                                         "GET / HTTQ"),
                         [](const auto& row) { return "line_" + std::to_string(row.index); });

struct FieldRow {
  const char* name;
  const char* fields;
  BodyFields expected;
};

class FieldCase : public testing::TestWithParam<FieldRow> {};

TEST_P(FieldCase, is_read_as_rfc_9112_section_6_says) {
  const std::string text = "HTTP/1.1 200 OK\r\n" + std::string{GetParam().fields} + "\r\n";
  const ResponseHead head = parse_response_head(text + "body");
  ASSERT_EQ(head.outcome, Parse::kDone);
  EXPECT_EQ(head.size_bytes, text.size());
  EXPECT_EQ(head.fields.bad_length, GetParam().expected.bad_length);
  EXPECT_EQ(head.fields.has_length, GetParam().expected.has_length);
  EXPECT_EQ(head.fields.content_length, GetParam().expected.content_length);
  EXPECT_EQ(head.fields.has_coding, GetParam().expected.has_coding);
  EXPECT_EQ(head.fields.chunked_last, GetParam().expected.chunked_last);
}

INSTANTIATE_TEST_SUITE_P(
    Fields, FieldCase,
    testing::Values(
        FieldRow{"none", "Date: x\r\nCookie: y\r\n", {}},
        FieldRow{"length", "Content-Length: 17\r\n", {17, true, false, false, false}},
        FieldRow{"equal_lengths", "Content-Length: 5, 5\r\nContent-Length:5\r\n", {5, true, false, false, false}},
        FieldRow{"different_lengths", "Content-Length: 5\r\nContent-Length: 6\r\n", {5, true, true, false, false}},
        FieldRow{"no_number", "Content-Length: +5\r\n", {0, false, true, false, false}},
        FieldRow{"empty", "Content-Length:\r\n", {0, false, true, false, false}},
        FieldRow{"too_big", "Content-Length: 99999999999999999999\r\n", {0, false, true, false, false}},
        FieldRow{"chunked", "Transfer-Encoding: chunked\r\n", {0, false, false, true, true}},
        FieldRow{"chunked_not_last", "Transfer-Encoding: chunked, gzip\r\n", {0, false, false, true, false}},
        FieldRow{"over_two_lines", "Transfer-Encoding: gzip,\r\n\tchunked;q=1\r\n", {0, false, false, true, true}},
        FieldRow{"in_a_folded_other_field", "Cookie: a\r\n Content-Length: 5\r\n", {}},
        FieldRow{"with_a_longer_name", "Content-Lengthy: 5\r\nX-Transfer-Encoding: chunked\r\n", {}},
        FieldRow{"bare_line_feeds", "Content-Length: 3\n", {3, true, false, false, false}}),
    [](const auto& row) { return row.param.name; });

TEST(Head, is_not_whole_before_its_last_byte_and_tells_what_it_can) {
  const std::string text = "POST /a?b HTTP/1.1\r\nContent-Length: 12\r\n\r\n";
  for (std::size_t size = 0; size < text.size(); ++size) {
    const RequestHead head = parse_request_head(std::string_view{text}.substr(0, size));
    EXPECT_EQ(head.outcome, Parse::kNeedMore) << size;
    EXPECT_EQ(head.method_whole, size >= 5) << size;
    EXPECT_EQ(head.path_whole, size >= 8) << size;
    EXPECT_EQ(head.fields.has_length, size >= 40) << size;
  }
  EXPECT_EQ(parse_request_head(text).outcome, Parse::kDone);
}

TEST(StatusLine, needs_three_digits_and_may_lack_a_reason) {
  EXPECT_EQ(parse_response_head("HTTP/1.1 204\r\n\r\n").status, 204);
  EXPECT_EQ(parse_response_head("HTTP/1.0 999 \n\n").status, 999);
  for (const char* bad :
       {"HTTP/1.1 20\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 X\r\n\r\n", "HTTP/1.1  200\r\n\r\n",
        "HTTP/2 200\r\n\r\n", "ICY 200 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n"}) {
    EXPECT_EQ(parse_response_head(bad).outcome, Parse::kBroken) << bad;
  }
}

TEST(Start, of_other_protocols_is_no_request) {
  for (const char* other : {"\x16\x03\x01\x02", "{\"a\":1}", "*3\r\n", "", " GET", "(x y)"}) {
    EXPECT_FALSE(may_start_request(other) && other[0] != '\0') << other;
  }
  for (const char* start : {"G", "GET ", "GET /", "PROPFIND /x"}) EXPECT_TRUE(may_start_request(start)) << start;
}

}  // namespace
}  // namespace sonde::protocol
