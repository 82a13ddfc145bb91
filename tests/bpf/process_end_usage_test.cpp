// What a process has used when it ends, held against what wait4(2) tells its parent.
#include <linux/sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <latch>
#include <thread>

#include "bpf/process_child.h"
#include "bpf/process_recorder.h"

namespace sonde::capture {
namespace {

using namespace std::chrono_literals;
using decode::ProcessExited;
using decode::Usage;
using test::burn_cpu;
using test::ProcessChild;
using test::require;
using test::touch;
using Pause = ProcessChild::Pause;

/// The scheduler's clock is known to that; a rusage is in microseconds.
constexpr auto kClockError = 100us;

class ProcessEndTest : public test::ProcessSensorFixture {};

std::chrono::nanoseconds cpu_time_of(const rusage& usage) {
  const auto seconds = std::chrono::seconds{usage.ru_utime.tv_sec + usage.ru_stime.tv_sec};
  return seconds + std::chrono::microseconds{usage.ru_utime.tv_usec + usage.ru_stime.tv_usec};
}

constexpr std::size_t kTouchedBytes = 3840 * 4096;  ///< a whole number of pages for each thread

/// 0.3 seconds of CPU time, by as many threads, of which all or none live until the end.
struct Work {
  const char* name;
  int threads;
  bool ends_with_all;
};

/// What the process knows of itself as its last act, where its parent can read it.
void note_usage(rusage& into) { require(::getrusage(RUSAGE_SELF, &into) == 0); }

int work(const Work& how, rusage& last) {
  std::latch worked(how.threads);
  std::vector<std::thread> threads;
  for (int i = 0; i < how.threads; ++i) {
    threads.emplace_back([&] {
      burn_cpu(300 / how.threads);
      touch(kTouchedBytes / static_cast<std::size_t>(how.threads));
      worked.count_down();
      if (how.ends_with_all) ::pause();
    });
  }
  worked.wait();
  if (!how.ends_with_all) {
    for (std::thread& thread : threads) thread.join();
  }
  note_usage(last);
  ::_exit(0);
}

class UsageAtTheEnd : public ProcessEndTest, public testing::WithParamInterface<Work> {};

TEST_P(UsageAtTheEnd, lies_between_what_the_process_saw_last_and_what_wait4_says) {
  auto* last =
      static_cast<rusage*>(::mmap(nullptr, sizeof(rusage), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(last, MAP_FAILED);
  ProcessChild child([last](const Pause&) { return work(GetParam(), *last); });
  open_for(child.pid());
  rusage final{};
  EXPECT_EQ(child.finish(&final), 0);
  drain();
  const Usage usage = only_exit().process.usage;
  EXPECT_GE(cpu_time_of(*last), 300ms);
  EXPECT_GE(usage.user + usage.system + kClockError, cpu_time_of(*last));
  EXPECT_LE(usage.user + usage.system, cpu_time_of(final) + kClockError);
  EXPECT_GE(usage.minor_faults, static_cast<std::uint64_t>(last->ru_minflt));
  EXPECT_LE(usage.minor_faults, static_cast<std::uint64_t>(final.ru_minflt));
  EXPECT_GE(last->ru_minflt, static_cast<long>(kTouchedBytes) / ::sysconf(_SC_PAGESIZE));
  EXPECT_GE(usage.voluntary_switches, static_cast<std::uint64_t>(last->ru_nvcsw));
  EXPECT_LE(usage.voluntary_switches, static_cast<std::uint64_t>(final.ru_nvcsw));
  EXPECT_EQ(::munmap(last, sizeof(rusage)), 0);
}

INSTANTIATE_TEST_SUITE_P(Works, UsageAtTheEnd,
                         testing::Values(Work{"one_finished_thread", 1, false}, Work{"five_finished_threads", 5, false},
                                         Work{"five_living_threads", 5, true}, Work{"many_living_threads", 60, true}),
                         [](const auto& row) { return row.param.name; });

TEST_F(ProcessEndTest, counts_what_processes_ran_that_end_within_a_tick) {
  TargetFilter ports;
  ports.ports = {1};
  open(ports);
  std::chrono::nanoseconds said{0}, truth{0};
  for (int i = 0; i < 50; ++i) {
    ProcessChild child([](const Pause&) {
      // Asking for the CPU time used would have the scheduler account for it.
      const auto end = std::chrono::steady_clock::now() + 3ms;
      while (std::chrono::steady_clock::now() < end) {
      }
      return 0;
    });
    ASSERT_TRUE(sensor_->add_target(child.pid()));
    rusage usage{};
    EXPECT_EQ(child.finish(&usage), 0);
    truth += cpu_time_of(usage);
  }
  drain();
  const auto exits = recorder_.all<ProcessExited>();
  ASSERT_EQ(exits.size(), 50u);
  for (const ProcessExited& exited : exits) said += exited.process.usage.user + exited.process.usage.system;
  EXPECT_GT(said.count(), truth.count() / 2) << "giving the memory back comes later";
  EXPECT_LE(said, truth);
}

/// Two threads that share one CPU, and end.
void wait_for_each_other() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(::sched_getcpu(), &one);
  require(::sched_setaffinity(0, sizeof(one), &one) == 0);
  std::thread first([] { burn_cpu(60); }), second([] { burn_cpu(60); });
  first.join();
  second.join();
}

struct Ending {
  const char* name;
  int (*run)();
};

class WaitOfFinishedThreads : public ProcessEndTest, public testing::WithParamInterface<Ending> {};

TEST_P(WaitOfFinishedThreads, is_known_at_the_end) {
  ProcessChild child([](const Pause&) {
    wait_for_each_other();
    return GetParam().run();
  });
  open_for(child.pid());
  EXPECT_EQ(child.finish(), 0);
  drain();
  EXPECT_GT(only_exit().process.usage.run_queue_wait, 50ms);
}

int execute_program() { return ::execl("/bin/sleep", "sleep", "0", nullptr); }

int execute_from_thread() {
  std::thread(&execute_program).join();
  return 99;
}

INSTANTIATE_TEST_SUITE_P(Ways, WaitOfFinishedThreads,
                         testing::Values(Ending{"exit", [] { return 0; }}, Ending{"program", &execute_program},
                                         Ending{"program_of_another_thread", &execute_from_thread}),
                         [](const auto& row) { return row.param.name; });

TEST_F(ProcessEndTest, makes_no_target_of_who_gets_the_number_of_one_that_ended) {
  const auto end_with_number = [](pid_t wanted) {
    clone_args arguments{};
    arguments.exit_signal = SIGCHLD;
    arguments.set_tid = reinterpret_cast<std::uint64_t>(&wanted);
    arguments.set_tid_size = 1;
    const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof(arguments)));
    if (pid == 0) ::_exit(0);
    return pid == wanted && ::waitpid(pid, nullptr, 0) == pid;
  };
  ProcessChild child([](const Pause&) { return 0; });
  const pid_t pid = child.pid();
  open_for(pid);
  EXPECT_EQ(child.finish(), 0);
  drain();
  EXPECT_EQ(only_exit().process.identity.pid, pid);
  recorder_.clear();
  if (!end_with_number(pid)) GTEST_SKIP() << "SKIPPED: the number of the ended process cannot be had again";
  drain();
  EXPECT_EQ(recorder_.size(), 0u);
}

}  // namespace
}  // namespace sonde::capture
