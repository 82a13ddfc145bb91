#include "host/lifecycle_watch.h"

#include <gmock/gmock.h>
#include <signal.h>

#include "unit/host/lifecycle_fixture.h"

namespace sonde::host {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;
using testing::Not;
using testing::Pair;
using testing::SizeIs;
using testing::StartsWith;

TEST_F(Lifecycle, tells_that_a_service_started) {
  start(812, "nginx");
  ASSERT_THAT(events(), SizeIs(1));
  const Event event = events().front();
  EXPECT_EQ(event.kind, EventKind::kServiceStarted);
  EXPECT_EQ(event.service, "nginx");
  EXPECT_EQ(event.pid, 812);
  EXPECT_EQ(event.at, now());
  EXPECT_EQ(event.what, "nginx started (pid 812)");
}

TEST_F(Lifecycle, tells_the_start_of_a_pool_as_one_event_and_counts_all_of_it) {
  for (int pid = 1; pid <= 12; ++pid) start(pid, "nginx");
  EXPECT_THAT(story(), ElementsAre("service_started: nginx started (pid 1, 12 processes)"));
  EXPECT_THAT(readings(), Contains(Pair("sonde_process_starts_total{service_name=\"nginx\"}", 12)));
}

TEST_F(Lifecycle, tells_for_how_long_a_service_went_on_starting_processes) {
  for (int pid = 1; pid <= 60; ++pid) {
    start(pid, "cron");
    advance(1s);
  }
  ASSERT_THAT(story(), SizeIs(3)) << "after 10 s, and after 20 s more";
  EXPECT_EQ(story().back(), "service_started: cron started (pid 31, 30 processes in 29 s)");
}

TEST_F(Lifecycle, tells_a_process_that_runs_one_program_after_another_once) {
  start(7, "nginx");
  watch_.started(process(7, "nginx", 0s), {"nginx", true}, now() + 1ms);
  EXPECT_THAT(story(), ElementsAre("service_started: nginx started (pid 7)"));
  EXPECT_THAT(readings(), Contains(Pair("sonde_process_starts_total{service_name=\"nginx\"}", 2)));
}

TEST_F(Lifecycle, counts_starts_of_commands_without_telling_them) {
  watch_.started(process(5, "ls"), {"ls", false}, now());
  EXPECT_THAT(events(), IsEmpty());
  EXPECT_THAT(readings(), Contains(Pair("sonde_process_starts_total{service_name=\"other\"}", 1)));
  EXPECT_THAT(readings(), Not(Contains(Key(HasSubstr("\"ls\"")))));
}

TEST_F(Lifecycle, tells_how_and_after_what_time_a_service_ended) {
  watch_.exited({.process = process(812, "nginx", 3'200ms), .wait_status = exit_code(1)}, {"nginx", true}, now());
  EXPECT_THAT(story(), ElementsAre("process_exited: nginx (pid 812) exited with code 1 after 3.2 s"));
}

TEST_F(Lifecycle, tells_a_crash_with_its_signal) {
  exit(812, "nginx", SIGSEGV);
  EXPECT_THAT(story(), ElementsAre("process_killed: nginx (pid 812) was killed by SIGSEGV after 3.0 s"));
}

TEST_F(Lifecycle, tells_crashes_of_commands_under_their_own_name_and_counts_them_together) {
  exit_command(9, "python3", SIGSEGV);
  exit_command(10, "false", exit_code(1));
  exit_command(11, "sleep", SIGKILL);
  exit_command(12, "sleep", SIGUSR1);
  ASSERT_THAT(story(), ElementsAre("process_killed: python3 (pid 9) was killed by SIGSEGV after 3.0 s"));
  EXPECT_EQ(events().front().service, "python3");
  const auto all = readings();
  EXPECT_THAT(all, Contains(Pair("sonde_process_exits_total{service_name=\"other\",outcome=\"signal\","
                                 "signal=\"SIGSEGV\"}",
                                 1)));
  EXPECT_THAT(all, Contains(Pair("sonde_process_exits_total{service_name=\"other\",outcome=\"error\","
                                 "exit_code=\"1\"}",
                                 1)));
  EXPECT_THAT(all, Not(Contains(Key(HasSubstr("python3")))));
}

TEST_F(Lifecycle, counts_ends_by_outcome_whether_or_not_a_core_was_dumped) {
  constexpr int kCore = 0x80;
  for (const int status : {exit_code(0), exit_code(0), exit_code(3), int{SIGTERM}, int{SIGSEGV}, SIGSEGV | kCore}) {
    exit(1, "shop", status);
  }
  const auto all = readings();
  const std::string name = "sonde_process_exits_total{service_name=\"shop\",";
  EXPECT_THAT(all, Contains(Pair(name + "outcome=\"success\",exit_code=\"0\"}", 2)));
  EXPECT_THAT(all, Contains(Pair(name + "outcome=\"error\",exit_code=\"3\"}", 1)));
  EXPECT_THAT(all, Contains(Pair(name + "outcome=\"signal\",signal=\"SIGTERM\"}", 1)));
  EXPECT_THAT(all, Contains(Pair(name + "outcome=\"signal\",signal=\"SIGSEGV\"}", 2)));
}

TEST_F(Lifecycle, tells_orderly_ends_of_a_pool_as_one_event) {
  for (int pid = 1; pid <= 4; ++pid) exit(pid, "nginx", exit_code(0));
  EXPECT_THAT(story(), ElementsAre("process_exited: nginx (pid 1) exited with code 0 after 3.0 s; 3 more ended"));
}

TEST_F(Lifecycle, tells_abnormal_ends_beside_orderly_ones_one_by_one) {
  exit(1, "nginx", SIGTERM);
  exit(2, "nginx", SIGSEGV);
  exit(3, "nginx", SIGABRT);
  EXPECT_THAT(story(), Contains("process_killed: nginx (pid 1) was ended by SIGTERM after 3.0 s"));
  EXPECT_THAT(story(), Contains("process_killed: nginx (pid 2) was killed by SIGSEGV after 3.0 s"));
  EXPECT_THAT(story(), Contains("process_killed: nginx (pid 3) was killed by SIGABRT after 3.0 s"));
}

TEST_F(Lifecycle, does_not_let_one_service_fill_the_log) {
  for (int pid = 1; pid <= 1'000; ++pid) exit(pid, "nginx", SIGSEGV);
  exit(2'000, "redis", SIGSEGV);
  ASSERT_THAT(events(), SizeIs(12)) << "ten, the crash loop, and redis";
  EXPECT_THAT(story(), Contains("process_killed: nginx (pid 10) was killed by SIGSEGV after 3.0 s; "
                                "990 more ended abnormally"));
  EXPECT_THAT(readings(), Contains(Pair("sonde_process_exits_total{service_name=\"nginx\",outcome=\"signal\","
                                        "signal=\"SIGSEGV\"}",
                                        1'000)));
}

TEST_F(Lifecycle, knows_how_long_a_process_lived_though_the_host_slept) {
  // The host slept for five hours: CLOCK_BOOTTIME is ahead by so much.
  const auto asleep = 5h;
  const auto facts = [&](std::int32_t pid, std::chrono::nanoseconds age) {
    decode::ProcessFacts slept = process(pid, "nginx", age);
    slept.identity.started_ns += static_cast<std::uint64_t>(std::chrono::nanoseconds(asleep).count());
    return slept;
  };
  watch_.started(facts(1, 1ms), {"nginx", true}, now());
  advance(1h);
  watch_.exited({.process = facts(2, 7s), .wait_status = SIGSEGV}, {"nginx", true}, now());
  EXPECT_THAT(story(), Contains(HasSubstr("(pid 2) was killed by SIGSEGV after 6.9 s"))) << "a millisecond short";
}

TEST_F(Lifecycle, does_not_guess_the_age_of_a_process_whose_start_is_unknown) {
  decode::ProcessFacts facts = process(4, "nginx");
  facts.identity.started_ns = 0;
  watch_.exited({.process = facts, .wait_status = SIGSEGV}, {"nginx", true}, now());
  EXPECT_THAT(story(), ElementsAre("process_killed: nginx (pid 4) was killed by SIGSEGV"));
}

TEST_F(Lifecycle, tells_whom_the_oom_killer_chose_and_of_what_the_victim_died) {
  decode::ProcessFacts victim = process(812, "nginx");
  victim.resident_bytes = 512U << 20U;
  watch_.oom_killed(victim, {"nginx", true}, "/system.slice/nginx.service", now());
  watch_.exited({.process = victim, .wait_status = SIGKILL}, {"nginx", true}, now());
  EXPECT_THAT(story(), ElementsAre("oom_kill: nginx (pid 812) was chosen by the OOM killer, holding 512.0 MiB of "
                                   "memory in cgroup /system.slice/nginx.service",
                                   "process_killed: nginx (pid 812) was killed by SIGKILL after 3.0 s: the OOM "
                                   "killer chose it"));
  EXPECT_THAT(readings(), Contains(Pair("sonde_oom_kills_total{service_name=\"nginx\"}", 1)));
}

TEST_F(Lifecycle, tells_a_command_that_the_oom_killer_chose_too) {
  const decode::ProcessFacts victim = process(9, "stress");
  watch_.oom_killed(victim, {"stress", false}, "", now());
  watch_.exited({.process = victim, .wait_status = SIGKILL}, {"stress", false}, now());
  EXPECT_THAT(story(), SizeIs(2));
  EXPECT_THAT(readings(), Contains(Pair("sonde_oom_kills_total{service_name=\"other\"}", 1)));
}

TEST_F(Lifecycle, does_not_blame_the_oom_killer_for_a_later_process_of_the_same_pid) {
  watch_.oom_killed(process(9, "nginx"), {"nginx", true}, "", now());
  advance(1s);
  exit(9, "nginx", SIGKILL);
  EXPECT_THAT(story().back(), Not(HasSubstr("OOM")));
}

TEST_F(Lifecycle, tells_that_nobody_listens_on_a_port_any_more) {
  watch_.listener_gone("nginx", 443, 812, now());
  EXPECT_THAT(story(), ElementsAre("listener_gone: nginx (pid 812) no longer listens on port 443"));
  EXPECT_THAT(readings(), Contains(Pair("sonde_listeners_gone_total{service_name=\"nginx\",server_port=\"443\"}", 1)));
}

TEST_F(Lifecycle, gives_a_service_with_very_many_ports_few_series) {
  for (std::uint16_t port = 1; port <= 300; ++port) watch_.listener_gone("ftp", port, 1, now());
  const auto all = readings();
  EXPECT_THAT(all, Contains(Pair("sonde_listeners_gone_total{service_name=\"ftp\",server_port=\"other\"}", 200)));
  EXPECT_THAT(all, Contains(Pair("sonde_listeners_gone_total{service_name=\"ftp\",server_port=\"100\"}", 1)));
}

TEST_F(Lifecycle, tells_that_a_file_system_became_read_only) {
  watch_.mounted("/dev/sdb1", "/data", false, now());
  advance(10s);
  watch_.mounted("/dev/sdb1", "/data", true, now());
  EXPECT_THAT(story(), ElementsAre("filesystem_read_only: /data (/dev/sdb1) became read-only"));
  EXPECT_EQ(events().front().service, "");
  EXPECT_THAT(readings(), Contains(Pair("sonde_filesystem_read_only_events_total{device=\"/dev/sdb1\","
                                        "mountpoint=\"/data\"}",
                                        1)));
}

TEST_F(Lifecycle, remembers_a_thousand_services_and_makes_room_by_forgetting_the_idlest) {
  for (int i = 0; i < 1'000; ++i) start(i + 1, "s" + std::to_string(i));
  start(5'000, "one-too-many");
  EXPECT_THAT(readings(), Contains(Pair("sonde_process_starts_total{service_name=\"other\"}", 1)));
  EXPECT_THAT(story(), Not(Contains(HasSubstr("one-too-many"))));
  advance(10min);
  start(5'001, "s0");
  start(5'002, "one-too-many");
  const auto all = readings();
  EXPECT_THAT(all, Contains(Pair("sonde_process_starts_total{service_name=\"one-too-many\"}", 1)));
  EXPECT_THAT(all, Contains(Key("sonde_process_starts_total{service_name=\"s0\"}")));
  EXPECT_THAT(all, Not(Contains(Key("sonde_process_starts_total{service_name=\"s1\"}"))));
}

TEST_F(Lifecycle, tells_crashes_of_services_there_is_no_room_for) {
  for (int i = 0; i < 1'000; ++i) start(i + 1, "s" + std::to_string(i));
  exit(5'000, "one-too-many", SIGSEGV);
  EXPECT_THAT(story(), Contains(StartsWith("process_killed: one-too-many (pid 5000)")));
}

TEST_F(Lifecycle, writes_a_service_that_is_called_other_once) {
  start(1, "other");
  watch_.started(process(2, "ls"), {"ls", false}, now());
  EXPECT_THAT(readings(), Contains(Pair("sonde_process_starts_total{service_name=\"other\"}", 2)));
}

}  // namespace
}  // namespace sonde::host
