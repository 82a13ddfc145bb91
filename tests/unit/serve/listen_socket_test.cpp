#include "serve/listen_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sonde::serve {
namespace {

struct AddressRow {
  const char* text;
  const char* host;
  std::uint16_t port;
};

class GoodAddress : public testing::TestWithParam<AddressRow> {};

TEST_P(GoodAddress, is_read) {
  const auto address = parse_listen_address(GetParam().text);
  ASSERT_TRUE(address) << address.error().what;
  EXPECT_EQ(address->host, GetParam().host);
  EXPECT_EQ(address->port, GetParam().port);
}

INSTANTIATE_TEST_SUITE_P(Addresses, GoodAddress,
                         testing::Values(AddressRow{"127.0.0.1:10977", "127.0.0.1", 10977}, AddressRow{":80", "", 80},
                                         AddressRow{"[::1]:0", "::1", 0}, AddressRow{"[::]:65535", "::", 65535},
                                         AddressRow{"localhost:9", "localhost", 9}));

class BadAddress : public testing::TestWithParam<const char*> {};

TEST_P(BadAddress, is_refused_with_examples) {
  const auto socket = open_listen_socket(GetParam());
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().code, Code::kBadInput);
  EXPECT_THAT(socket.error().what, testing::HasSubstr("127.0.0.1"));
}

INSTANTIATE_TEST_SUITE_P(Addresses, BadAddress,
                         testing::Values("", "10977", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
                                         "127.0.0.1:80x", "::1:80", "[::1]", "[]:80", "[::1:80", "http://a:80",
                                         "a b:80", "999.0.0.1:80"));

TEST(ListenSocket, tells_the_port_it_was_given) {
  const auto v4 = open_listen_socket("127.0.0.1:0");
  ASSERT_TRUE(v4) << v4.error().what;
  EXPECT_NE(v4->port, 0);
  EXPECT_EQ(v4->address, "127.0.0.1:" + std::to_string(v4->port));
  const auto v6 = open_listen_socket("[::1]:0");
  if (!v6) GTEST_SKIP() << "no IPv6 loopback here, so [::1] is NOT tested: " << v6.error().what;
  EXPECT_EQ(v6->address, "[::1]:" + std::to_string(v6->port));
}

TEST(ListenSocket, says_that_an_address_is_not_of_this_host) {
  const auto socket = open_listen_socket("192.0.2.1:0");
  ASSERT_FALSE(socket);
  EXPECT_THAT(socket.error().what, testing::HasSubstr("192.0.2.1:0: this host has no such address"));
}

}  // namespace
}  // namespace sonde::serve
