// What the tcp sensor says of attempts that fail, of connections that are broken off, and of listeners that turn away.
#include <netinet/tcp.h>
#include <sys/poll.h>
#include <sys/wait.h>

#include <array>
#include <fstream>

#include "bpf/tcp_sensor_fixture.h"

namespace sonde::capture {
namespace {

using namespace std::chrono_literals;
using decode::ConnectFailure;
using decode::TcpFlag;
using decode::TcpSample;
using decode::TcpSide;
using test::Address;
using test::address_of;
using test::begin_connect;
using test::connect_to;
using test::listen_on;
using test::local_address_of;
using test::must;
using test::Steps;
using test::TcpChild;
using test::TcpSensorTest;

constexpr std::uint32_t bit(TcpFlag flag) { return static_cast<std::uint32_t>(flag); }
constexpr std::uint32_t kFailedAtOnce = bit(TcpFlag::kAttempted) | bit(TcpFlag::kFailed) | bit(TcpFlag::kClosed);

/// A port nobody listens on: bound, so that nobody else gets it.
Address dead_address() {
  const Address any = address_of("127.0.0.1", 0);
  const int holder = test::socket_for(any);
  must(::bind(holder, any.get(), any.size) == 0);
  return local_address_of(holder);
}

/// In a network namespace of its own, with a rule of nftables for what comes in.
void filter_input(const std::string& rule) {
  must(test::enter_network_namespace());
  must(test::run_quietly("nft add table inet t"));
  must(test::run_quietly("nft 'add chain inet t in { type filter hook input priority 0; }'"));
  must(test::run_quietly("nft 'add rule inet t in " + rule + "'"));
}

Address address_behind(const std::string& verdict) {
  filter_input("ip daddr 127.0.0.9 " + verdict);
  return address_of("127.0.0.9", 80);
}

int repeats_of(int socket) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  must(::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0);
  return static_cast<int>(info.tcpi_total_retrans);
}

void wait_for_end(int socket) {
  pollfd waiting{.fd = socket, .events = POLLOUT, .revents = 0};
  must(::poll(&waiting, 1, 20'000) == 1);
}

void be_refused(const Steps&) { must(connect_to(dead_address()) == -1); }

void be_refused_without_waiting(const Steps&) { wait_for_end(begin_connect(dead_address())); }

void give_up_after_a_repeat(const Steps&) {
  const int socket = begin_connect(address_behind("drop"));
  while (repeats_of(socket) == 0) ::usleep(10'000);
  ::close(socket);
}

void have_the_kernel_give_up(const Steps&) {
  const Address nowhere = address_behind("drop");
  const int socket = test::socket_for(nowhere, SOCK_NONBLOCK);
  const unsigned patience_ms = 1'100;
  must(::setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience_ms, sizeof(patience_ms)) == 0);
  ::connect(socket, nowhere.get(), nowhere.size);
  wait_for_end(socket);
}

void give_up_at_once(const Steps&) { ::close(begin_connect(address_behind("drop"))); }

void be_told_of_an_unreachable_host(const Steps&) {
  wait_for_end(begin_connect(address_behind("reject with icmp type host-unreachable")));
}

/// If the rejection comes while connect() holds the socket, the kernel tries again; this process does not wait for it.
void give_up_on_an_unreachable_host(const Steps&) {
  const int socket = begin_connect(address_behind("reject with icmp type host-unreachable"));
  ::usleep(20'000);
  ::close(socket);
}

/// Two local ports, both taken by connections to the same place.
void find_no_port(const Steps& steps) {
  must(test::enter_network_namespace());
  const int listener = listen_on("127.0.0.1");
  const Address address = local_address_of(listener);
  std::ofstream("/proc/sys/net/ipv4/ip_local_port_range") << "60000 60001";
  for (int i = 0; i < 2; ++i) must(connect_to(address) >= 0 && ::accept(listener, nullptr, nullptr) >= 0);
  steps.pause();
  must(connect_to(address) == -1 && errno == EADDRNOTAVAIL);
}

struct Failing {
  const char* name;
  void (*script)(const Steps&);
  ConnectFailure failure;
  int error;
  std::chrono::milliseconds at_least{0};
};

class FailedConnect : public TcpSensorTest, public testing::WithParamInterface<Failing> {};

TEST_P(FailedConnect, is_told_of_once_and_why) {
  TcpChild child(GetParam().script);
  watch(child);
  const pid_t pid = child.pid();
  if (GetParam().failure == ConnectFailure::kNoPort) child.step();
  ASSERT_TRUE(child.finish()) << "nftables, or a namespace, is missing";
  drain_until([&] { return samples_.count(TcpFlag::kFailed) == 1; });
  ASSERT_EQ(samples_.count(TcpFlag::kFailed), 1u);
  for (const TcpSample& sample : samples_.of(TcpSide::kClient)) {
    if (!sample.has(TcpFlag::kFailed)) continue;
    EXPECT_EQ(sample.flags, kFailedAtOnce);
    EXPECT_EQ(name_of(sample.failure), name_of(GetParam().failure));
    EXPECT_EQ(sample.error, GetParam().error);
    EXPECT_GE(sample.connect_time, GetParam().at_least);
    EXPECT_EQ(sample.pid, pid);
    EXPECT_NE(sample.remote.port, 0);
    EXPECT_EQ(sample.received_bytes + sample.sent_bytes, 0u);
    EXPECT_GE(sample.retransmits, GetParam().at_least > 0ms ? 1u : 0u);
  }
  EXPECT_EQ(samples_.count(TcpFlag::kResetReceived), 0u) << "a refusal breaks nothing off";
}

INSTANTIATE_TEST_SUITE_P(
    Causes, FailedConnect,
    testing::Values(Failing{"refused", be_refused, ConnectFailure::kRefused, ECONNREFUSED},
                    Failing{"refused_later", be_refused_without_waiting, ConnectFailure::kRefused, ECONNREFUSED},
                    Failing{"no_answer", give_up_after_a_repeat, ConnectFailure::kTimedOut, 0, 1'000ms},
                    Failing{"timed_out", have_the_kernel_give_up, ConnectFailure::kTimedOut, ETIMEDOUT, 1'000ms},
                    Failing{"cancelled", give_up_at_once, ConnectFailure::kCancelled, 0},
                    Failing{"unreachable", be_told_of_an_unreachable_host, ConnectFailure::kUnreachable, EHOSTUNREACH},
                    Failing{"unreachable_given_up", give_up_on_an_unreachable_host, ConnectFailure::kUnreachable,
                            EHOSTUNREACH},
                    Failing{"no_port", find_no_port, ConnectFailure::kNoPort, 0}),
    [](const auto& row) { return row.param.name; });

TEST_F(TcpSensorTest, counts_each_attempt_of_a_socket_that_is_used_again) {
  TcpChild child([](const Steps&) {
    const Address dead = dead_address();
    const int listener = listen_on("127.0.0.1");
    const Address alive = local_address_of(listener);
    const int socket = test::socket_for(dead);
    must(::connect(socket, dead.get(), dead.size) != 0);
    must(::connect(socket, dead.get(), dead.size) != 0);
    must(::connect(socket, alive.get(), alive.size) == 0);
    ::close(socket);
  });
  watch(child);
  ASSERT_TRUE(child.finish());
  drain_until([&] { return samples_.count(TcpSide::kClient, TcpFlag::kClosed) == 3; });
  EXPECT_EQ(samples_.count(TcpFlag::kAttempted), 3u);
  EXPECT_EQ(samples_.count(TcpFlag::kFailed), 2u);
  EXPECT_EQ(samples_.count(TcpFlag::kConnected), 1u);
}

TEST_F(TcpSensorTest, counts_no_attempt_that_began_before_it_looked) {
  TcpChild child([](const Steps& steps) {
    const int socket = begin_connect(address_behind("drop"));
    steps.pause();
    must(test::run_quietly("nft flush ruleset"));
    wait_for_end(socket);
    ::close(socket);
  });
  child.step();
  watch(child);
  ASSERT_TRUE(child.finish());
  drain_until_closed(1);
  ASSERT_EQ(samples_.all().size(), 1u);
  EXPECT_EQ(samples_.all()[0].flags, bit(TcpFlag::kOlder) | bit(TcpFlag::kClosed));
  EXPECT_EQ(samples_.all()[0].error, ECONNREFUSED);
}

struct Parting {
  const char* name;
  void (*part)(int client, int server);
  std::size_t resets_by_client;
  std::size_t resets_by_server;
};

class EndOfConnection : public TcpSensorTest, public testing::WithParamInterface<Parting> {
 protected:
  void expect_resets(TcpSide by, std::size_t count) const {
    const TcpSide other = by == TcpSide::kClient ? TcpSide::kServer : TcpSide::kClient;
    EXPECT_EQ(samples_.count(by, TcpFlag::kResetSent), count);
    EXPECT_EQ(samples_.count(other, TcpFlag::kResetReceived), count);
    for (const TcpSample& sample : samples_.all()) {
      EXPECT_EQ(sample.error, sample.has(TcpFlag::kResetReceived) ? ECONNRESET : 0);
    }
  }
};

TEST_P(EndOfConnection, tells_who_broke_it_off) {
  TcpChild child([](const Steps&) {
    const int listener = listen_on("127.0.0.1");
    const int client = connect_to(local_address_of(listener));
    const int server = ::accept(listener, nullptr, nullptr);
    test::send_bytes(client, 10'000);
    GetParam().part(client, server);
    ::close(client);
    ::close(server);
  });
  watch(child);
  ASSERT_TRUE(child.finish());
  drain_until_closed(3);
  expect_resets(TcpSide::kClient, GetParam().resets_by_client);
  expect_resets(TcpSide::kServer, GetParam().resets_by_server);
  EXPECT_EQ(samples_.count(TcpFlag::kClosed), 3u);
  EXPECT_EQ(samples_.sum(TcpSide::kClient, &TcpSample::sent_bytes), 10'000u);
}

void part_in_peace(int, int server) { test::receive_bytes(server, 10'000); }
void part_in_mid_body(int client, int server) {
  test::receive_bytes(server, 5'000);
  test::close_hard(client);
}
void part_with_bytes_unread(int, int server) { ::close(server); }
void part_and_be_written_to(int client, int server) {
  test::receive_bytes(server, 10'000);
  ::close(server);
  must(::send(client, "x", 1, MSG_NOSIGNAL) == 1);
}

INSTANTIATE_TEST_SUITE_P(Ways, EndOfConnection,
                         testing::Values(Parting{"orderly", part_in_peace, 0, 0},
                                         Parting{"in_mid_body", part_in_mid_body, 1, 0},
                                         Parting{"with_bytes_unread", part_with_bytes_unread, 0, 1}),
                         [](const auto& row) { return row.param.name; });

/// Who is written to after he left has no socket any more that could tell of the reset it sends.
TEST_F(TcpSensorTest, tells_of_a_reset_by_a_socket_that_is_gone_at_the_other_end) {
  TcpChild child([](const Steps&) {
    const int listener = listen_on("127.0.0.1");
    const int client = connect_to(local_address_of(listener));
    const int server = ::accept(listener, nullptr, nullptr);
    test::send_bytes(client, 10'000);
    part_and_be_written_to(client, server);
    ::close(client);
  });
  watch(child);
  ASSERT_TRUE(child.finish());
  drain_until_closed(3);
  EXPECT_EQ(samples_.count(TcpSide::kClient, TcpFlag::kResetReceived), 1u);
  EXPECT_EQ(samples_.count(TcpFlag::kClosed), 3u);
}

TEST_F(TcpSensorTest, gives_the_kernels_reason_for_a_reset) {
  TcpChild child([](const Steps&) {
    const int listener = listen_on("127.0.0.1");
    const int client = connect_to(local_address_of(listener));
    test::close_hard(client);
  });
  watch(child);
  ASSERT_TRUE(child.finish());
  drain_until([&] { return samples_.count(TcpSide::kClient, TcpFlag::kResetSent) == 1; });
  if (!test::run_quietly("bpftool btf dump file /sys/kernel/btf/vmlinux | grep -q SK_RST_REASON_TCP_STATE")) {
    GTEST_SKIP() << "SKIPPED: this kernel (or a missing bpftool) tells no reasons";
  }
  for (const TcpSample& sample : samples_.all()) {
    EXPECT_EQ(sample.reset_reason != 0, sample.has(TcpFlag::kResetSent));
  }
}

/// Six connections to a listener that has room for two: the kernel lets one more wait than it was told.
TEST_F(TcpSensorTest, counts_connections_that_a_full_listener_turns_away) {
  TcpChild child([](const Steps& steps) {
    const int listener = listen_on("127.0.0.1", 1);
    steps.pause(local_address_of(listener).port());
    for (int i = 0; i < 6; ++i) begin_connect(local_address_of(listener));
    steps.pause();
  });
  watch(child);
  const std::uint32_t port = child.step();
  const pid_t pid = child.pid();
  child.step();
  sweep();
  const auto listeners = samples_.of(TcpSide::kListener);
  ASSERT_EQ(listeners.size(), 1u);
  EXPECT_EQ(listeners[0].unread_bytes, 2u) << "waiting to be accepted";
  EXPECT_EQ(listeners[0].unacknowledged_bytes, 1u) << "as given to listen()";
  EXPECT_GE(listeners[0].drops, 4u);
  EXPECT_EQ(listeners[0].local.port, port);
  EXPECT_EQ(listeners[0].pid, pid);
  EXPECT_TRUE(child.finish());
}

const std::string kDropSynAcks = "tcp flags & (syn | ack) == syn | ack drop";

TEST_F(TcpSensorTest, counts_repeated_syn_acks_for_the_listener_only) {
  TcpChild child([](const Steps& steps) {
    filter_input(kDropSynAcks);
    const int listener = listen_on("127.0.0.1");
    const int client = begin_connect(local_address_of(listener));
    while (repeats_of(client) == 0) ::usleep(10'000);
    ::usleep(100'000);
    steps.pause();
    must(test::run_quietly("nft flush ruleset"));
    wait_for_end(client);
    must(::accept(listener, nullptr, nullptr) >= 0);
    steps.pause();
  });
  watch(child);
  child.step();
  sweep();
  const auto listeners = samples_.of(TcpSide::kListener);
  ASSERT_EQ(listeners.size(), 1u);
  EXPECT_GE(listeners[0].retransmits, 1u);
  EXPECT_EQ(listeners[0].sent_segments, 0u);
  child.step();
  sweep();
  ASSERT_EQ(samples_.count(TcpSide::kServer, TcpFlag::kAcceptable), 1u);
  EXPECT_EQ(samples_.of(TcpSide::kServer)[0].retransmits, 0u);
  EXPECT_TRUE(child.finish());
}

/// Opened fast, without a cookie, and left before its handshake was over.
TEST_F(TcpSensorTest, tells_nothing_of_a_connection_that_was_never_acknowledged) {
  TcpChild child([](const Steps& steps) {
    filter_input(kDropSynAcks);
    std::ofstream("/proc/sys/net/ipv4/tcp_fastopen") << 0x607;
    const int listener = listen_on("127.0.0.1");
    const Address address = local_address_of(listener);
    const int client = test::socket_for(address, SOCK_NONBLOCK);
    ::sendto(client, "0123456789", 10, MSG_FASTOPEN, address.get(), address.size);
    const int server = ::accept(listener, nullptr, nullptr);
    must(server >= 0);
    steps.pause();
    ::close(server);
    steps.pause();
  });
  watch(child);
  child.step();
  sweep();
  child.step();
  drain();
  EXPECT_EQ(samples_.of(TcpSide::kServer).size(), 0u);
  EXPECT_EQ(samples_.of(TcpSide::kListener).size(), 1u) << "swept, not closed";
  EXPECT_EQ(samples_.count(TcpSide::kListener, TcpFlag::kClosed), 0u);
  EXPECT_TRUE(child.finish());
}

}  // namespace
}  // namespace sonde::capture
