#include <gtest/gtest.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bpf/datagram_sockets.h"
#include "bpf/loopback_child.h"
#include "capture/traffic_sensor.h"

namespace sonde::capture {
namespace {

using test::Connection;
using test::LoopbackChild;
using test::receive_message;
using test::require;
using test::send_message;
using test::SocketPair;

/// Inbound, outbound.
using Both = std::array<std::uint64_t, 2>;

class DatagramTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "SKIPPED: loading BPF programs needs root";
  }

  void open(const TargetFilter& targets) {
    CaptureOptions options;
    options.targets = targets;
    options.ring_bytes = 1U << 20U;
    auto sensor = TrafficSensor::open(options);
    ASSERT_TRUE(sensor) << sensor.error().what;
    sensor_ = std::move(*sensor);
  }

  /// Runs the script in a process of its own, the only one that is measured.
  void measure(LoopbackChild::Script script) {
    LoopbackChild child(std::move(script));
    pid_ = child.pid();
    TargetFilter targets;
    targets.pids = {pid_};
    open(targets);
    ASSERT_TRUE(child.go());
  }

  std::vector<DatagramTraffic> all() const {
    auto traffic = sensor_->datagrams();
    EXPECT_TRUE(traffic);
    return traffic ? *traffic : std::vector<DatagramTraffic>{};
  }

  std::optional<DatagramTraffic> of(pid_t pid, DatagramKind kind) const {
    for (const DatagramTraffic& one : all()) {
      if (one.pid == pid && one.kind == kind) return one;
    }
    return std::nullopt;
  }

  void expect_only(DatagramKind kind, const Both& bytes, const Both& messages, const Both& errors) const {
    const std::vector<DatagramTraffic> seen = all();
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_EQ(seen[0].pid, pid_);
    EXPECT_EQ(seen[0].kind, kind);
    EXPECT_EQ(seen[0].bytes, bytes);
    EXPECT_EQ(seen[0].messages, messages);
    EXPECT_EQ(seen[0].errors, errors);
  }

  std::unique_ptr<TrafficSensor> sensor_;
  pid_t pid_ = -1;
};

struct Transfer {
  const char* name;
  DatagramKind kind;
  bool needs_ipv6;
  SocketPair (*pair)();
  void (*exchange)(const SocketPair& pair);
};

/// 100 and 200 bytes one way, 7 the other.
void exchange(const SocketPair& pair) {
  send_message(pair.client, 100);
  receive_message(pair.server, 100);
  send_message(pair.client, 200);
  receive_message(pair.server, 200);
  send_message(pair.server, 7);
  receive_message(pair.client, 7);
}

void exchange_unconnected(const SocketPair& pair) {
  test::send_message_to(pair.client, pair.server, 100);
  test::receive_message_from(pair.server, 100);
  test::send_message_to(pair.client, pair.server, 200);
  test::receive_message_from(pair.server, 200);
  test::send_message_to(pair.server, pair.client, 7);
  test::receive_message_from(pair.client, 7);
}

