#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "host/service_resources.h"
#include "unit/host/written.h"

namespace sonde::host {

inline constexpr std::uint64_t kSecond = 1'000'000'000;
inline constexpr std::uint64_t kHour = 3'600 * kSecond;
inline constexpr std::uint64_t kWatchBegan = 1'000 * kSecond;
inline constexpr std::uint64_t kNow = 2'000 * kSecond;
inline constexpr std::uint64_t kOld = 10 * kSecond;  // began before the watch
inline constexpr std::uint64_t kYoung = 1'500 * kSecond;

using ByService = std::map<std::string, double>;

inline decode::Usage ran(std::chrono::milliseconds user, std::chrono::milliseconds system = {}) {
  decode::Usage usage;
  usage.user = user;
  usage.system = system;
  return usage;
}

inline decode::ProcessFacts process(std::int32_t pid, std::uint64_t started_ns, const decode::Usage& usage = {}) {
  decode::ProcessFacts facts;
  facts.identity = {pid, started_ns};
  facts.usage = usage;
  facts.fd_limit = ~0ULL;
  facts.threads = 1;
  return facts;
}

inline decode::ThreadSampled thread_of(std::int32_t pid, const decode::Usage& usage) {
  return {pid, pid + 1'000, usage};
}

struct Swept {
  decode::ProcessFacts facts;
  std::string service;
};

/// Sweeps over hand-made processes.
class SweptServices : public testing::Test {
 protected:
  void sweep(const std::vector<Swept>& processes, const std::vector<decode::ThreadSampled>& threads = {}) {
    resources_.begin_sweep();
    for (const Swept& swept : processes) resources_.add(swept.facts, swept.service);
    for (const decode::ThreadSampled& thread : threads) resources_.add(thread);
    resources_.end_sweep();
  }

  std::vector<std::string> written(std::uint64_t boot_now_ns = kNow) {
    ReadingWriter writer;
    resources_.write(writer, boot_now_ns);
    return lines_of(writer);
  }

  std::vector<std::string> written(std::string_view name, std::uint64_t boot_now_ns = kNow) {
    return lines_of(written(boot_now_ns), name);
  }

  /// A family's numbers; of those with a second tag, the ones with that value.
  ByService values(std::string_view name, std::string_view tag_value = "") {
    ReadingWriter writer;
    resources_.write(writer, kNow);
    ByService found;
    for (const ReadingFamily& family : writer.take()) {
      if (family.name != name) continue;
      for (const Reading& reading : family.readings) {
        if (tag_value.empty() || reading.tags[1].value == tag_value) found[reading.tags[0].value] = reading.value;
      }
    }
    return found;
  }

  ByService user_seconds() { return values("process_cpu_time_seconds_total", "user"); }
  ByService system_seconds() { return values("process_cpu_time_seconds_total", "system"); }

  HostOptions options_;
  ServiceResources resources_{options_, kWatchBegan};
};

}  // namespace sonde::host
