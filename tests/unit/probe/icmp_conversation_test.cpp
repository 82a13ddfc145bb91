#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "probe/icmp_reply.h"
#include "probe/icmp_socket.h"
#include "probe/kinds.h"
#include "support/conversation_driver.h"
#include "support/fake_clock.h"
#include "support/loopback_peer.h"

namespace sonde::probe {
namespace {

using namespace std::chrono_literals;

/// Why there can be no ping here; empty if there can.
std::string refusal(int ip_protocol) {
  const Result<EchoSocket> opened = open_echo_socket(test::loopback(ip_protocol), 1);
  return opened ? "" : opened.error().what;
}

class Icmp : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    if (const std::string why = refusal(GetParam()); !why.empty()) GTEST_SKIP() << why;
    target_.kind = ProbeKind::kIcmp;
    target_.timeout = 5s;
  }

  [[nodiscard]] std::unique_ptr<Conversation> begin() const {
    return talk_icmp(target_, test::loopback(GetParam()), clock_);
  }

  ProbeTarget target_;
  test::FakeClock clock_;
};

INSTANTIATE_TEST_SUITE_P(Loopback, Icmp, testing::Values(4, 6),
                         [](const auto& row) { return row.param == 4 ? "v4" : "v6"; });

TEST_P(Icmp, loopback_answers) {
  const std::unique_ptr<Conversation> ping = begin();
  ASSERT_TRUE(test::finish(*ping)) << ping->result().reason;
  const ProbeResult result = ping->result();
  EXPECT_TRUE(result.success) << result.reason;
  EXPECT_EQ(result.reason, "");
  EXPECT_EQ(result.ip_protocol, GetParam());
  EXPECT_EQ(result.hop_limit, 64U);
  ASSERT_EQ(result.phases.size(), 2U);
  EXPECT_EQ(result.phases[0].name, "setup");
  EXPECT_EQ(result.phases[1].name, "rtt");
}

TEST_P(Icmp, many_at_once_get_the_answers_that_are_theirs) {
  std::vector<std::unique_ptr<Conversation>> pings;
  for (int i = 0; i < 50; ++i) {
    pings.push_back(begin());
    static_cast<void>(pings.back()->advance());
  }
  for (const auto& ping : pings) {
    ASSERT_TRUE(test::finish(*ping)) << ping->result().reason;
    EXPECT_TRUE(ping->result().success) << ping->result().reason;
  }
}

TEST_P(Icmp, a_socket_gets_no_reply_of_another) {
  const Result<EchoSocket> ours = open_echo_socket(test::loopback(GetParam()), 0x1001);
  const Result<EchoSocket> other = open_echo_socket(test::loopback(GetParam()), 0x1002);
  ASSERT_TRUE(ours.has_value() && other.has_value());
  const Echo echo{GetParam(), other->identifier, 1, {}};
  const auto request = echo_request(echo);
  ASSERT_EQ(::send(other->fd.get(), request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
  // Both would have it by the time that the other has.
  pollfd polled{other->fd.get(), POLLIN, 0};
  ASSERT_EQ(::poll(&polled, 1, 30'000), 1);
  pollfd silent{ours->fd.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&silent, 1, 0), 0);
}

TEST_P(Icmp, silence_is_told_with_the_time_it_took) {
  const std::unique_ptr<Conversation> ping = begin();
  EXPECT_EQ(ping->result().reason, "no answer within 5s");
  EXPECT_FALSE(ping->result().success);
}

TEST(IcmpToAll, is_refused_by_this_host) {
  if (const std::string why = refusal(4); !why.empty()) GTEST_SKIP() << why;
  ProbeTarget target;
  const test::FakeClock clock;
  // Broadcast: connect(2) refuses it, and nothing leaves this host.
  Peer peer = test::loopback(4);
  reinterpret_cast<sockaddr_in*>(&peer.address)->sin_addr.s_addr = htonl(INADDR_BROADCAST);
  const std::unique_ptr<Conversation> ping = talk_icmp(target, peer, clock);
  ASSERT_TRUE(ping->advance());
  EXPECT_FALSE(ping->result().success);
  EXPECT_NE(ping->result().reason, "");
}

}  // namespace
}  // namespace sonde::probe
