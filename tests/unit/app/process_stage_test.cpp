#include "app/process_stage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "host/event_log.h"
#include "support/fake_clock.h"
#include "support/fake_process_source.h"
#include "support/wire_records.h"
#include "wire/process.h"

namespace sonde::app {
namespace {

using testing::ElementsAre;
using testing::EndsWith;

/// A stage over processes that exist in a test only.
class Stage : public testing::Test {
 protected:
  static constexpr std::uint32_t kPid = 812;

  void place(const std::string& cgroup) {
    source_.processes[kPid] = {.cgroup = cgroup, .executable = "/usr/sbin/nginx", .process_name = "nginx"};
  }
  void leave() {
    place("4:memory:/\n0::/\n");
    source_.processes[kPid].is_exiting = true;
  }

  static sonde_process_record record_of(std::uint16_t kind) {
    sonde_process_record wire{};
    wire.kind = kind;
    wire.tgid = kPid;
    wire.at_ns = 3'600'000'000'000;
    wire.started_ns = wire.at_ns - 1'000'000'000;
    std::strncpy(wire.process_name, "nginx", sizeof(wire.process_name) - 1);
    return wire;
  }
  void execute() {
    sonde_process_executed wire{};
    wire.process = record_of(SONDE_PROCESS_EXEC);
    stage_.on_record(test::to_bytes(wire));
  }
  void kill(const char* names) {
    sonde_process_oom_killed wire{};
    wire.process = record_of(SONDE_PROCESS_OOM_KILL);
    std::strncpy(wire.memory_cgroup, names, sizeof(wire.memory_cgroup) - 1);
    stage_.on_record(test::to_bytes(wire));
  }

  /// What is told of each victim.
  [[nodiscard]] std::vector<std::string> victims() const {
    std::vector<std::string> all;
    for (const host::Event& event : log_.find({.since = WallTime{}, .service = {}, .limit = 100})) {
      if (event.kind == host::EventKind::kOomKill) all.push_back(event.what);
    }
    return all;
  }

  test::FakeClock clock_;
  inventory::FakeProcessSource source_;
  host::EventLog log_{100};
  host::HostOptions options_;
  host::ServiceResources resources_{options_, 0};
  host::LifecycleWatch watch_{options_, log_};
  ServiceFinder finder_{{}, source_};
  CgroupTexts cgroups_{source_};
  ProcessStage stage_{
      {.resources = resources_, .watch = watch_, .finder = finder_, .cgroups = cgroups_, .clock = clock_}};
};

TEST_F(Stage, names_the_cgroup_that_the_kernel_told_of_a_victim) {
  leave();
  kill("web.service/system.slice//");
  EXPECT_THAT(victims(), ElementsAre(EndsWith(" of memory in cgroup /system.slice/web.service")));
}

TEST_F(Stage, looks_a_cgroup_up_that_the_kernel_did_not_tell) {
  place("4:memory:/shop\n0::/\n");
  kill("");
  EXPECT_THAT(victims(), ElementsAre(EndsWith(" of memory in cgroup /shop")));
}

TEST_F(Stage, names_the_cgroup_from_before_of_a_victim_that_left_it) {
  place("4:memory:/system.slice/web.service\n0::/\n");
  execute();
  leave();
  kill("");
  EXPECT_THAT(victims(), ElementsAre(EndsWith(" of memory in cgroup /system.slice/web.service")));
}

TEST_F(Stage, names_no_cgroup_of_a_victim_that_was_never_seen_in_one) {
  leave();
  kill("");
  EXPECT_THAT(victims(), ElementsAre(EndsWith(" of memory")));
}

}  // namespace
}  // namespace sonde::app
