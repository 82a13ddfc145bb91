#include "capture/traffic_sensor.h"

#include <gtest/gtest.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <variant>
#include <vector>

#include "bpf/loopback_child.h"
#include "bpf/temporary_cgroup.h"
#include "decode/record_decoder.h"

namespace sonde::capture {
namespace {

using namespace std::chrono_literals;
using decode::Direction;
using test::Connection;
using test::LoopbackChild;
using test::receive_exactly;
using test::send_all;

const std::string kRequest = "GET /things?secret=1 HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string kResponse = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

constexpr std::size_t kBodyBytes = 300'000;
const std::string kLongHead = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kBodyBytes) + "\r\n\r\n";

/// What one connection looked like from one of its ends.
struct Seen {
  decode::ConnectionOpened opened;
  std::map<Direction, std::string> copied;
  std::vector<std::uint32_t> sequences;
  std::vector<decode::Segment> segments;
  std::size_t records = 0;
  std::size_t hints = 0;
  std::optional<decode::ConnectionEnded> closed;
};

class Recorder final : public RecordSink {
 public:
  void on_record(std::span<const std::byte> record) override {
    decode::Event event;
    const auto rejected = decode::decode_record(record, event);
    ASSERT_FALSE(rejected) << decode::name_of(*rejected);
    std::visit([this](const auto& known) { take(known); }, event);
  }

  [[nodiscard]] std::size_t closed_count() const {
    return static_cast<std::size_t>(std::count_if(by_cookie_.begin(), by_cookie_.end(),
                                                  [](const auto& one) { return one.second.closed.has_value(); }));
  }

  /// The end whose own port is (server) or is not (client) `port`.
  [[nodiscard]] const Seen* end_of(std::uint16_t port, bool server) const {
    for (const auto& [cookie, seen] : by_cookie_) {
      if ((seen.opened.local.port == port) == server && seen.opened.pid != 0) return &seen;
    }
    return nullptr;
  }

  [[nodiscard]] std::size_t size() const { return by_cookie_.size(); }

 private:
  void take(const decode::ConnectionOpened& opened) { by_cookie_[opened.cookie].opened = opened; }
  void take(const decode::TrafficSeen& traffic) {
    Seen& seen = by_cookie_[traffic.cookie];
    if (traffic.sequence == 0) {
      ++seen.hints;
      return;
    }
    ++seen.records;
    seen.sequences.push_back(traffic.sequence);
    for (std::size_t i = 0; i < traffic.segment_count; ++i) {
      seen.copied[traffic.segments[i].direction] += traffic.segments[i].bytes;
      seen.segments.push_back(traffic.segments[i]);
      seen.segments.back().bytes = {};
    }
  }
  void take(const decode::ConnectionEnded& ended) {
    by_cookie_[ended.cookie].sequences.push_back(ended.sequence);
    if (ended.closed) by_cookie_[ended.cookie].closed = ended;
  }

  std::map<decode::SocketCookie, Seen> by_cookie_;
};

class TrafficSensorTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "SKIPPED: loading BPF programs needs root";
  }

  /// Measures what the child does, until `ends` sockets are closed.
  void measure(LoopbackChild& child, CaptureOptions options, std::size_t ends = 2) {
    auto sensor = TrafficSensor::open(options);
    ASSERT_TRUE(sensor) << sensor.error().what;
    sensor_ = std::move(*sensor);
    ASSERT_TRUE(child.go());
    for (int round = 0; round < 500 && recorder_.closed_count() < ends; ++round) {
      ASSERT_TRUE(sensor_->poll(10ms, recorder_));
    }
    EXPECT_EQ(recorder_.closed_count(), ends);
  }

  static CaptureOptions on_port(const LoopbackChild& child) {
    CaptureOptions options;
    options.targets.ports = {child.port()};
    options.ring_bytes = 1U << 20U;
    return options;
  }

  std::uint64_t loss(const std::string& reason) const {
    for (const Loss& loss : sensor_->losses()) {
      if (loss.reason == reason) return loss.count;
    }
    return ~0ULL;
  }

  Recorder recorder_;
  std::unique_ptr<TrafficSensor> sensor_;
};

