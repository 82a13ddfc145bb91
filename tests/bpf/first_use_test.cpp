#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <new>
#include <span>
#include <string>

#include "base/clock.h"
#include "bpf/first_use_map.h"
#include "bpf/loopback_child.h"
#include "capture/tcp_sensor.h"
#include "capture/traffic_sensor.h"
#include "decode/tcp_decoder.h"

namespace sonde::capture {
namespace {

using test::Connection;
using test::FirstUse;
using test::FirstUseMap;
using test::LoopbackChild;
using test::receive_exactly;
using test::send_all;

const std::string kRequest = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string kResponse = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
/// No protocol that Sonde knows.
const std::string kOpaque(40, '\x81');

std::uint64_t now_ns() { return static_cast<std::uint64_t>(SystemClock().kernel_now().time_since_epoch().count()); }

/// What the child's script found, in memory that it shares with the test.
struct Findings {
  std::uint64_t acceptable_ns = 0;
  std::uint64_t moved_ns = 0;  ///< just before the first byte was moved, by whichever side
  std::uint64_t after_ns = 0;
  FirstUse first;
  FirstUse last;  ///< when everything was over
  bool client_has_one = false;
  bool lost = false;  ///< there was no entry, or none could be made
};

class SharedFindings {
 public:
  SharedFindings() {
    void* memory = ::mmap(nullptr, sizeof(Findings), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED) findings_ = new (memory) Findings;
  }
  ~SharedFindings() { ::munmap(findings_, sizeof(Findings)); }
  SharedFindings(const SharedFindings&) = delete;
  SharedFindings& operator=(const SharedFindings&) = delete;
  [[nodiscard]] Findings* get() const { return findings_; }

 private:
  Findings* findings_ = nullptr;
};

struct Dialogue {
  const char* name;
  bool by_port;  ///< the target; else the process
  bool server_first;
  const std::string& opening;
  const std::string& answer;
};

/// Plays the dialogue three times on a connection that may be accepted from now on.
void play(const Dialogue& dialogue, const Connection& connection, const FirstUseMap& uses, Findings& found) {
  const int first = dialogue.server_first ? connection.server : connection.client;
  const int second = dialogue.server_first ? connection.client : connection.server;
  found.acceptable_ns = now_ns();
  found.lost = !uses.set(connection.server, {.acceptable_ns = found.acceptable_ns});
  ::usleep(2'000);  // So that the time before the first byte shows.
  for (int round = 0; round < 3; ++round) {
    if (round == 0) found.moved_ns = now_ns();
    send_all(first, dialogue.opening);
    receive_exactly(second, dialogue.opening.size());
    if (round == 0) found.after_ns = now_ns();
    if (round == 0) found.first = uses.get(connection.server).value_or(FirstUse{});
    send_all(second, dialogue.answer);
    receive_exactly(first, dialogue.answer.size());
  }
  found.last = uses.get(connection.server).value_or(FirstUse{});
  found.client_has_one = uses.get(connection.client).has_value();
}

class FirstUseTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "SKIPPED: loading BPF programs needs root";
    ASSERT_GE(uses_.fd(), 0);
    ASSERT_NE(shared_.get(), nullptr);
  }

  void measure(LoopbackChild& child, bool by_port) {
    CaptureOptions options;
    if (by_port) {
      options.targets.ports = {child.port()};
    } else {
      options.targets.pids = {child.pid()};
    }
    options.ring_bytes = 1U << 20U;
    options.first_use_map = uses_.fd();
    const auto sensor = TrafficSensor::open(options);
    ASSERT_TRUE(sensor) << sensor.error().what;
    ASSERT_TRUE(child.go());
    ASSERT_FALSE(shared_.get()->lost);
  }

