// What a sweep says of living processes, held against /proc.
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <latch>
#include <numeric>
#include <set>
#include <thread>

#include "bpf/proc_figures.h"
#include "bpf/process_child.h"
#include "bpf/process_recorder.h"

namespace sonde::capture {
namespace {

using namespace std::chrono_literals;
using decode::ProcessFacts;
using decode::ProcessSampled;
using decode::ThreadSampled;
using decode::Usage;
using test::burn_cpu;
using test::ProcessChild;
using test::ProcFigures;
using test::require;
using Pause = ProcessChild::Pause;

constexpr std::uint64_t kMebibyte = 1U << 20U;

class ProcessSweepTest : public test::ProcessSensorFixture {
 protected:
  /// The only process, after the child has gone from one pause to the next.
  ProcessFacts sample_after_step(ProcessChild& child) {
    if (!sensor_) open_for(child.pid());
    EXPECT_TRUE(child.run_to_pause());
    sweep();
    return only_sample();
  }
};

/// Touched memory; gone with the process unless unmapped.
void* take_memory(std::size_t bytes) {
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  require(memory != MAP_FAILED);
  std::memset(memory, 1, bytes);
  return memory;
}

TEST_F(ProcessSweepTest, says_who_a_process_is_as_proc_does) {
  ProcessChild child([](const Pause& pause) {
    pause();
    return 0;
  });
  const ProcessFacts process = sample_after_step(child);
  const ProcFigures proc(child.pid());
  EXPECT_EQ(process.identity.pid, child.pid());
  EXPECT_EQ(process.parent_pid, ::getpid());
  const auto ticks_per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  EXPECT_EQ(process.identity.started_ns / (1'000'000'000 / ticks_per_second), proc.stat(22));
  struct stat program {};
  ASSERT_EQ(::stat("/proc/self/exe", &program), 0);
  EXPECT_EQ(process.executable_inode, program.st_ino);
  EXPECT_EQ(process.executable_device, major(program.st_dev) << 20U | minor(program.st_dev));
  std::ifstream comm("/proc/self/comm");
  std::string name;
  std::getline(comm, name);
  EXPECT_EQ(process.process_name, name);
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  EXPECT_LT(std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec} - process.at.time_since_epoch(),
            5s);
}

TEST_F(ProcessSweepTest, says_which_cgroup_a_process_is_in) {
  std::string root;
  std::ifstream mounts("/proc/mounts");
  for (std::string device, point, type; mounts >> device >> point >> type && mounts.ignore(4096, '\n');) {
    if (type == "cgroup2") root = point;
  }
  if (root.empty()) GTEST_SKIP() << "SKIPPED: no cgroup v2 hierarchy is mounted";
  ProcessChild child([](const Pause& pause) {
    pause();
    return 0;
  });
  std::ifstream groups("/proc/" + std::to_string(child.pid()) + "/cgroup");
  std::string path;
  for (std::string line; std::getline(groups, line);) {
    if (line.starts_with("0::")) path = root + line.substr(3);
  }
  struct stat directory {};
  ASSERT_EQ(::stat(path.c_str(), &directory), 0) << path;
  EXPECT_EQ(sample_after_step(child).cgroup_id, directory.st_ino);
}

TEST_F(ProcessSweepTest, measures_memory_as_proc_does) {
  ProcessChild child([](const Pause& pause) {
    take_memory(64 * kMebibyte);
    void* for_a_while = take_memory(32 * kMebibyte);
    ::munmap(for_a_while, 32 * kMebibyte);
    pause();
    return 0;
  });
  const ProcessFacts process = sample_after_step(child);
  const ProcFigures proc(child.pid());
  const double exact = 1024.0 * static_cast<double>(proc.number("smaps_rollup", "Rss"));
  EXPECT_GT(exact, 64.0 * kMebibyte);
  EXPECT_NEAR(static_cast<double>(process.resident_bytes), exact, 0.25 * kMebibyte);
  const double peak = 1024.0 * static_cast<double>(proc.number("status", "VmHWM"));
  EXPECT_GT(peak, 96.0 * kMebibyte);
  EXPECT_NEAR(static_cast<double>(process.peak_resident_bytes), peak, kMebibyte + peak / 100);
  EXPECT_EQ(process.swap_bytes, 1024 * proc.number("status", "VmSwap"));
}

TEST_F(ProcessSweepTest, measures_memory_to_the_page) {
  constexpr int kSteps = 12;
  constexpr std::size_t kStepBytes = 20 * 4096;  // fewer pages than a CPU keeps to itself before it adds them up
  ProcessChild child([](const Pause& pause) {
    pause();
    for (int i = 0; i < kSteps; ++i) {
      take_memory(kStepBytes);
      pause();
    }
    return 0;
  });
  const std::uint64_t before = sample_after_step(child).resident_bytes;
  for (int i = 1; i <= kSteps; ++i) {
    const std::uint64_t resident = sample_after_step(child).resident_bytes;
    EXPECT_GE(resident, before + i * kStepBytes);
    EXPECT_EQ(resident, 1024 * ProcFigures(child.pid()).number("smaps_rollup", "Rss"));
  }
}

struct Descriptors {
  const char* name;
  int count;
  rlim_t limit;
};

class OpenDescriptors : public ProcessSweepTest, public testing::WithParamInterface<Descriptors> {};

TEST_P(OpenDescriptors, are_counted_exactly) {
  ProcessChild child([](const Pause& pause) {
    const rlimit limit{GetParam().limit, 20'000};
    require(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
    const int first = ::open("/dev/null", O_RDONLY);
    for (int i = 1; i < GetParam().count; ++i) require(::dup(first) >= 0);
    for (int i = 0; i < GetParam().count / 10; ++i) ::close(first + i * 3);  // with gaps
    pause();
    return 0;
  });
  const ProcessFacts process = sample_after_step(child);
  EXPECT_EQ(process.open_fds, ProcFigures(child.pid()).open_fds());
  EXPECT_GT(process.open_fds, GetParam().count * 9U / 10);
  EXPECT_EQ(process.fd_limit, GetParam().limit);
}

INSTANTIATE_TEST_SUITE_P(Counts, OpenDescriptors,
                         testing::Values(Descriptors{"a_few", 10, 1'024}, Descriptors{"more_than_64", 100, 1'024},
                                         Descriptors{"one_chunk", 1'000, 4'096},
                                         Descriptors{"thousands", 5'000, 7'777}),
                         [](const auto& row) { return row.param.name; });

/// Half of it in the kernel, with page faults, files and context switches.
void use_everything() {
  burn_cpu(150);
  for (int i = 0; i < 40; ++i) ::munmap(take_memory(4 * kMebibyte), 4 * kMebibyte);
  for (int i = 0; i < 20; ++i) std::this_thread::sleep_for(1ms);
  char path[] = "/tmp/sonde-process-test-XXXXXX";
  const int file = ::mkstemp(path);
  require(file >= 0 && ::unlink(path) == 0);
  const std::string text(kMebibyte, 'x');
  require(::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0);
  ::close(file);
}

TEST_F(ProcessSweepTest, measures_usage_as_proc_does) {
  ProcessChild child([](const Pause& pause) {
    use_everything();
    pause();
    return 0;
  });
  const Usage usage = sample_after_step(child).usage;
  const ProcFigures proc(child.pid());
  EXPECT_EQ(usage.user + usage.system, proc.schedule(0));
  EXPECT_EQ(usage.run_queue_wait, proc.schedule(1));
  EXPECT_GE(usage.user + usage.system, 150ms);
  const auto tick = std::chrono::nanoseconds{1s} / ::sysconf(_SC_CLK_TCK);
  EXPECT_NEAR(static_cast<double>(usage.user.count()), static_cast<double>((proc.stat(14) * tick).count()),
              2.0 * static_cast<double>(tick.count()));
  EXPECT_EQ(usage.minor_faults, proc.stat(10));
  EXPECT_GT(usage.minor_faults, 40'000u / 64) << "or a huge page each";
  EXPECT_EQ(usage.major_faults, proc.stat(12));
  EXPECT_EQ(usage.read_bytes, proc.number("io", "read_bytes"));
  EXPECT_EQ(usage.written_bytes, proc.number("io", "write_bytes"));
  EXPECT_EQ(usage.voluntary_switches, proc.number("status", "voluntary_ctxt_switches"));
  EXPECT_EQ(usage.involuntary_switches, proc.number("status", "nonvoluntary_ctxt_switches"));
  EXPECT_GE(usage.voluntary_switches, 20u);
}

void stay_on_one_cpu() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(::sched_getcpu(), &one);
  require(::sched_setaffinity(0, sizeof(one), &one) == 0);
}

/// Two threads that have ended and three that live on beside the main one, on one CPU so that they have to wait for it.
/// What the two have waited goes to `finished_wait_ns`.
int run_threads(const Pause& pause, std::atomic<std::int64_t>& finished_wait_ns) {
  stay_on_one_cpu();
  const auto work_and_tell = [&] {
    burn_cpu(60);
    finished_wait_ns += ProcFigures("/proc/thread-self").schedule(1).count();
  };
  std::thread first(work_and_tell), second(work_and_tell);
  first.join();
  second.join();
  std::latch worked(3);
  for (int i = 0; i < 3; ++i) {
    std::thread([&worked] {
      burn_cpu(40);
      worked.count_down();
      ::pause();
    }).detach();
  }
  worked.wait();
  std::this_thread::sleep_for(5ms);
  pause();
  return 0;
}

class ThreadsTest : public ProcessSweepTest {
 protected:
  struct Shared {
    std::atomic<std::int64_t> finished_wait_ns{0};
  };
  Shared& shared_ =
      *new (::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) Shared;
};

Usage sum(const Usage& one, const Usage& other) {
  Usage both = one;
  both.user += other.user;
  both.system += other.system;
  both.run_queue_wait += other.run_queue_wait;
  both.minor_faults += other.minor_faults;
  both.voluntary_switches += other.voluntary_switches;
  return both;
}

TEST_F(ThreadsTest, add_up_to_what_proc_says_of_their_process) {
  ProcessChild child([this](const Pause& pause) { return run_threads(pause, shared_.finished_wait_ns); });
  const ProcessFacts process = sample_after_step(child);
  const auto threads = recorder_.all<ThreadSampled>();
  ASSERT_EQ(threads.size(), 3u);
  EXPECT_EQ(process.threads, 4u);
  std::set<std::int32_t> ids;
  Usage all = process.usage;
  for (const ThreadSampled& thread : threads) {
    EXPECT_EQ(thread.pid, child.pid());
    EXPECT_GE(thread.usage.user + thread.usage.system, 39ms);
    ids.insert(thread.tid);
    all = sum(all, thread.usage);
  }
  EXPECT_EQ(ids.size(), 3u);
  const ProcFigures proc(child.pid());
  const auto tick = std::chrono::nanoseconds{1s} / ::sysconf(_SC_CLK_TCK);
  EXPECT_NEAR(static_cast<double>((all.user + all.system).count()), static_cast<double>(proc.cpu_time().count()),
              2.0 * static_cast<double>(tick.count()));
  EXPECT_EQ(all.minor_faults, proc.stat(10));
  std::chrono::nanoseconds waited{shared_.finished_wait_ns};
  EXPECT_GT(waited, 40ms);
  for (const ProcFigures& thread : proc.threads()) waited += thread.schedule(1);
  EXPECT_NEAR(static_cast<double>(all.run_queue_wait.count()), static_cast<double>(waited.count()), 10e6);
}

TEST_F(ProcessSweepTest, still_measures_a_process_whose_main_thread_has_left) {
  ProcessChild child([](const Pause& pause) -> int {
    take_memory(64 * kMebibyte);
    const pthread_t main_thread = ::pthread_self();
    std::thread([main_thread, &pause] {
      ::pthread_join(main_thread, nullptr);
      pause();
      ::_exit(5);
    }).detach();
    test::leave_thread();
  });
  const ProcessFacts process = sample_after_step(child);
  EXPECT_GT(process.resident_bytes, 64 * kMebibyte);
  EXPECT_GT(process.open_fds, 2u);
  EXPECT_NE(process.executable_inode, 0u);
  EXPECT_EQ(recorder_.all<ThreadSampled>().size(), 1u);
  EXPECT_EQ(WEXITSTATUS(child.finish()), 5);
}

TEST_F(ProcessSweepTest, leaves_out_what_is_dead_but_not_waited_for) {
  const std::string name = "dead-" + std::to_string(::getpid());
  TargetFilter targets;
  targets.process_names = {name};
  open(targets);
  ProcessChild child([&name](const Pause& pause) {
    ::prctl(PR_SET_NAME, name.c_str());
    pause();
    return 0;
  });
  EXPECT_EQ(sample_after_step(child).identity.pid, child.pid());
  ASSERT_TRUE(child.run());
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child.pid()), &ended, WEXITED | WNOWAIT), 0);
  sweep();
  EXPECT_EQ(recorder_.size(), 0u);
}

TEST_F(ProcessSweepTest, meets_each_of_500_processes_once) {
  constexpr std::size_t kProcesses = 500;
  const std::string name = "sw-" + std::to_string(::getpid());
  TargetFilter targets;
  targets.process_names = {name};
  open(targets);
  std::vector<std::unique_ptr<ProcessChild>> children;
  std::set<std::int32_t> expected;
  for (std::size_t i = 0; i < kProcesses; ++i) {
    children.push_back(std::make_unique<ProcessChild>([&name](const Pause& pause) {
      ::prctl(PR_SET_NAME, name.c_str());
      pause();
      return 0;
    }));
    ASSERT_TRUE(children.back()->run_to_pause());
    expected.insert(children.back()->pid());
  }
  sweep();
  std::set<std::int32_t> seen;
  for (const auto& sampled : recorder_.all<ProcessSampled>()) seen.insert(sampled.process.identity.pid);
  EXPECT_EQ(recorder_.size(), kProcesses);
  EXPECT_EQ(seen, expected);
}

}  // namespace
}  // namespace sonde::capture
