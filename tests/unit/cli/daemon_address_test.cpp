#include "cli/daemon_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sonde::cli {
namespace {

struct AddressRow {
  const char* name;
  const char* text;
  const char* full;
};

class GoodAddress : public testing::TestWithParam<AddressRow> {};

TEST_P(GoodAddress, is_read_and_written_as_in_a_url) {
  const auto address = parse_daemon_address(GetParam().text);
  ASSERT_TRUE(address) << address.error().what;
  EXPECT_EQ(to_text(*address), GetParam().full);
}

INSTANTIATE_TEST_SUITE_P(Addresses, GoodAddress,
                         testing::Values(AddressRow{"host_and_port", "db1.example:80", "db1.example:80"},
                                         AddressRow{"ipv4", "10.0.0.1:65535", "10.0.0.1:65535"},
                                         AddressRow{"ipv6", "[fe80::1]:80", "[fe80::1]:80"},
                                         AddressRow{"host_alone_has_the_usual_port", "db1", "db1:10977"},
                                         AddressRow{"ipv6_alone_has_the_usual_port", "[::1]", "[::1]:10977"},
                                         AddressRow{"port_alone_is_this_host", ":81", "127.0.0.1:81"}),
                         [](const auto& row) { return row.param.name; });

struct BadRow {
  const char* name;
  const char* text;
  const char* why;
};

class BadAddress : public testing::TestWithParam<BadRow> {};

TEST_P(BadAddress, is_refused_with_the_reason_and_an_example) {
  const auto address = parse_daemon_address(GetParam().text);
  ASSERT_FALSE(address);
  EXPECT_EQ(address.error().code, Code::kBadInput);
  EXPECT_THAT(address.error().what, testing::HasSubstr(GetParam().why));
  EXPECT_THAT(address.error().what, testing::HasSubstr("write it like 127.0.0.1:10977"));
}

INSTANTIATE_TEST_SUITE_P(
    Addresses, BadAddress,
    testing::Values(BadRow{"empty", "", "empty"}, BadRow{"scheme", "http://db1:80", "scheme"},
                    BadRow{"ipv6_without_brackets", "::1", "needs brackets"},
                    BadRow{"open_bracket", "[::1", "not closed"}, BadRow{"empty_brackets", "[]:80", "nothing between"},
                    BadRow{"words_after_bracket", "[::1]80", "no port"},
                    BadRow{"name_in_brackets", "[db1/]:80", "no host name has"}, BadRow{"port_zero", "db1:0", "port"},
                    BadRow{"port_too_big", "db1:65536", "port"}, BadRow{"port_negative", "db1:-1", "port"},
                    BadRow{"port_empty", "db1:", "port"}, BadRow{"port_with_more", "db1:80x", "port"},
                    BadRow{"path", "db1/x", "no host name has"},
                    BadRow{"user_name_that_hides_the_host", "db1@evil", "no host name has"},
                    BadRow{"line_break", "db1\r\nX: y", "no host name has"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::cli
