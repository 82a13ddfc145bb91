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

constexpr const char* kLooping = "sonde_crash_looping{service_name=\"shop\"}";
constexpr const char* kLoops = "sonde_crash_loops_total{service_name=\"shop\"}";

class CrashLoopOfService : public Lifecycle {
 protected:
  int loops_told() const {
    int count = 0;
    for (const Event& event : events()) count += event.kind == EventKind::kCrashLoop ? 1 : 0;
    return count;
  }
};

TEST_F(CrashLoopOfService, is_told_once_with_the_third_abnormal_end) {
  exit(1, "shop", exit_code(1));
  advance(20s);
  exit(2, "shop", SIGSEGV);
  EXPECT_EQ(loops_told(), 0);
  EXPECT_THAT(readings(), Not(Contains(Key(kLooping)))) << "not before a service had one";
  advance(22s);
  exit(3, "shop", exit_code(2));
  EXPECT_EQ(story().back(), "crash_loop: shop is in a crash loop: 3 abnormal ends within 42 s");
  EXPECT_EQ(events().back().pid, 3);
  EXPECT_THAT(readings(), Contains(Pair(kLooping, 1)));
  EXPECT_THAT(readings(), Contains(Pair(kLoops, 1)));
  for (int pid = 4; pid < 20; ++pid) {
    advance(1min);
    exit(pid, "shop", SIGSEGV);
  }
  EXPECT_EQ(loops_told(), 1);
}

TEST_F(CrashLoopOfService, is_over_after_a_quiet_time_and_may_come_again) {
  for (int pid = 1; pid <= 3; ++pid) exit(pid, "shop", SIGSEGV);
  advance(10min + 1s);
  EXPECT_THAT(readings(), Contains(Pair(kLooping, 0)));
  for (int pid = 4; pid <= 6; ++pid) exit(pid, "shop", SIGSEGV);
  EXPECT_EQ(loops_told(), 2);
  EXPECT_THAT(readings(), Contains(Pair(kLoops, 2)));
}

TEST_F(CrashLoopOfService, does_not_come_from_ends_that_somebody_wants) {
  for (const int status : {exit_code(0), exit_code(143), exit_code(130), int{SIGTERM}, int{SIGINT}, int{SIGHUP},
                           int{SIGPIPE}, int{SIGKILL}}) {
    for (int pid = 1; pid <= 5; ++pid) exit(pid, "shop", status);
  }
  EXPECT_EQ(loops_told(), 0);
}

TEST_F(CrashLoopOfService, comes_from_kills_by_the_oom_killer) {
  for (int pid = 1; pid <= 3; ++pid) {
    watch_.oom_killed(process(pid, "shop"), {"shop", true}, "", now());
    exit(pid, "shop", SIGKILL);
  }
  EXPECT_EQ(loops_told(), 1);
}

TEST_F(CrashLoopOfService, is_nothing_that_commands_can_have) {
  for (int pid = 1; pid <= 5; ++pid) exit_command(pid, "shop", SIGSEGV);
  EXPECT_EQ(loops_told(), 0);
  EXPECT_THAT(readings(), Not(Contains(Key(HasSubstr("crash_loop")))));
}

TEST_F(CrashLoopOfService, concerns_each_service_by_itself) {
  exit(1, "shop", SIGSEGV);
  exit(2, "shop", SIGSEGV);
  exit(3, "nginx", SIGSEGV);
  EXPECT_EQ(loops_told(), 0);
}

/// A shell script that runs commands, the way a backup or a health check does.
class ServiceWithCommands : public Lifecycle {
 protected:
  ServiceWithCommands() { watch_.runs_binary("backup", "aa", process(1, "backup.sh"), now()); }

  decode::ProcessFacts command(std::int32_t pid, const std::string& name) {
    decode::ProcessFacts facts = process(pid, name);
    facts.executable_inode = 200;
    return facts;
  }
  void end(const decode::ProcessFacts& facts, int wait_status) {
    watch_.exited({.process = facts, .wait_status = wait_status}, {"backup", true}, now());
  }
};

TEST_F(ServiceWithCommands, does_not_start_with_each_of_them) {
  watch_.started(command(2, "grep"), {"backup", true}, now());
  EXPECT_THAT(events(), IsEmpty());
  watch_.started(process(3, "backup.sh"), {"backup", true}, now());
  EXPECT_THAT(story(), ElementsAre("service_started: backup started (pid 3)"));
}

