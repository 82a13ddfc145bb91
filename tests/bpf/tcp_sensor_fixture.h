#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "bpf/tcp_child.h"
#include "capture/tcp_sensor.h"
#include "decode/record_decoder.h"
#include "decode/tcp_decoder.h"

namespace sonde::test {

/// Everything a tcp sensor said, in order.
class TcpSamples final : public capture::RecordSink {
 public:
  void on_record(std::span<const std::byte> record) override {
    decode::TcpSample sample;
    const auto rejected = decode::decode_tcp(record, sample);
    ASSERT_FALSE(rejected) << decode::name_of(*rejected);
    all_.push_back(sample);
  }

  [[nodiscard]] const std::vector<decode::TcpSample>& all() const { return all_; }
  void clear() { all_.clear(); }

  [[nodiscard]] std::vector<decode::TcpSample> of(decode::TcpSide side) const {
    std::vector<decode::TcpSample> found;
    for (const auto& sample : all_) {
      if (sample.side == side) found.push_back(sample);
    }
    return found;
  }

  [[nodiscard]] std::size_t count(decode::TcpFlag flag) const {
    std::size_t found = 0;
    for (const auto& sample : all_) found += sample.has(flag) ? 1 : 0;
    return found;
  }

  [[nodiscard]] std::size_t count(decode::TcpSide side, decode::TcpFlag flag) const {
    std::size_t found = 0;
    for (const auto& sample : of(side)) found += sample.has(flag) ? 1 : 0;
    return found;
  }

  [[nodiscard]] std::uint64_t sum(decode::TcpSide side, std::uint64_t decode::TcpSample::*bytes) const {
    std::uint64_t total = 0;
    for (const auto& sample : of(side)) total += sample.*bytes;
    return total;
  }

 private:
  std::vector<decode::TcpSample> all_;
};

class TcpSensorTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "SKIPPED: loading BPF programs needs root";
  }

  void open(const capture::TargetFilter& targets, std::uint32_t ring_bytes = 1U << 20U) {
    capture::CaptureOptions options;
    options.targets = targets;
    options.event_ring_bytes = ring_bytes;
    auto opened = capture::TcpSensor::open(options);
    ASSERT_TRUE(opened) << opened.error().what;
    sensor_ = std::move(*opened);
  }

  void watch(const TcpChild& child) { open(on_pid(child.pid())); }

  static capture::TargetFilter on_pid(pid_t pid) {
    return {.ports = {}, .pids = {pid}, .cgroup_paths = {}, .process_names = {}};
  }
  static capture::TargetFilter on_port(std::uint32_t port) {
    return {.ports = {static_cast<std::uint16_t>(port)}, .pids = {}, .cgroup_paths = {}, .process_names = {}};
  }

  void drain() { ASSERT_TRUE(sensor_->drain(samples_)); }
  void sweep() { ASSERT_TRUE(sensor_->sweep(samples_)); }

  /// The kernel ends connections in its own time: reads what was said until `enough`, for five seconds at most.
  void drain_until(const std::function<bool()>& enough) {
    using namespace std::chrono_literals;
    for (int round = 0; round < 1'000; ++round) {
      drain();
      if (enough()) return;
      std::this_thread::sleep_for(5ms);
    }
    ADD_FAILURE() << "what was waited for did not come in " << samples_.all().size() << " records";
  }

  void drain_until_closed(std::size_t sockets) {
    drain_until([&] { return samples_.count(decode::TcpFlag::kClosed) >= sockets; });
  }

  [[nodiscard]] std::uint64_t loss(const std::string& reason) const {
    for (const capture::Loss& loss : sensor_->losses()) {
      if (loss.reason == reason) return loss.count;
    }
    return ~0ULL;
  }

  TcpSamples samples_;
  std::unique_ptr<capture::TcpSensor> sensor_;
};

}  // namespace sonde::test
