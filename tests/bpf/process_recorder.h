#pragma once

#include <gtest/gtest.h>

#include <unistd.h>
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "capture/process_sensor.h"
#include "decode/process_decoder.h"

namespace sonde::test {

/// Everything a process sensor has said, in order.
class ProcessRecorder final : public capture::RecordSink {
 public:
  void on_record(std::span<const std::byte> record) override {
    decode::ProcessEvent event;
    const auto rejected = decode::decode_process(record, event);
    ASSERT_FALSE(rejected) << "reject " << static_cast<int>(*rejected);
    events_.push_back(std::move(event));
  }

  template <class Event>
  [[nodiscard]] std::vector<Event> all() const {
    std::vector<Event> found;
    for (const decode::ProcessEvent& event : events_) {
      if (const auto* one = std::get_if<Event>(&event)) found.push_back(*one);
    }
    return found;
  }

  [[nodiscard]] std::size_t size() const { return events_.size(); }
  void clear() { events_.clear(); }

 private:
  std::vector<decode::ProcessEvent> events_;
};

class ProcessSensorFixture : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "SKIPPED: loading BPF programs needs root";
  }

  void open(const capture::TargetFilter& targets, std::uint32_t ring_bytes = 1U << 20U) {
    auto sensor = capture::ProcessSensor::open({.targets = targets, .event_ring_bytes = ring_bytes});
    ASSERT_TRUE(sensor) << sensor.error().what;
    sensor_ = std::move(*sensor);
  }
  void open_for(pid_t pid) {
    capture::TargetFilter targets;
    targets.pids = {pid};
    open(targets);
  }

  void drain() { ASSERT_TRUE(sensor_->drain(recorder_)); }

  /// The records of one sweep only.
  void sweep() {
    recorder_.clear();
    const auto swept = sensor_->sweep(recorder_);
    ASSERT_TRUE(swept) << swept.error().what;
    EXPECT_EQ(*swept, recorder_.size());
  }

  /// The only process of the last sweep.
  [[nodiscard]] decode::ProcessFacts only_sample() const {
    const auto samples = recorder_.all<decode::ProcessSampled>();
    EXPECT_EQ(samples.size(), 1u);
    return samples.empty() ? decode::ProcessFacts{} : samples.front().process;
  }

  /// The only end there was.
  [[nodiscard]] decode::ProcessExited only_exit() const {
    const auto exits = recorder_.all<decode::ProcessExited>();
    EXPECT_EQ(exits.size(), 1u);
    return exits.empty() ? decode::ProcessExited{} : exits.front();
  }

  [[nodiscard]] std::uint64_t loss(const std::string& reason) const {
    for (const capture::Loss& loss : sensor_->losses()) {
      if (loss.reason == reason) return loss.count;
    }
    return ~0ULL;
  }

  ProcessRecorder recorder_;
  std::unique_ptr<capture::ProcessSensor> sensor_;
};

}  // namespace sonde::test