void exchange_many_at_once(const SocketPair& pair) {
  std::array<char, 200> bytes{};
  std::array<iovec, 2> pieces{iovec{bytes.data(), 100}, iovec{bytes.data(), 200}};
  std::array<mmsghdr, 2> messages{};
  for (std::size_t i = 0; i < messages.size(); ++i) {
    messages[i].msg_hdr.msg_iov = &pieces[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  require(::sendmmsg(pair.client, messages.data(), 2, 0) == 2);
  require(::recvmmsg(pair.server, messages.data(), 2, 0, nullptr) == 2);
  require(::write(pair.server, bytes.data(), 7) == 7);
  require(::read(pair.client, bytes.data(), bytes.size()) == 7);
}

class EveryDatagram : public DatagramTest, public testing::WithParamInterface<Transfer> {};

TEST_P(EveryDatagram, is_counted_with_its_bytes_in_both_directions) {
  const Transfer& row = GetParam();
  if (row.needs_ipv6 && !test::has_ipv6_loopback()) GTEST_SKIP() << "SKIPPED: no IPv6 on loopback";
  measure([&](const Connection&) { row.exchange(row.pair()); });
  expect_only(row.kind, {307, 307}, {3, 3}, {0, 0});
}

INSTANTIATE_TEST_SUITE_P(
    Sockets, EveryDatagram,
    testing::Values(
        Transfer{"udp4", DatagramKind::kUdp, false, [] { return test::udp_pair(AF_INET, true); }, exchange},
        Transfer{"udp4_unconnected", DatagramKind::kUdp, false, [] { return test::udp_pair(AF_INET, false); },
                 exchange_unconnected},
        Transfer{"udp4_many_at_once", DatagramKind::kUdp, false, [] { return test::udp_pair(AF_INET, true); },
                 exchange_many_at_once},
        Transfer{"udp6", DatagramKind::kUdp, true, [] { return test::udp_pair(AF_INET6, true); }, exchange},
        Transfer{"udp6_unconnected", DatagramKind::kUdp, true, [] { return test::udp_pair(AF_INET6, false); },
                 exchange_unconnected},
        Transfer{"unix_stream", DatagramKind::kUnix, false, [] { return test::unix_pair(SOCK_STREAM); }, exchange},
        Transfer{"unix_datagram", DatagramKind::kUnix, false, [] { return test::unix_pair(SOCK_DGRAM); }, exchange},
        Transfer{"unix_packet", DatagramKind::kUnix, false, [] { return test::unix_pair(SOCK_SEQPACKET); }, exchange},
        Transfer{"unix_named_stream", DatagramKind::kUnix, false, [] { return test::named_unix_pair(SOCK_STREAM); },
                 exchange},
        Transfer{"unix_named_datagram", DatagramKind::kUnix, false, [] { return test::named_unix_pair(SOCK_DGRAM); },
                 exchange_unconnected}),
    [](const auto& row) { return row.param.name; });

TEST_F(DatagramTest, counts_an_empty_datagram_but_not_the_end_of_a_stream) {
  measure([](const Connection&) {
    const SocketPair udp = test::udp_pair(AF_INET, true);
    send_message(udp.client, 0);
    receive_message(udp.server, 0);
    const SocketPair stream = test::unix_pair(SOCK_STREAM);
    send_message(stream.client, 5);
    receive_message(stream.server, 5);
    ::close(stream.client);
    receive_message(stream.server, 0);
  });
  EXPECT_EQ(of(pid_, DatagramKind::kUdp)->messages, (Both{1, 1}));
  EXPECT_EQ(of(pid_, DatagramKind::kUdp)->bytes, (Both{0, 0}));
  EXPECT_EQ(of(pid_, DatagramKind::kUnix)->messages, (Both{1, 1}));
}

TEST_F(DatagramTest, counts_a_refused_send_as_one_error) {
  measure([](const Connection&) {
    const int fd = test::udp_to_nobody();
    send_message(fd, 10);
    // Loopback answers before send returns: the refusal waits for the next call (udp(7)).
    require(::send(fd, "again", 5, 0) == -1 && errno == ECONNREFUSED);
  });
  expect_only(DatagramKind::kUdp, {0, 10}, {0, 1}, {0, 1});
}

TEST_F(DatagramTest, counts_a_refusal_that_a_receive_hears_of_as_its_error) {
  measure([](const Connection&) {
    const int fd = test::udp_to_nobody();
    send_message(fd, 10);
    char byte = 0;
    require(::recv(fd, &byte, 1, 0) == -1 && errno == ECONNREFUSED);
  });
  expect_only(DatagramKind::kUdp, {0, 10}, {0, 1}, {1, 0});
}

TEST_F(DatagramTest, counts_a_unix_peer_that_has_gone_as_an_error) {
  measure([](const Connection&) {
    const SocketPair pair = test::unix_pair(SOCK_STREAM);
    ::close(pair.server);
    require(::send(pair.client, "x", 1, MSG_NOSIGNAL) == -1 && errno == EPIPE);
  });
  expect_only(DatagramKind::kUnix, {0, 0}, {0, 0}, {0, 1});
}

TEST_F(DatagramTest, counts_neither_calls_that_would_wait_nor_interrupted_ones) {
  measure([](const Connection&) {
    const SocketPair pair = test::udp_pair(AF_INET, true);
    char byte = 0;
    require(::recv(pair.server, &byte, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN);
    struct sigaction action {};
    action.sa_handler = [](int) {};
    require(::sigaction(SIGALRM, &action, nullptr) == 0);
    // Again and again, since the first could come before the call.
    const itimerval often{.it_interval = {0, 5'000}, .it_value = {0, 5'000}};
    require(::setitimer(ITIMER_REAL, &often, nullptr) == 0);
    require(::recv(pair.server, &byte, 1, 0) == -1 && errno == EINTR);
    const itimerval never{};
    require(::setitimer(ITIMER_REAL, &never, nullptr) == 0);
    exchange(pair);
  });
  expect_only(DatagramKind::kUdp, {307, 307}, {3, 3}, {0, 0});
}

TEST_F(DatagramTest, counts_no_peeking) {
  measure([](const Connection&) {
    const SocketPair pair = test::udp_pair(AF_INET, true);
    send_message(pair.client, 10);
    std::array<char, 16> bytes{};
    for (int i = 0; i < 3; ++i) require(::recv(pair.server, bytes.data(), bytes.size(), MSG_PEEK) == 10);
    receive_message(pair.server, 10);
  });
  expect_only(DatagramKind::kUdp, {10, 10}, {1, 1}, {0, 0});
}

TEST_F(DatagramTest, counts_nothing_that_comes_from_the_error_queue) {
  measure([](const Connection&) {
    const int fd = test::udp_to_nobody();
    const int on = 1;
    require(::setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on)) == 0);
    send_message(fd, 10);
    std::array<char, 64> bytes{};
    require(::recv(fd, bytes.data(), bytes.size(), MSG_ERRQUEUE) == 10);
  });
  expect_only(DatagramKind::kUdp, {0, 10}, {0, 1}, {0, 0});
}

TEST_F(DatagramTest, counts_no_tcp) {
  measure([](const Connection& connection) {
    exchange({.client = connection.client, .server = connection.server});
    char byte = 0;
    require(::recv(connection.client, &byte, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN);
    ::close(connection.server);
    require(::recv(connection.client, &byte, 1, 0) == 0);
  });
  EXPECT_TRUE(all().empty());
}

TEST_F(DatagramTest, counts_no_raw_socket_though_it_carries_the_number_of_udp) {
  measure([](const Connection&) {
    const int raw = ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_UDP);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    require(::connect(raw, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    send_message(raw, 16);
  });
  EXPECT_TRUE(all().empty());
}

TEST_F(DatagramTest, counts_nothing_of_processes_that_are_no_targets) {
  LoopbackChild other([](const Connection&) {
    exchange(test::udp_pair(AF_INET, true));
    exchange(test::unix_pair(SOCK_STREAM));
  });
  measure([](const Connection&) { exchange(test::unix_pair(SOCK_STREAM)); });
  ASSERT_TRUE(other.go());
  expect_only(DatagramKind::kUnix, {307, 307}, {3, 3}, {0, 0});
}

TEST_F(DatagramTest, counts_nothing_of_its_own_process) {
  TargetFilter targets;
  targets.pids = {::getpid()};
  open(targets);
  const SocketPair pair = test::udp_pair(AF_INET, true);
  exchange(pair);
  ::close(pair.client);
  ::close(pair.server);
  EXPECT_TRUE(all().empty());
}

TEST_F(DatagramTest, counts_both_ends_of_a_target_port_and_no_other_socket_of_their_process) {
  const SocketPair wanted = test::udp_pair(AF_INET, true);
  LoopbackChild child([&](const Connection&) {
    exchange(wanted);
    exchange(test::udp_pair(AF_INET, true));
    exchange(test::unix_pair(SOCK_STREAM));
  });
  pid_ = child.pid();
  TargetFilter targets;
  targets.ports = {test::local_port(wanted.server)};
  open(targets);
  ASSERT_TRUE(child.go());
  ::close(wanted.client);
  ::close(wanted.server);
  expect_only(DatagramKind::kUdp, {307, 307}, {3, 3}, {0, 0});
}

TEST_F(DatagramTest, forgets_a_process_on_request_and_no_other) {
  measure([](const Connection&) {
    exchange(test::udp_pair(AF_INET, true));
    exchange(test::unix_pair(SOCK_STREAM));
  });
  sensor_->forget_datagrams(pid_ + 1);
  EXPECT_EQ(all().size(), 2u);
  sensor_->forget_datagrams(pid_);
  EXPECT_TRUE(all().empty());
}

TEST_F(DatagramTest, reads_more_than_comes_in_one_batch) {
  constexpr std::size_t kProcesses = 300;
  static const std::string name = "sonde-many-" + std::to_string(::getpid() % 1000);
  LoopbackChild child([](const Connection&) {
    require(::prctl(PR_SET_NAME, name.c_str()) == 0);
    const int udp = test::udp_pair(AF_INET, true).client;
    for (std::size_t i = 0; i < kProcesses; ++i) {
      const pid_t one = ::vfork();  // Nothing of this process is copied: many of them are quick, sanitizers or not.
      if (one == 0) {
        const int own = test::unix_pair(SOCK_STREAM).client;
        ::_exit(::send(udp, "abc", 3, MSG_DONTWAIT) == 3 && ::send(own, "abc", 3, MSG_DONTWAIT) == 3 ? 0 : 1);
      }
      require(one > 0 && ::waitpid(one, nullptr, 0) == one);
    }
  });
  TargetFilter targets;
  targets.process_names = {name};
  open(targets);
  ASSERT_TRUE(child.go());
  const std::vector<DatagramTraffic> seen = all();
  EXPECT_EQ(seen.size(), 2 * kProcesses);
  std::uint64_t bytes = 0;
  for (const DatagramTraffic& one : seen) bytes += one.bytes[1];
  EXPECT_EQ(bytes, 2 * 3 * kProcesses);
}

}  // namespace
}  // namespace sonde::capture
