// Programs that start and processes that end: each told of once, with what wait(2) tells their parent.
#include "capture/process_sensor.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "bpf/process_child.h"
#include "bpf/process_recorder.h"
#include "bpf/temporary_cgroup.h"

namespace sonde::capture {
namespace {

using namespace std::chrono_literals;
using decode::ProcessExecuted;
using decode::ProcessExited;
using test::leave_thread;
using test::ProcessChild;
using test::require;
using Pause = ProcessChild::Pause;

constexpr const char* kProgram = "/bin/sleep";

[[noreturn]] void execute_program() {
  ::execl(kProgram, "sleep", "0", nullptr);
  ::_exit(98);
}

class ProcessSensorTest : public test::ProcessSensorFixture {};

void expect_program(const decode::ProcessFacts& process, pid_t pid) {
  struct stat program {};
  ASSERT_EQ(::stat(kProgram, &program), 0);
  EXPECT_EQ(process.identity.pid, pid);
  EXPECT_EQ(process.parent_pid, ::getpid());
  EXPECT_EQ(process.process_name, "sleep");
  EXPECT_EQ(process.executable_inode, program.st_ino);
  EXPECT_EQ(process.threads, 1u);
  EXPECT_GT(process.identity.started_ns, 0u);
}

TEST_F(ProcessSensorTest, tells_of_a_program_that_starts_and_of_its_end) {
  ProcessChild child([](const Pause&) -> int { execute_program(); });
  const pid_t pid = child.pid();
  open_for(pid);
  EXPECT_EQ(child.finish(), 0);
  drain();
  const auto starts = recorder_.all<ProcessExecuted>();
  ASSERT_EQ(starts.size(), 1u);
  expect_program(starts[0].process, pid);
  EXPECT_EQ(std::filesystem::path(starts[0].executable).filename(), "sleep");
  EXPECT_EQ(starts[0].executable.front(), '/');
  const ProcessExited exited = only_exit();
  expect_program(exited.process, pid);
  EXPECT_EQ(exited.process.identity, starts[0].process.identity);
  EXPECT_EQ(exited.wait_status, 0);
  EXPECT_GE(exited.process.at, starts[0].process.at);
  EXPECT_EQ(recorder_.size(), 2u);
}

TEST_F(ProcessSensorTest, tells_of_a_program_that_a_second_thread_starts_under_the_same_identity) {
  ProcessChild child([](const Pause& pause) -> int {
    pause();
    std::thread([] { execute_program(); }).join();
    return 99;
  });
  open_for(child.pid());
  ASSERT_TRUE(child.run_to_pause());
  sweep();
  const decode::ProcessIdentity before = only_sample().identity;
  EXPECT_EQ(child.finish(), 0);
  drain();
  const auto starts = recorder_.all<ProcessExecuted>();
  ASSERT_EQ(starts.size(), 1u);
  EXPECT_EQ(starts[0].process.identity, before);
  EXPECT_EQ(starts[0].process.process_name, "sleep");
  EXPECT_EQ(only_exit().process.identity, before) << "the main thread that made room is no process that ended";
}

struct End {
  const char* name;
  int (*run)(const Pause&);
};

int die_of(int signal) {
  ::signal(signal, SIG_DFL);
  ::raise(signal);
  return 99;
}

/// With a core file, in a directory that the test removes.
int dump_core(const Pause&) {
  const rlimit enough{RLIM_INFINITY, RLIM_INFINITY};
  require(::setrlimit(RLIMIT_CORE, &enough) == 0);
  const std::string directory = std::filesystem::temp_directory_path() / ("sonde-core-" + std::to_string(::getpid()));
  require(::mkdir(directory.c_str(), 0700) == 0 && ::chdir(directory.c_str()) == 0);
  return die_of(SIGSEGV);
}

int leave_by_threads(const Pause&) {
  for (int i = 0; i < 4; ++i) std::thread([] { std::this_thread::sleep_for(5ms); }).detach();
  leave_thread();
}

/// Where all threads leave one by one, the last one's code counts since Linux 5.19, the main one's before.
int leave_with_other_codes(const Pause&) {
  std::thread([] {
    std::this_thread::sleep_for(5ms);
    ::syscall(SYS_exit, 9);
  }).detach();
  ::syscall(SYS_exit, 5);
  return 99;
}

int exit_from_thread(const Pause&) {
  std::thread([] { ::_exit(7); }).join();
  return 99;
}

class EveryEnd : public ProcessSensorTest, public testing::WithParamInterface<End> {};

TEST_P(EveryEnd, is_told_of_once_as_wait_tells_it) {
  ProcessChild child(GetParam().run);
  const pid_t pid = child.pid();
  open_for(pid);
  const int status = child.finish();
  drain();
  const ProcessExited exited = only_exit();
  EXPECT_EQ(exited.wait_status, status);
  EXPECT_EQ(exited.process.identity.pid, pid);
  EXPECT_EQ(recorder_.size(), 1u);
  std::filesystem::remove_all(std::filesystem::temp_directory_path() / ("sonde-core-" + std::to_string(pid)));
}

INSTANTIATE_TEST_SUITE_P(
    Ways, EveryEnd,
    testing::Values(End{"exit_0", [](const Pause&) { return 0; }}, End{"exit_3", [](const Pause&) { return 3; }},
                    End{"exit_255", [](const Pause&) { return 255; }},
                    End{"segv", [](const Pause&) { return die_of(SIGSEGV); }}, End{"segv_with_core", &dump_core},
                    End{"abort", [](const Pause&) { return die_of(SIGABRT); }},
                    End{"kill", [](const Pause&) { return die_of(SIGKILL); }},
                    End{"real_time_signal", [](const Pause&) { return die_of(SIGRTMAX); }},
                    End{"exit_from_a_thread", &exit_from_thread}, End{"main_thread_first", &leave_by_threads},
                    End{"threads_with_codes_of_their_own", &leave_with_other_codes}),
    [](const auto& row) { return row.param.name; });

/// Two threads leave at the same moment: each counts itself out before the sensor looks.
[[noreturn]] void leave_together() {
  static std::atomic<int> ready{0};
  const auto leave_with_the_other = [] {
    ++ready;
    while (ready < 2) {
    }
    leave_thread();
  };
  std::thread(leave_with_the_other).detach();
  leave_with_the_other();
  std::abort();
}

TEST_F(ProcessSensorTest, tells_of_one_end_when_the_last_threads_leave_together) {
  constexpr std::size_t kProcesses = 1'000;
  TargetFilter targets;
  targets.process_names = {"sonde-pair"};
  open(targets);
  ProcessChild parent([](const Pause&) {
    ::prctl(PR_SET_NAME, "sonde-pair");
    for (std::size_t i = 0; i < kProcesses; ++i) {
      const pid_t pid = ::fork();
      if (pid == 0) leave_together();
      require(::waitpid(pid, nullptr, 0) == pid);
    }
    return 0;
  });
  EXPECT_EQ(parent.finish(), 0);
  drain();
  EXPECT_EQ(recorder_.all<ProcessExited>().size(), kProcesses + 1);
  for (const Loss& loss : sensor_->losses()) EXPECT_EQ(loss.count, 0u) << loss.reason;
}

TEST_F(ProcessSensorTest, counts_what_it_could_not_say) {
  TargetFilter targets;
  targets.process_names = {"sonde-burst"};
  open(targets, 4096);
  constexpr int kProcesses = 60;
  ProcessChild parent([](const Pause&) {
    ::prctl(PR_SET_NAME, "sonde-burst");
    for (int i = 0; i < kProcesses - 1; ++i) {
      const pid_t pid = ::fork();
      if (pid == 0) ::_exit(0);
      require(::waitpid(pid, nullptr, 0) == pid);
    }
    return 0;
  });
  EXPECT_EQ(parent.finish(), 0);
  drain();
  EXPECT_GT(recorder_.size(), 10u);
  EXPECT_GT(loss("ring_full"), 0u);
  EXPECT_EQ(recorder_.size() + loss("ring_full"), static_cast<std::size_t>(kProcesses));
}

class ProcessTargets : public ProcessSensorTest {
 protected:
  /// Both children end and were swept before; only the target may be told of.
  void expect_only_the_target() {
    const pid_t pid = target_.pid();
    ASSERT_TRUE(target_.run_to_pause());
    sweep();
    EXPECT_EQ(only_sample().identity.pid, pid);
    EXPECT_EQ(recorder_.size(), 1u);
    EXPECT_EQ(other_.finish(), 0);
    EXPECT_EQ(target_.finish(), 0);
    drain();
    EXPECT_EQ(only_exit().process.identity.pid, pid);
    EXPECT_EQ(recorder_.size(), 2u);
  }

