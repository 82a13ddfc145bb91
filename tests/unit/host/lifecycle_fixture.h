#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/lifecycle_watch.h"

namespace sonde::host {

/// A watch over made-up processes. Kernel time and CLOCK_BOOTTIME are the same unless a test says otherwise.
class Lifecycle : public testing::Test {
 protected:
  static constexpr WallTime kBoot{std::chrono::seconds{1'800'000'000}};

  [[nodiscard]] WallTime now() const { return kBoot + passed_; }
  void advance(std::chrono::nanoseconds by) { passed_ += by; }

  /// A process that began `age` ago.
  [[nodiscard]] decode::ProcessFacts process(std::int32_t pid, const std::string& name,
                                             std::chrono::nanoseconds age = std::chrono::seconds{3}) const {
    decode::ProcessFacts facts;
    facts.identity = {.pid = pid, .started_ns = static_cast<std::uint64_t>((passed_ - age).count())};
    facts.process_name = name;
    facts.executable_inode = 100;
    facts.executable_device = 8;
    facts.at = KernelTime{passed_};
    return facts;
  }

  void start(std::int32_t pid, const std::string& service) {
    watch_.started(process(pid, service, std::chrono::nanoseconds{0}), {service, true}, now());
  }
  void exit(std::int32_t pid, const std::string& service, int wait_status) {
    watch_.exited({.process = process(pid, service), .wait_status = wait_status}, {service, true}, now());
  }
  void exit_command(std::int32_t pid, const std::string& name, int wait_status) {
    watch_.exited({.process = process(pid, name), .wait_status = wait_status}, {name, false}, now());
  }

  [[nodiscard]] std::vector<Event> events() const {
    return log_.find({.since = WallTime{}, .service = {}, .limit = 10'000});
  }

  /// "crash_loop: nginx is in a crash loop ..." for each event.
  [[nodiscard]] std::vector<std::string> story() const {
    std::vector<std::string> lines;
    for (const Event& event : events()) lines.push_back(std::string(name_of(event.kind)) + ": " + event.what);
    return lines;
  }

  /// Every reading, as name{tag="value"}.
  std::map<std::string, double> readings() {
    ReadingWriter out;
    watch_.write(out, now());
    std::map<std::string, double> all;
    for (const ReadingFamily& family : out.take()) {
      for (const Reading& reading : family.readings) {
        std::string name = family.name + "{";
        for (const Tag& tag : reading.tags) {
          name += (name.back() == '{' ? "" : ",") + tag.name + "=\"" + tag.value + "\"";
        }
        EXPECT_TRUE(all.emplace(name + "}", reading.value).second) << name << " is there twice";
      }
    }
    return all;
  }

  HostOptions options_;
  EventLog log_{10'000};
  LifecycleWatch watch_{options_, log_};

 private:
  std::chrono::nanoseconds passed_ = std::chrono::hours{100};
};

/// units: as of wait(2).
constexpr int exit_code(int code) { return code << 8; }

}  // namespace sonde::host