struct Transfer {
  const char* name;
  void (*send)(int fd, const std::string& text);
  std::string (*receive)(int fd, std::size_t bytes);
};

void require(bool worked) {
  if (!worked) ::_exit(4);
}

void send_by_write(int fd, const std::string& text) {
  require(::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}
std::string receive_by_read(int fd, std::size_t bytes) {
  std::string text(bytes, '\0');
  require(::read(fd, text.data(), bytes) == static_cast<ssize_t>(bytes));
  return text;
}

/// An empty piece first, then a short one, then the rest: heads are split over pieces in real life.
std::array<iovec, 3> cut(char* data, std::size_t bytes) {
  return {iovec{data, 0}, iovec{data, 9}, iovec{data + 9, bytes - 9}};
}

void send_by_writev(int fd, const std::string& text) {
  auto pieces = cut(const_cast<char*>(text.data()), text.size());
  require(::writev(fd, pieces.data(), 3) == static_cast<ssize_t>(text.size()));
}
std::string receive_by_readv(int fd, std::size_t bytes) {
  std::string text(bytes, '\0');
  auto pieces = cut(text.data(), bytes);
  require(::readv(fd, pieces.data(), 3) == static_cast<ssize_t>(bytes));
  return text;
}
void send_by_sendmsg(int fd, const std::string& text) {
  auto pieces = cut(const_cast<char*>(text.data()), text.size());
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  require(::sendmsg(fd, &message, 0) == static_cast<ssize_t>(text.size()));
}
std::string receive_by_recvmsg(int fd, std::size_t bytes) {
  std::string text(bytes, '\0');
  auto pieces = cut(text.data(), bytes);
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  require(::recvmsg(fd, &message, 0) == static_cast<ssize_t>(bytes));
  return text;
}

class EveryTransfer : public TrafficSensorTest, public testing::WithParamInterface<Transfer> {};

TEST_P(EveryTransfer, is_seen_at_both_ends_with_its_bytes) {
  LoopbackChild child([](const Connection& connection) {
    GetParam().send(connection.client, kRequest);
    GetParam().receive(connection.server, kRequest.size());
    GetParam().send(connection.server, kResponse);
    GetParam().receive(connection.client, kResponse.size());
  });
  const pid_t pid = child.pid();
  measure(child, on_port(child));
  for (const bool server : {true, false}) {
    const Seen* seen = recorder_.end_of(child.port(), server);
    ASSERT_NE(seen, nullptr);
    EXPECT_EQ(seen->opened.pid, pid);
    EXPECT_EQ(seen->records, 1u) << "a short exchange travels in one record";
    EXPECT_EQ(seen->copied.at(server ? Direction::kInbound : Direction::kOutbound), kRequest);
    EXPECT_EQ(seen->copied.at(server ? Direction::kOutbound : Direction::kInbound), kResponse);
    EXPECT_EQ(seen->closed->final_progress[server ? 0 : 1].offset_bytes, kRequest.size());
    EXPECT_EQ(seen->closed->final_progress[server ? 1 : 0].offset_bytes, kResponse.size());
  }
  for (const Loss& loss : sensor_->losses()) EXPECT_EQ(loss.count, 0u) << loss.reason;
}

INSTANTIATE_TEST_SUITE_P(Calls, EveryTransfer,
                         testing::Values(Transfer{"write_read", send_by_write, receive_by_read},
                                         Transfer{"sendto_recvfrom", send_all, receive_exactly},
                                         Transfer{"writev_readv", send_by_writev, receive_by_readv},
                                         Transfer{"sendmsg_recvmsg", send_by_sendmsg, receive_by_recvmsg}),
                         [](const auto& row) { return row.param.name; });

TEST_F(TrafficSensorTest, counts_neither_peeked_bytes_nor_short_writes_twice) {
  LoopbackChild child([](const Connection& connection) {
    send_all(connection.client, kRequest);
    std::array<char, 16> peeked{};
    for (int i = 0; i < 3; ++i) require(::recv(connection.server, peeked.data(), peeked.size(), MSG_PEEK) == 16);
    receive_exactly(connection.server, kRequest.size());
    std::array<char, 4> nothing{};
    require(::recv(connection.server, nothing.data(), nothing.size(), MSG_DONTWAIT) == -1);
    send_all(connection.server, kResponse);
    receive_exactly(connection.client, kResponse.size());
  });
  measure(child, on_port(child));
  const Seen* server = recorder_.end_of(child.port(), true);
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(server->closed->final_progress[0].offset_bytes, kRequest.size());
  EXPECT_EQ(server->copied.at(Direction::kInbound), kRequest);
}

TEST_F(TrafficSensorTest, copies_the_head_of_a_long_response_and_only_counts_its_body) {
  LoopbackChild child([](const Connection& connection) {
    send_all(connection.client, kRequest);
    receive_exactly(connection.server, kRequest.size());
    send_all(connection.server, kLongHead);
    std::FILE* file = std::tmpfile();
    require(::ftruncate(::fileno(file), kBodyBytes) == 0);
    off_t at = 0;
    std::string body(kBodyBytes, '\0');
    std::size_t received = 0;
    receive_exactly(connection.client, kLongHead.size());
    while (at < static_cast<off_t>(kBodyBytes)) {
      require(::sendfile(connection.server, ::fileno(file), &at, 50'000) > 0);
      while (received < static_cast<std::size_t>(at))
        received += receive_exactly(connection.client, static_cast<std::size_t>(at) - received).size();
    }
  });
  measure(child, on_port(child));
  const Seen* server = recorder_.end_of(child.port(), true);
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(server->records, 1u);
  EXPECT_EQ(server->closed->final_progress[1].offset_bytes, kLongHead.size() + kBodyBytes);
  EXPECT_EQ(server->closed->acknowledged_bytes, kLongHead.size() + kBodyBytes + 1) << "the FIN counts as one";
  EXPECT_EQ(loss("unsupported_syscall"), 0u) << "sendfile has no buffer to read";
}

TEST_F(TrafficSensorTest, tells_how_long_a_request_waited_to_be_read) {
  LoopbackChild child([](const Connection& connection) {
    send_all(connection.client, kRequest);
    ::usleep(50'000);
    receive_exactly(connection.server, kRequest.size());
    send_all(connection.server, kResponse);
    receive_exactly(connection.client, kResponse.size());
  });
  measure(child, on_port(child));
  const Seen* server = recorder_.end_of(child.port(), true);
  ASSERT_NE(server, nullptr);
  ASSERT_GE(server->segments.size(), 1u);
  EXPECT_GE(server->segments[0].last_at - server->segments[0].first_at, 50ms);
}

class TargetFilterTest : public TrafficSensorTest {
 protected:
  static void exchange(const Connection& connection) {
    send_all(connection.client, kRequest);
    receive_exactly(connection.server, kRequest.size());
    send_all(connection.server, kResponse);
    receive_exactly(connection.client, kResponse.size());
  }

  /// Both children talk; only the target's two sockets may be seen.
  void expect_only_the_target(const TargetFilter& targets) {
    auto sensor = TrafficSensor::open({.targets = targets, .ring_bytes = 1U << 20U});
    ASSERT_TRUE(sensor) << sensor.error().what;
    sensor_ = std::move(*sensor);
    ASSERT_TRUE(other_.go());
    ASSERT_TRUE(target_.go());
    for (int round = 0; round < 500 && recorder_.closed_count() < 2; ++round) {
      ASSERT_TRUE(sensor_->poll(10ms, recorder_));
    }
    EXPECT_EQ(recorder_.size(), 2u);
    EXPECT_NE(recorder_.end_of(target_.port(), true), nullptr);
    EXPECT_EQ(recorder_.end_of(other_.port(), true), nullptr);
  }

  LoopbackChild target_{&exchange};
  LoopbackChild other_{&exchange};
};

TEST_F(TargetFilterTest, looks_at_a_process_only) {
  expect_only_the_target({.ports = {}, .pids = {target_.pid()}, .cgroup_paths = {}, .process_names = {}});
}

TEST_F(TargetFilterTest, looks_at_a_cgroup_only) {
  const test::TemporaryCgroup cgroup;
  if (cgroup.path().empty()) GTEST_SKIP() << "SKIPPED: no cgroup v2 hierarchy to make a cgroup in";
  ASSERT_TRUE(cgroup.take_in(target_.pid()));
  expect_only_the_target({.ports = {}, .pids = {}, .cgroup_paths = {cgroup.path()}, .process_names = {}});
}

TEST_F(TrafficSensorTest, follows_a_connection_that_is_older_than_itself) {
  LoopbackChild child(
      [](const Connection& connection) {
        for (int i = 0; i < 3; ++i) {
          send_all(connection.client, kRequest);
          receive_exactly(connection.server, kRequest.size());
          send_all(connection.server, kResponse);
          receive_exactly(connection.client, kResponse.size());
        }
      },
      true);
  measure(child, on_port(child));
  const Seen* server = recorder_.end_of(child.port(), true);
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(server->records, 3u);
  EXPECT_EQ(server->sequences, (std::vector<std::uint32_t>{1, 2, 3, 4, 5}));
}

TEST_F(TrafficSensorTest, answers_a_sweep_with_the_progress_of_what_was_not_copied) {
  static std::array<int, 2> finish{};
  ASSERT_EQ(::pipe(finish.data()), 0);
  static std::array<int, 2> sent{};
  ASSERT_EQ(::pipe(sent.data()), 0);
  LoopbackChild child([](const Connection& connection) {
    send_all(connection.client, kRequest);
    receive_exactly(connection.server, kRequest.size());
    send_all(connection.server, kLongHead);
    send_all(connection.server, std::string(kBodyBytes, 'x'));
    receive_exactly(connection.client, kLongHead.size() + kBodyBytes);
    require(::write(sent[1], "s", 1) == 1);
    char byte = 0;
    require(::read(finish[0], &byte, 1) == 1);
  });
  auto sensor = TrafficSensor::open(on_port(child));
  ASSERT_TRUE(sensor) << sensor.error().what;
  std::size_t hints = 0;
  std::jthread runner([&] { child.go(); });
  char byte = 0;
  ASSERT_EQ(::read(sent[0], &byte, 1), 1);
  for (int round = 0; round < 500 && hints == 0; ++round) {
    ASSERT_TRUE((*sensor)->sweep());
    ASSERT_TRUE((*sensor)->poll(10ms, recorder_));
    const Seen* server = recorder_.end_of(child.port(), true);
    if (server != nullptr) hints = server->hints;
  }
  EXPECT_EQ(hints, 1u);
  ASSERT_EQ(::write(finish[1], "f", 1), 1);
}

TEST_F(TrafficSensorTest, refuses_a_cgroup_that_is_not_there_and_says_what_to_give) {
  CaptureOptions options;
  options.targets.cgroup_paths = {"/sys/fs/cgroup/no-such-group"};
  const auto sensor = TrafficSensor::open(options);
  ASSERT_FALSE(sensor);
  EXPECT_EQ(sensor.error().code, Code::kNotFound);
  EXPECT_NE(sensor.error().what.find("/sys/fs/cgroup/no-such-group"), std::string::npos);
}

}  // namespace
}  // namespace sonde::capture
