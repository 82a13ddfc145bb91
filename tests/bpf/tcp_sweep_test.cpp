// What the tcp sensor says when it is asked: every socket that a target holds, once, with what came since.
#include <fcntl.h>
#include <sys/wait.h>

#include <array>
#include <set>

#include "bpf/tcp_sensor_fixture.h"

namespace sonde::capture {
namespace {

using decode::TcpFlag;
using decode::TcpSample;
using decode::TcpSide;
using test::Address;
using test::connect_to;
using test::listen_on;
using test::local_address_of;
using test::must;
using test::Steps;
using test::TcpChild;
using test::TcpSensorTest;

constexpr std::uint32_t bit(TcpFlag flag) { return static_cast<std::uint32_t>(flag); }
constexpr std::uint8_t kEstablished = 1;  ///< TCP_ESTABLISHED
constexpr std::uint8_t kListen = 10;      ///< TCP_LISTEN

struct Pair {
  int client = -1;
  int server = -1;
};

Pair connect_over(int listener) {
  Pair pair;
  pair.client = connect_to(local_address_of(listener));
  pair.server = ::accept(listener, nullptr, nullptr);
  must(pair.client >= 0 && pair.server >= 0);
  return pair;
}

/// A packet of this moment makes a sweep one byte short, until a millisecond later: see IN_MOTION_US.
void settle() { ::usleep(5'000); }

void move_bytes(const Pair& pair, std::size_t bytes) {
  test::send_bytes(pair.client, bytes);
  test::receive_bytes(pair.server, bytes);
  settle();
}

TEST_F(TcpSensorTest, counts_only_what_is_new_of_a_connection_older_than_itself) {
  TcpChild child([](const Steps& steps) {
    const int listener = listen_on("127.0.0.1");
    const Pair pair = connect_over(listener);
    move_bytes(pair, 5'000);
    steps.pause(local_address_of(listener).port());
    move_bytes(pair, 300);
    steps.pause();
    move_bytes(pair, 20);
    ::close(pair.client);
    ::close(pair.server);
    ::close(listener);
  });
  open(on_port(child.step()));
  child.step();
  sweep();
  ASSERT_EQ(samples_.all().size(), 3u);
  for (const TcpSample& sample : samples_.all()) {
    EXPECT_EQ(sample.flags, bit(TcpFlag::kOlder));
    EXPECT_EQ(sample.pid, child.pid());
    EXPECT_EQ(sample.state, sample.side == TcpSide::kListener ? kListen : kEstablished);
  }
  EXPECT_EQ(samples_.sum(TcpSide::kUnknown, &TcpSample::sent_bytes), 300u);
  EXPECT_EQ(samples_.sum(TcpSide::kUnknown, &TcpSample::received_bytes), 300u);
  samples_.clear();
  ASSERT_TRUE(child.finish());
  drain_until_closed(3);
  ASSERT_EQ(samples_.all().size(), 3u);
  for (const TcpSample& sample : samples_.all()) EXPECT_EQ(sample.flags, bit(TcpFlag::kClosed));
  EXPECT_EQ(samples_.sum(TcpSide::kUnknown, &TcpSample::sent_bytes), 20u);
  EXPECT_EQ(samples_.sum(TcpSide::kUnknown, &TcpSample::received_bytes), 20u);
}

TEST_F(TcpSensorTest, knows_the_owner_of_what_an_older_listener_accepts) {
  TcpChild child([](const Steps& steps) {
    const int listener = listen_on("127.0.0.1");
    steps.pause(local_address_of(listener).port());
    const Pair pair = connect_over(listener);
    ::close(pair.client);
    ::close(pair.server);
    steps.pause();
  });
  open(on_port(child.step()));
  child.step();
  drain_until_closed(2);
  const auto servers = samples_.of(TcpSide::kServer);
  ASSERT_EQ(servers.size(), 1u);
  EXPECT_EQ(servers[0].flags, bit(TcpFlag::kAcceptable) | bit(TcpFlag::kClosed));
  EXPECT_EQ(servers[0].pid, child.pid());
  EXPECT_TRUE(child.finish());
}

TEST_F(TcpSensorTest, adds_up_over_sweeps_and_the_end) {
  TcpChild child([](const Steps& steps) {
    const int listener = listen_on("127.0.0.1");
    const Pair pair = connect_over(listener);
    for (int i = 0; i < 3; ++i) {
      move_bytes(pair, 1'000);
      steps.pause();
    }
    ::close(pair.client);
    ::close(pair.server);
  });
  watch(child);
  for (const std::uint64_t expected : {1'000u, 2'000u, 3'000u}) {
    child.step();
    sweep();
    sweep();
    EXPECT_EQ(samples_.sum(TcpSide::kClient, &TcpSample::sent_bytes), expected);
    EXPECT_EQ(samples_.sum(TcpSide::kServer, &TcpSample::received_bytes), expected);
  }
  ASSERT_TRUE(child.finish());
  drain_until_closed(3);
  EXPECT_EQ(samples_.sum(TcpSide::kServer, &TcpSample::received_bytes), 3'000u);
  for (const TcpFlag once : {TcpFlag::kAttempted, TcpFlag::kConnected, TcpFlag::kAcceptable}) {
    EXPECT_EQ(samples_.count(once), 1u) << bit(once);
  }
}

TEST_F(TcpSensorTest, sweeps_a_socket_once_that_two_processes_hold) {
  TcpChild child([](const Steps& steps) {
    const Pair pair = connect_over(listen_on("127.0.0.1"));
    std::array<int, 2> wait{};
    must(::pipe(wait.data()) == 0);
    const pid_t second = ::fork();
    if (second == 0) {
      char nothing = 0;
      ::close(wait[1]);
      ::_exit(::read(wait[0], &nothing, 1) == 0 ? 0 : 1);
    }
    steps.pause(local_address_of(pair.server).port());
    ::close(wait[1]);
    must(::waitpid(second, nullptr, 0) == second);
  });
  const std::uint32_t port = child.step();
  open(on_port(port));
  sweep();
  std::set<decode::SocketCookie> sockets;
  for (const TcpSample& sample : samples_.all()) sockets.insert(sample.cookie);
  EXPECT_EQ(samples_.all().size(), 3u);
  EXPECT_EQ(sockets.size(), 3u);
  EXPECT_TRUE(child.finish());
}

/// As daemons do: listen, go to the background, leave the first process.
TEST_F(TcpSensorTest, follows_a_listener_to_the_process_that_holds_it_now) {
  TcpChild child([](const Steps& steps) {
    std::array<int, 2> wait{};
    must(::pipe(wait.data()) == 0);
    const int listener = listen_on("127.0.0.1");
    steps.pause(local_address_of(listener).port());
    const pid_t daemon = ::fork();
    if (daemon == 0) {
      char nothing = 0;
      ::close(wait[1]);
      ::_exit(::read(wait[0], &nothing, 1) == 0 ? 0 : 1);
    }
    ::close(listener);
    steps.pause(static_cast<std::uint32_t>(daemon));
    ::close(wait[1]);
    must(::waitpid(daemon, nullptr, 0) == daemon);
  });
  const std::uint32_t port = child.step();
  open(on_port(port));
  const auto daemon = static_cast<pid_t>(child.step());
  for (const pid_t owner : {child.pid(), daemon, daemon}) {
    samples_.clear();
    sweep();
    ASSERT_EQ(samples_.all().size(), 1u);
    EXPECT_EQ(samples_.all()[0].pid, owner);
  }
  EXPECT_TRUE(child.finish());
}

TEST_F(TcpSensorTest, sweeps_more_sockets_than_the_kernels_buffer_holds) {
  constexpr std::size_t kPairs = 300;
  TcpChild child([](const Steps& steps) {
    const int listener = listen_on("127.0.0.1");
    for (std::size_t i = 0; i < kPairs; ++i) connect_over(listener);
    steps.pause();
  });
  watch(child);
  child.step();
  for (int round = 0; round < 3; ++round) {
    samples_.clear();
    sweep();
    std::set<decode::SocketCookie> sockets;
    for (const TcpSample& sample : samples_.all()) sockets.insert(sample.cookie);
    EXPECT_EQ(samples_.all().size(), 2 * kPairs + 1);
    EXPECT_EQ(sockets.size(), 2 * kPairs + 1);
    EXPECT_EQ(samples_.count(TcpFlag::kConnected), round == 0 ? kPairs : 0);
    EXPECT_EQ(samples_.count(TcpFlag::kAcceptable), round == 0 ? kPairs : 0);
  }
  EXPECT_TRUE(child.finish());
}

TEST_F(TcpSensorTest, sees_who_takes_no_more_bytes) {
  TcpChild child([](const Steps& steps) {
    const Pair pair = connect_over(listen_on("127.0.0.1"));
    must(::fcntl(pair.client, F_SETFL, O_NONBLOCK) == 0);
    const std::vector<char> data(1U << 20U, 'x');
    for (int quiet = 0; quiet < 20; ++quiet) {
      while (::send(pair.client, data.data(), data.size(), 0) > 0) quiet = 0;
      settle();
    }
    steps.pause();
  });
  watch(child);
  child.step();
  sweep();
  const TcpSample client = samples_.of(TcpSide::kClient).at(0);
  const TcpSample server = samples_.of(TcpSide::kServer).at(0);
  EXPECT_TRUE(client.peer_window_closed);
  EXPECT_FALSE(client.own_window_closed);
  EXPECT_GT(client.unacknowledged_bytes, 0u);
  EXPECT_TRUE(server.own_window_closed);
  EXPECT_FALSE(server.peer_window_closed);
  EXPECT_EQ(server.unread_bytes, server.received_bytes);
  EXPECT_TRUE(child.finish());
}

/// The sensor runs in this process, which listens on a port that is a target: what it accepts is its own affair.
TEST_F(TcpSensorTest, says_nothing_of_its_own_sockets) {
  for (const bool is_older : {true, false}) {
    const Address any = test::address_of("127.0.0.1", 0);
    const UniqueFd listener(test::socket_for(any));
    ASSERT_EQ(::bind(listener.get(), any.get(), any.size), 0);
    ASSERT_TRUE(!is_older || ::listen(listener.get(), 8) == 0);
    const Address address = local_address_of(listener.get());
    TcpChild child([address](const Steps& steps) {
      const int client = connect_to(address);
      must(client >= 0);
      steps.pause();
      ::close(client);
    });
    open(on_port(address.port()));
    ASSERT_TRUE(is_older || ::listen(listener.get(), 8) == 0);
    child.step();
    samples_.clear();
    sweep();
    EXPECT_EQ(samples_.all().size(), 1u);
    {
      const UniqueFd accepted(::accept(listener.get(), nullptr, nullptr));
      sweep();
    }
    ASSERT_TRUE(child.finish());
    drain_until_closed(1);
    for (const TcpSample& sample : samples_.all()) EXPECT_EQ(sample.side, TcpSide::kClient);
  }
}

/// A page holds 23 records. What found no room is counted, and told by a sweep if the socket is still there.
TEST_F(TcpSensorTest, makes_up_for_a_full_ring) {
  constexpr std::size_t kAttempts = 40;
  TcpChild child([](const Steps& steps) {
    const int listener = listen_on("127.0.0.1");
    const Address address = local_address_of(listener);
    ::close(listener);
    for (std::size_t i = 0; i < kAttempts; ++i) {
      const int socket = test::socket_for(address);
      must(::connect(socket, address.get(), address.size) != 0);
    }
    steps.pause(address.port());
  });
  open(on_pid(child.pid()), static_cast<std::uint32_t>(::sysconf(_SC_PAGESIZE)));
  const std::uint32_t port = child.step();
  drain();
  EXPECT_LT(samples_.count(TcpFlag::kFailed), kAttempts);
  EXPECT_EQ(loss("ring_full"), kAttempts - samples_.count(TcpFlag::kFailed));
  sweep();
  sweep();
  EXPECT_EQ(samples_.count(TcpFlag::kFailed), kAttempts);
  EXPECT_EQ(samples_.count(TcpFlag::kAttempted), kAttempts);
  for (const TcpSample& sample : samples_.of(TcpSide::kClient)) {
    EXPECT_EQ(sample.remote.port, port);
    EXPECT_EQ(sample.failure, decode::ConnectFailure::kRefused);
  }
  EXPECT_TRUE(child.finish());
}

TEST_F(TcpSensorTest, opens_with_every_kind_of_target_at_once_and_says_what_it_is) {
  TargetFilter targets = on_pid(::getpid());
  targets.ports = {1};
  targets.process_names = {"no-such-process"};
  targets.cgroup_paths = {"/sys/fs/cgroup/no-such-group"};
  const auto missing = TcpSensor::open({.targets = targets});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::kNotFound);
  EXPECT_EQ(TcpSensor::report_of(missing).state, SensorState::kOff);
  targets.cgroup_paths.clear();
  const auto opened = TcpSensor::open({.targets = targets});
  ASSERT_TRUE(opened) << opened.error().what;
  EXPECT_EQ(TcpSensor::report_of(opened).variant, "tp_btf");
  EXPECT_EQ((*opened)->hook_costs().size(), 8u);
  CaptureOptions odd;
  odd.event_ring_bytes = 5'000;
  EXPECT_EQ(TcpSensor::open(odd).error().code, Code::kBadInput);
}

}  // namespace
}  // namespace sonde::capture
