#include "serve/peer_address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <string>

namespace sonde::serve {
namespace {

struct AddressRow {
  const char* name;
  int family;
  const char* address;
  const char* text;
  bool is_loopback;
};

class AddressCase : public testing::TestWithParam<AddressRow> {};

TEST_P(AddressCase, is_told) {
  PeerAddress peer;
  if (GetParam().family == AF_INET) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    ASSERT_EQ(inet_pton(AF_INET, GetParam().address, &v4.sin_addr), 1);
    peer = peer_address(reinterpret_cast<const sockaddr*>(&v4));
  } else {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    ASSERT_EQ(inet_pton(AF_INET6, GetParam().address, &v6.sin6_addr), 1);
    peer = peer_address(reinterpret_cast<const sockaddr*>(&v6));
  }
  EXPECT_EQ(peer.text, GetParam().text);
  EXPECT_EQ(peer.is_loopback, GetParam().is_loopback);
}

INSTANTIATE_TEST_SUITE_P(Addresses, AddressCase,
                         testing::Values(AddressRow{"v4_loopback", AF_INET, "127.0.0.1", "127.0.0.1", true},
                                         AddressRow{"all_of_127", AF_INET, "127.9.8.7", "127.9.8.7", true},
                                         AddressRow{"v4", AF_INET, "192.0.2.1", "192.0.2.1", false},
                                         AddressRow{"v6_loopback", AF_INET6, "::1", "::1", true},
                                         AddressRow{"v6", AF_INET6, "2001:db8::1", "2001:db8::1", false},
                                         AddressRow{"mapped_loopback", AF_INET6, "::ffff:127.0.0.1", "127.0.0.1", true},
                                         AddressRow{"mapped", AF_INET6, "::ffff:192.0.2.1", "192.0.2.1", false},
                                         AddressRow{"v6_any", AF_INET6, "::", "::", false}),
                         [](const auto& row) { return row.param.name; });

TEST(PeerAddress, of_what_is_no_internet_address_is_not_here) {
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  EXPECT_FALSE(peer_address(reinterpret_cast<const sockaddr*>(&local)).is_loopback);
  EXPECT_FALSE(peer_address(nullptr).is_loopback);
}

}  // namespace
}  // namespace sonde::serve