  FirstUseMap uses_;
  SharedFindings shared_;
};

class EveryDialogue : public FirstUseTest, public testing::WithParamInterface<Dialogue> {};

TEST_P(EveryDialogue, tells_once_how_long_the_connection_waited_to_be_used) {
  LoopbackChild child([&](const Connection& connection) { play(GetParam(), connection, uses_, *shared_.get()); });
  measure(child, GetParam().by_port);
  const Findings& found = *shared_.get();
  ASSERT_EQ(found.first.done, 1u);
  EXPECT_EQ(found.first.acceptable_ns, found.acceptable_ns);
  if (GetParam().server_first) {
    EXPECT_GE(found.first.wait_ns, found.moved_ns - found.acceptable_ns) << "nothing kept it from speaking";
    EXPECT_LE(found.first.wait_ns, found.after_ns - found.acceptable_ns);
  } else {
    EXPECT_LE(found.first.wait_ns, found.after_ns - found.moved_ns + 1'000) << "arrivals are told in microseconds";
  }
  EXPECT_EQ(found.last.wait_ns, found.first.wait_ns);
  EXPECT_EQ(found.last.done, 1u);
  EXPECT_FALSE(found.client_has_one);
}

INSTANTIATE_TEST_SUITE_P(Connections, EveryDialogue,
                         testing::Values(Dialogue{"http_by_port", true, false, kRequest, kResponse},
                                         Dialogue{"http_by_process", false, false, kRequest, kResponse},
                                         Dialogue{"opaque_by_port", true, false, kOpaque, kOpaque},
                                         Dialogue{"opaque_by_process", false, false, kOpaque, kOpaque},
                                         Dialogue{"server_speaks_first_by_port", true, true, kOpaque, kOpaque},
                                         Dialogue{"server_speaks_first_by_process", false, true, kOpaque, kOpaque}),
                         [](const auto& row) { return row.param.name; });

TEST_F(FirstUseTest, says_nothing_of_a_connection_that_may_have_been_used_unseen) {
  LoopbackChild child(
      [this](const Connection& connection) {
        Findings& found = *shared_.get();
        found.lost = !uses_.set(connection.server, {.acceptable_ns = 1});
        send_all(connection.client, kRequest);
        receive_exactly(connection.server, kRequest.size());
        found.last = uses_.get(connection.server).value_or(FirstUse{});
      },
      true);
  measure(child, true);
  EXPECT_EQ(shared_.get()->last.acceptable_ns, 1u);
  EXPECT_EQ(shared_.get()->last.done, 0u);
}

TEST_F(FirstUseTest, takes_only_the_first_byte_for_the_first_use) {
  LoopbackChild child([this](const Connection& connection) {
    Findings& found = *shared_.get();
    send_all(connection.client, kRequest);
    receive_exactly(connection.server, kRequest.size());
    found.lost = !uses_.set(connection.server, {.acceptable_ns = now_ns()});
    send_all(connection.server, kResponse);
    receive_exactly(connection.client, kResponse.size());
    found.last = uses_.get(connection.server).value_or(FirstUse{});
  });
  measure(child, true);
  EXPECT_NE(shared_.get()->last.acceptable_ns, 0u);
  EXPECT_EQ(shared_.get()->last.done, 0u);
}

/// What the tcp sensor says of first uses.
class FirstUseRecords final : public RecordSink {
 public:
  void on_record(std::span<const std::byte> record) override {
    decode::TcpSample sample;
    if (decode::decode_tcp(record, sample) || !sample.has(decode::TcpFlag::kFirstUse)) return;
    ++count;
    wait = sample.accept_wait;
  }
  std::size_t count = 0;
  std::chrono::nanoseconds wait{0};
};

TEST_F(FirstUseTest, reaches_the_tcp_sensor) {
  LoopbackChild child([this](const Connection& connection) {
    Findings& found = *shared_.get();
    ::usleep(2'000);
    found.moved_ns = now_ns();
    send_all(connection.server, kOpaque);
    receive_exactly(connection.client, kOpaque.size());
  });
  CaptureOptions options;
  options.targets.ports = {child.port()};
  options.ring_bytes = 1U << 20U;
  const auto tcp = TcpSensor::open(options);
  ASSERT_TRUE(tcp) << tcp.error().what;
  options.first_use_map = (*tcp)->first_use_map();
  const auto traffic = TrafficSensor::open(options);
  ASSERT_TRUE(traffic) << traffic.error().what;
  const std::uint64_t before_ns = now_ns();
  ASSERT_TRUE(child.go());
  const std::chrono::nanoseconds elapsed(now_ns() - before_ns);
  FirstUseRecords records;
  ASSERT_TRUE((*tcp)->drain(records));
  EXPECT_EQ(records.count, 1u);
  EXPECT_GE(records.wait, std::chrono::milliseconds(2));
  EXPECT_LE(records.wait, elapsed);
}

TEST_F(FirstUseTest, refuses_a_descriptor_that_is_closed) {
  const int closed = ::dup(uses_.fd());
  ::close(closed);
  CaptureOptions options;
  options.targets.pids = {::getpid()};
  options.first_use_map = closed;
  const auto sensor = TrafficSensor::open(options);
  ASSERT_FALSE(sensor);
  EXPECT_NE(sensor.error().what.find("first uses"), std::string::npos) << sensor.error().what;
}

}  // namespace
}  // namespace sonde::capture
