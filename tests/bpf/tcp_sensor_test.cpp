// What the tcp sensor says of connections that come about: once each, with the right owner and exact bytes.
#include "capture/tcp_sensor.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <fstream>
#include <map>
#include <set>

#include "bpf/tcp_sensor_fixture.h"
#include "bpf/temporary_cgroup.h"

namespace sonde::capture {
namespace {

using namespace std::chrono_literals;
using decode::TcpFlag;
using decode::TcpSample;
using decode::TcpSide;
using test::address_of;
using test::connect_to;
using test::listen_on;
using test::local_address_of;
using test::must;
using test::receive_bytes;
using test::send_bytes;
using test::Steps;
using test::TcpChild;
using test::TcpSensorTest;

constexpr std::uint32_t bit(TcpFlag flag) { return static_cast<std::uint32_t>(flag); }
constexpr std::uint8_t kClose = 7;  ///< TCP_CLOSE

constexpr std::size_t kRequestBytes = 1'000;
constexpr std::size_t kResponseBytes = 300'000;

/// A connection that carries a request and a response, over any address of this host.
void exchange_over(const std::string& address) {
  const int listener = listen_on(address);
  const int client = connect_to(local_address_of(listener));
  const int server = ::accept(listener, nullptr, nullptr);
  must(client >= 0 && server >= 0);
  send_bytes(client, kRequestBytes);
  receive_bytes(server, kRequestBytes);
  const pid_t sender = ::fork();
  if (sender == 0) {
    send_bytes(server, kResponseBytes);
    ::_exit(0);
  }
  receive_bytes(client, kResponseBytes);
  must(::waitpid(sender, nullptr, 0) == sender);
  ::close(client);
  ::close(server);
  ::close(listener);
}

class OneConnection : public TcpSensorTest, public testing::WithParamInterface<const char*> {};

TEST_P(OneConnection, is_told_of_once_at_each_end) {
  TcpChild child([](const Steps&) { exchange_over(GetParam()); });
  watch(child);
  const pid_t pid = child.pid();
  ASSERT_TRUE(child.finish());
  drain_until_closed(3);
  ASSERT_EQ(samples_.all().size(), 3u);
  const TcpSample client = samples_.of(TcpSide::kClient).at(0);
  const TcpSample server = samples_.of(TcpSide::kServer).at(0);
  EXPECT_EQ(client.flags, bit(TcpFlag::kAttempted) | bit(TcpFlag::kConnected) | bit(TcpFlag::kClosed));
  EXPECT_EQ(server.flags, bit(TcpFlag::kAcceptable) | bit(TcpFlag::kClosed));
  EXPECT_GT(client.connect_time, 0ns);
  EXPECT_LT(client.connect_time, 1s);
  EXPECT_GT(client.rtt, 0us);
  EXPECT_EQ(client.sent_bytes, kRequestBytes);
  EXPECT_EQ(client.received_bytes, kResponseBytes);
  EXPECT_EQ(server.received_bytes, kRequestBytes);
  EXPECT_EQ(server.sent_bytes, kResponseBytes);
  for (const TcpSample& end : {client, server}) {
    EXPECT_EQ(end.pid, pid);
    EXPECT_EQ(end.process_name, "tcp_sensor_test");
    EXPECT_NE(end.cgroup_id, 0u);
    EXPECT_EQ(end.state, kClose);
    EXPECT_EQ(end.error, 0);
    EXPECT_GE(end.sent_segments, 3u);
    EXPECT_GE(end.received_segments, 2u);
    EXPECT_EQ(end.local.address, end.remote.address);
    EXPECT_EQ(end.local.address[15], 1);
  }
  EXPECT_EQ(client.local.port, server.remote.port);
  EXPECT_EQ(client.remote.port, server.local.port);
}

INSTANTIATE_TEST_SUITE_P(Families, OneConnection, testing::Values("127.0.0.1", "::1"),
                         [](const auto& row) { return std::string(row.param) == "::1" ? "ipv6" : "ipv4"; });

TEST_F(TcpSensorTest, tells_that_a_listener_is_gone_and_whose_it_was) {
  TcpChild child([](const Steps& steps) {
    const int listener = listen_on("127.0.0.1");
    steps.pause(local_address_of(listener).port());
    ::close(listener);
  });
  watch(child);
  const std::uint32_t port = child.step();
  const pid_t pid = child.pid();
  ASSERT_TRUE(child.finish());
  drain_until_closed(1);
  ASSERT_EQ(samples_.all().size(), 1u);
  const TcpSample& listener = samples_.all()[0];
  EXPECT_EQ(listener.side, TcpSide::kListener);
  EXPECT_EQ(listener.flags, bit(TcpFlag::kClosed));
  EXPECT_EQ(listener.local.port, port);
  EXPECT_EQ(listener.pid, pid);
}

TEST_F(TcpSensorTest, takes_a_listen_that_failed_for_no_listener) {
  TcpChild child([](const Steps& steps) {
    const int yes = 1;
    const test::Address address = address_of("127.0.0.1", 0);
    std::array<int, 2> sockets{test::socket_for(address), test::socket_for(address)};
    for (const int socket : sockets) {
      must(::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0);
    }
    must(::bind(sockets[0], address.get(), address.size) == 0);
    const test::Address same = local_address_of(sockets[0]);
    must(::bind(sockets[1], same.get(), same.size) == 0);
    must(::listen(sockets[0], 8) == 0 && ::listen(sockets[1], 8) != 0);
    steps.pause();
  });
  watch(child);
  child.step();
  drain();
  EXPECT_EQ(samples_.all().size(), 0u);
  EXPECT_TRUE(child.finish());
}

TEST_F(TcpSensorTest, tells_of_a_connection_that_nobody_accepted_with_its_listeners_owner) {
  TcpChild child([](const Steps& steps) {
    const int listener = listen_on("127.0.0.1");
    steps.pause();
    must(connect_to(local_address_of(listener)) >= 0);
    steps.pause();
    ::close(listener);
  });
  watch(child);
  child.step();
  child.step();
  const pid_t pid = child.pid();
  ASSERT_TRUE(child.finish());
  drain_until_closed(3);
  const auto servers = samples_.of(TcpSide::kServer);
  ASSERT_GE(servers.size(), 1u);
  EXPECT_TRUE(servers[0].has(TcpFlag::kAcceptable));
  EXPECT_EQ(servers[0].pid, pid);
}

/// Thousands of connections, one after the other, each with a few bytes.
void run_many(std::uint32_t connections) {
  const int listener = listen_on("127.0.0.1");
  const test::Address address = local_address_of(listener);
  for (std::uint32_t i = 0; i < connections; ++i) {
    const int client = connect_to(address);
    const int server = ::accept(listener, nullptr, nullptr);
    must(client >= 0 && server >= 0);
    send_bytes(client, 10);
    receive_bytes(server, 10);
    ::close(i % 2 == 0 ? client : server);
    ::close(i % 2 == 0 ? server : client);
  }
}

TEST_F(TcpSensorTest, counts_each_of_thousands_of_connections_once_while_it_sweeps) {
  constexpr std::uint32_t kConnections = 3'000;
  TcpChild child([](const Steps& steps) {
    must(test::enter_network_namespace());
    run_many(kConnections);
    steps.pause();
  });
  watch(child);
  std::jthread runner([&] { child.step(); });
  for (int round = 0; round < 20'000 && samples_.count(TcpFlag::kClosed) < 2 * kConnections; ++round) {
    sweep();
    drain();
  }
  for (const TcpFlag once : {TcpFlag::kAttempted, TcpFlag::kConnected, TcpFlag::kAcceptable}) {
    EXPECT_EQ(samples_.count(once), kConnections) << bit(once);
  }
  std::map<decode::SocketCookie, int> ends;
  for (const TcpSample& sample : samples_.all()) ends[sample.cookie] += sample.has(TcpFlag::kClosed) ? 1 : 0;
  std::size_t once = 0;
  for (const auto& [cookie, count] : ends) once += count == 1 ? 1 : 0;
  EXPECT_EQ(once, 2 * kConnections);
  EXPECT_EQ(samples_.count(TcpFlag::kFailed), 0u);
  EXPECT_EQ(samples_.sum(TcpSide::kClient, &TcpSample::sent_bytes), 10u * kConnections);
  EXPECT_EQ(samples_.sum(TcpSide::kServer, &TcpSample::received_bytes), 10u * kConnections);
  EXPECT_EQ(samples_.sum(TcpSide::kClient, &TcpSample::received_bytes), 0u) << "a FIN is no byte";
  EXPECT_EQ(loss("ring_full") + loss("state_memory"), 0u);
  runner.join();
  EXPECT_TRUE(child.finish());
}

TEST_F(TcpSensorTest, takes_a_socket_connected_to_itself_for_one_connect) {
  TcpChild child([](const Steps&) {
    const test::Address any = address_of("127.0.0.1", 0);
    const int self = test::socket_for(any);
    must(::bind(self, any.get(), any.size) == 0);
    const test::Address own = local_address_of(self);
    must(::connect(self, own.get(), own.size) == 0);
    send_bytes(self, 10);
    receive_bytes(self, 10);
    ::close(self);
  });
  watch(child);
  ASSERT_TRUE(child.finish());
  drain_until_closed(1);
  ASSERT_EQ(samples_.all().size(), 1u);
  const TcpSample& self = samples_.all()[0];
  EXPECT_EQ(self.flags, bit(TcpFlag::kAttempted) | bit(TcpFlag::kConnected) | bit(TcpFlag::kClosed));
  EXPECT_EQ(self.sent_bytes, 10u);
}

/// Two connections: the first brings the cookie, the second sends its bytes with the SYN.
void open_fast() {
  must(test::enter_network_namespace());
  std::ofstream("/proc/sys/net/ipv4/tcp_fastopen") << "3";
  const int listener = listen_on("127.0.0.1");
  const int queue = 8;
  must(::setsockopt(listener, IPPROTO_TCP, TCP_FASTOPEN, &queue, sizeof(queue)) == 0);
  const test::Address address = local_address_of(listener);
  for (int i = 0; i < 2; ++i) {
    const int client = test::socket_for(address);
    must(::sendto(client, "0123456789", 10, MSG_FASTOPEN, address.get(), address.size) == 10);
    const int server = ::accept(listener, nullptr, nullptr);
    receive_bytes(server, 10);
    ::close(client);
    ::close(server);
  }
}

TEST_F(TcpSensorTest, counts_connections_opened_fast) {
  TcpChild child([](const Steps&) { open_fast(); });
  watch(child);
  ASSERT_TRUE(child.finish());
  drain_until_closed(5);
  EXPECT_EQ(samples_.count(TcpFlag::kAttempted), 2u);
  EXPECT_EQ(samples_.count(TcpFlag::kConnected), 2u);
  EXPECT_EQ(samples_.count(TcpFlag::kAcceptable), 2u);
  EXPECT_EQ(samples_.sum(TcpSide::kClient, &TcpSample::sent_bytes), 20u);
  EXPECT_EQ(samples_.sum(TcpSide::kServer, &TcpSample::received_bytes), 20u);
}

class TcpTargets : public TcpSensorTest {
 protected:
  static void exchange(const Steps&) { exchange_over("127.0.0.1"); }