  ProcessChild target_{[](const Pause& pause) {
    ::prctl(PR_SET_NAME, ("p-" + std::to_string(::getpid())).c_str());
    pause();
    return 0;
  }};
  ProcessChild other_{[](const Pause&) { return 0; }};
};

TEST_F(ProcessTargets, can_be_a_process) {
  open_for(target_.pid());
  expect_only_the_target();
}

TEST_F(ProcessTargets, can_be_a_process_name) {
  TargetFilter targets;
  targets.process_names = {"p-" + std::to_string(target_.pid())};
  open(targets);
  expect_only_the_target();
}

TEST_F(ProcessTargets, can_be_a_cgroup) {
  const test::TemporaryCgroup cgroup;
  if (cgroup.path().empty()) GTEST_SKIP() << "SKIPPED: no cgroup v2 hierarchy to make a cgroup in";
  ASSERT_TRUE(cgroup.take_in(target_.pid()));
  TargetFilter targets;
  targets.cgroup_paths = {cgroup.path()};
  open(targets);
  expect_only_the_target();
}

TEST_F(ProcessTargets, can_be_found_later_behind_a_port) {
  TargetFilter targets;
  targets.ports = {1};
  open(targets);
  sweep();
  EXPECT_EQ(recorder_.size(), 0u);
  ASSERT_TRUE(sensor_->add_target(target_.pid()));
  ASSERT_TRUE(sensor_->add_target(target_.pid()));
  expect_only_the_target();
}

TEST_F(ProcessSensorTest, leaves_out_kernel_threads) {
  TargetFilter targets;
  targets.process_names = {"kthreadd"};
  open(targets);
  sweep();
  EXPECT_EQ(recorder_.size(), 0u);
}

TEST_F(ProcessSensorTest, refuses_more_targets_than_it_has_room_for) {
  TargetFilter targets;
  targets.ports = {1};
  open(targets);
  constexpr std::int32_t kBeyondAnyPid = 1 << 22;
  Result<> added = Ok{};
  for (std::int32_t i = 1; i <= 4097 && added; ++i) added = sensor_->add_target(kBeyondAnyPid + i);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, Code::kLimit);
  sweep();
  EXPECT_TRUE(sensor_->add_target(kBeyondAnyPid)) << "those that no sweep meets are forgotten";
}

TEST_F(ProcessSensorTest, refuses_a_ring_buffer_that_is_no_power_of_two) {
  const auto sensor = ProcessSensor::open({.targets = {}, .event_ring_bytes = 5'000});
  ASSERT_FALSE(sensor);
  EXPECT_EQ(sensor.error().code, Code::kBadInput);
  EXPECT_EQ(ProcessSensor::report_of(sensor).state, SensorState::kOff);
}

TEST_F(ProcessSensorTest, refuses_a_cgroup_that_is_not_there) {
  CaptureOptions options;
  options.targets.cgroup_paths = {"/sys/fs/cgroup/no-such-group"};
  const auto sensor = ProcessSensor::open(options);
  ASSERT_FALSE(sensor);
  EXPECT_EQ(sensor.error().code, Code::kNotFound);
}

TEST_F(ProcessSensorTest, reports_that_it_is_on) {
  CaptureOptions options;
  options.targets.process_names = {"nobody"};
  const auto sensor = ProcessSensor::open(options);
  const SensorReport report = ProcessSensor::report_of(sensor);
  EXPECT_EQ(report.sensor, "process");
  EXPECT_EQ(report.variant, "tp_btf");
  EXPECT_EQ(report.state, SensorState::kOn) << report.why;
}

}  // namespace
}  // namespace sonde::capture