TEST_F(ServiceWithCommands, is_in_no_crash_loop_because_grep_finds_nothing) {
  for (int pid = 2; pid < 10; ++pid) end(command(pid, "grep"), exit_code(1));
  EXPECT_THAT(story(), ElementsAre("process_exited: backup (grep, pid 2) exited with code 1 after 3.0 s; "
                                   "7 more commands failed"));
}

TEST_F(ServiceWithCommands, says_nothing_of_those_that_succeed) {
  end(command(2, "grep"), exit_code(0));
  EXPECT_THAT(events(), IsEmpty());
}

TEST_F(ServiceWithCommands, is_in_a_crash_loop_if_they_crash) {
  for (int pid = 2; pid < 5; ++pid) end(command(pid, "tar"), SIGSEGV);
  EXPECT_THAT(story(), Contains(StartsWith("process_killed: backup (tar, pid 2) was killed by SIGSEGV")));
  EXPECT_THAT(story(), Contains(StartsWith("crash_loop: backup")));
}

TEST_F(ServiceWithCommands, still_knows_its_own_program_by_name_after_an_upgrade_and_by_file_after_a_renaming) {
  end(command(2, "backup.sh"), exit_code(1));
  end(process(3, "renamed"), exit_code(1));
  EXPECT_THAT(story(), ElementsAre("process_exited: backup (pid 2) exited with code 1 after 3.0 s",
                                   "process_exited: backup (pid 3) exited with code 1 after 3.0 s"));
}

class BinaryOfService : public Lifecycle {
 protected:
  void runs(const std::string& build_id, std::uint64_t inode, std::uint32_t device = 8) {
    decode::ProcessFacts facts = process(812, "nginx");
    facts.executable_inode = inode;
    facts.executable_device = device;
    watch_.runs_binary("nginx", build_id, facts, now());
  }
  double changes() { return readings().at("sonde_binary_changes_total{service_name=\"nginx\"}"); }
};

TEST_F(BinaryOfService, is_only_noted_the_first_time) {
  runs("0123456789abcdef", 1);
  EXPECT_THAT(events(), IsEmpty());
  EXPECT_EQ(changes(), 0) << "a counter that begins with 1 shows no increase";
}

TEST_F(BinaryOfService, is_told_with_both_ids_when_it_changes_and_then_not_again) {
  runs("0123456789abcdef", 1);
  runs("fedcba9876543210", 2);
  runs("fedcba9876543210", 2);
  EXPECT_THAT(story(), ElementsAre("binary_changed: nginx (pid 812) runs another binary than before: build id "
                                   "fedcba987654, it was 0123456789ab"));
  EXPECT_EQ(changes(), 1);
}

TEST_F(BinaryOfService, is_the_same_if_only_its_file_is_another) {
  runs("0123456789abcdef", 1);
  runs("0123456789abcdef", 2);
  EXPECT_THAT(events(), IsEmpty());
}

TEST_F(BinaryOfService, is_another_if_the_same_file_was_written_anew) {
  runs("0123", 1);
  runs("4567", 1);
  EXPECT_EQ(changes(), 1);
}

TEST_F(BinaryOfService, is_known_by_its_file_where_it_has_no_id) {
  runs("", 1);
  runs("", 1);
  EXPECT_THAT(events(), IsEmpty());
  runs("", 2);
  runs("", 2, 9);
  EXPECT_EQ(changes(), 2);
  EXPECT_THAT(story(), Contains("binary_changed: nginx (pid 812) runs another binary than before (no build ids)"));
}

TEST_F(BinaryOfService, is_no_other_because_it_could_not_be_read_for_once) {
  runs("0123", 1);
  runs("", 1);
  runs("", 0);
  EXPECT_THAT(events(), IsEmpty());
  runs("4567", 2);
  EXPECT_THAT(story(), ElementsAre(HasSubstr("build id 4567, it was 0123")));
}

TEST_F(BinaryOfService, is_another_if_a_file_without_id_takes_the_place_of_one_with) {
  runs("0123", 1);
  runs("", 2);
  EXPECT_THAT(story(), ElementsAre(HasSubstr("build id none, it was 0123")));
}

}  // namespace
}  // namespace sonde::host