  /// Both children talk; only the target's three sockets may be told of.
  void expect_only_the_target(const TargetFilter& targets) {
    open(targets);
    const pid_t pid = target_.pid();
    ASSERT_TRUE(other_.finish());
    ASSERT_TRUE(target_.finish());
    drain_until_closed(3);
    sweep();
    EXPECT_EQ(samples_.all().size(), 3u);
    for (const TcpSample& sample : samples_.all()) EXPECT_EQ(sample.pid, pid);
  }

  static void exchange_by_name(const Steps& steps) {
    must(::prctl(PR_SET_NAME, "sonde-target") == 0);
    exchange(steps);
  }

  TcpChild target_{&exchange_by_name};
  TcpChild other_{&exchange};
};

TEST_F(TcpTargets, can_be_a_process) { expect_only_the_target(on_pid(target_.pid())); }

TEST_F(TcpTargets, can_be_a_cgroup) {
  const test::TemporaryCgroup cgroup;
  if (cgroup.path().empty()) GTEST_SKIP() << "SKIPPED: no cgroup v2 hierarchy to make a cgroup in";
  ASSERT_TRUE(cgroup.take_in(target_.pid()));
  expect_only_the_target({.ports = {}, .pids = {}, .cgroup_paths = {cgroup.path()}, .process_names = {}});
}

TEST_F(TcpTargets, can_be_a_cgroup_above_the_process) {
  const test::TemporaryCgroup cgroup;
  if (cgroup.path().empty()) GTEST_SKIP() << "SKIPPED: no cgroup v2 hierarchy to make a cgroup in";
  const std::string below = cgroup.path() + "/below";
  ASSERT_EQ(::mkdir(below.c_str(), 0755), 0);
  std::ofstream(below + "/cgroup.procs") << target_.pid();
  expect_only_the_target({.ports = {}, .pids = {}, .cgroup_paths = {cgroup.path()}, .process_names = {}});
  EXPECT_EQ(::rmdir(below.c_str()), 0);
}

TEST_F(TcpTargets, can_be_a_process_name) {
  const std::string name = "sonde-target";
  expect_only_the_target({.ports = {}, .pids = {}, .cgroup_paths = {}, .process_names = {name}});
  for (const TcpSample& sample : samples_.all()) EXPECT_EQ(sample.process_name, name);
}

TEST_F(TcpSensorTest, tells_the_first_use_of_a_connection_once_with_what_the_traffic_sensor_noted) {
  TcpChild child([](const Steps& steps) {
    const int listener = listen_on("127.0.0.1");
    const int client = connect_to(local_address_of(listener));
    const int server = ::accept(listener, nullptr, nullptr);
    steps.pause(static_cast<std::uint32_t>(server));
    ::close(server);
    ::close(client);
  });
  watch(child);
  const std::uint32_t server = child.step();
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, child.pid(), 0)));
  const UniqueFd socket(static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), server, 0)));
  ASSERT_TRUE(socket);
  struct {
    std::uint64_t acceptable_ns = 0, wait_ns = 0;
    std::uint32_t done = 0, pad = 0;
  } use;
  const int key = socket.get();
  ASSERT_EQ(bpf_map_lookup_elem(sensor_->first_use_map(), &key, &use), 0);
  EXPECT_NE(use.acceptable_ns, 0u);
  sweep();
  EXPECT_EQ(samples_.count(TcpFlag::kFirstUse), 0u);
  use.wait_ns = 1'234;
  use.done = 1;
  ASSERT_EQ(bpf_map_update_elem(sensor_->first_use_map(), &key, &use, BPF_ANY), 0);
  sweep();
  sweep();
  ASSERT_EQ(samples_.count(TcpFlag::kFirstUse), 1u);
  for (const TcpSample& sample : samples_.all()) {
    EXPECT_EQ(sample.accept_wait, sample.has(TcpFlag::kFirstUse) ? 1'234ns : 0ns);
  }
  EXPECT_TRUE(child.finish());
}

}  // namespace
}  // namespace sonde::capture
