// Victims of the out-of-memory killer: each told of once, with the cgroup that its memory was charged to.
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "bpf/memory_cgroup.h"
#include "bpf/process_child.h"
#include "bpf/process_recorder.h"

namespace sonde::capture {
namespace {

using decode::OomKilled;
using decode::ProcessExited;
using test::MemoryCgroup;
using test::ProcessChild;
using test::touch;
using Pause = ProcessChild::Pause;

constexpr std::size_t kMebibyte = 1U << 20U;
constexpr std::size_t kLimitBytes = 32 * kMebibyte;
constexpr std::size_t kWantedBytes = 128 * kMebibyte;

class OomKillFixture : public test::ProcessSensorFixture {
 protected:
  /// Lets the child go on until it is killed. Returns its status.
  int be_killed(ProcessChild& child) {
    open_for(child.pid());
    const int status = child.finish();
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
    drain();
    return status;
  }

  /// The only victim there was.
  [[nodiscard]] OomKilled only_victim() const {
    const auto kills = recorder_.all<OomKilled>();
    EXPECT_EQ(kills.size(), 1u);
    return kills.empty() ? OomKilled{} : kills.front();
  }
};

class OomKillTest : public OomKillFixture, public testing::WithParamInterface<int> {};

TEST_P(OomKillTest, is_told_of_once_and_then_the_end) {
  const MemoryCgroup cgroup(kLimitBytes);
  if (!cgroup.exists()) GTEST_SKIP() << "SKIPPED: no cgroup with a memory limit can be made";
  ProcessChild child([](const Pause&) {
    std::vector<std::thread> threads;
    for (int i = 0; i < GetParam(); ++i) threads.emplace_back([] { touch(kWantedBytes); });
    for (std::thread& thread : threads) thread.join();
    return 0;
  });
  const pid_t pid = child.pid();
  ASSERT_TRUE(cgroup.take_in(pid));
  const int status = be_killed(child);
  const decode::ProcessFacts victim = only_victim().process;
  EXPECT_EQ(victim.identity.pid, pid);
  EXPECT_GT(victim.resident_bytes, kLimitBytes / 2);
  const ProcessExited exited = only_exit();
  EXPECT_EQ(exited.wait_status, status);
  EXPECT_EQ(exited.process.identity, victim.identity);
  EXPECT_LE(victim.at, exited.process.at);
}

INSTANTIATE_TEST_SUITE_P(Threads, OomKillTest, testing::Values(1, 8),
                         [](const auto& row) { return std::to_string(row.param); });

/// /proc/PID/cgroup is written for a reader in that namespace; the sensor always speaks of the whole.
bool is_in_first_cgroup_namespace() {
  constexpr ino_t kFirst = 0xEFFFFFFB;  // PROC_CGROUP_INIT_INO of include/linux/proc_ns.h
  struct stat status {};
  return ::stat("/proc/self/ns/cgroup", &status) == 0 && status.st_ino == kFirst;
}

struct Nested {
  const char* name;
  std::vector<std::string> (*inner)();
};

constexpr std::ptrdiff_t kMostLevels = 16;
/// For the names: a slash after each, also after the root's, which is empty, and a zero.
constexpr std::size_t kRoomBytes = 512;

bool fits(const std::string& path) {
  return std::count(path.begin(), path.end(), '/') <= kMostLevels && path.size() + 2 <= kRoomBytes;
}

/// Names that take so many bytes together with that of the group around them.
std::vector<std::string> names_that_take(std::size_t bytes) {
  const std::string first(255, 'f');
  const std::size_t taken = MemoryCgroup::name().size() + 1 + first.size() + 1;
  return {first, std::string(bytes - 2 - taken - 1, 's')};
}

class CgroupOfVictim : public OomKillFixture, public testing::WithParamInterface<Nested> {};

TEST_P(CgroupOfVictim, is_the_one_it_was_in_when_it_was_chosen) {
  const MemoryCgroup cgroup(kLimitBytes, GetParam().inner());
  if (!cgroup.exists()) GTEST_SKIP() << "SKIPPED: no cgroup with a memory limit can be made";
  if (!is_in_first_cgroup_namespace()) GTEST_SKIP() << "SKIPPED: the whole path cannot be seen from here";
  ProcessChild child([](const Pause&) {
    touch(kWantedBytes);
    return 0;
  });
  ASSERT_TRUE(cgroup.take_in(child.pid()));
  const std::string path = MemoryCgroup::path_of(child.pid());
  ASSERT_NE(path.find("/" + MemoryCgroup::name()), std::string::npos) << path;
  be_killed(child);
  EXPECT_EQ(only_victim().memory_cgroup, fits(path) ? path : "");
}

INSTANTIATE_TEST_SUITE_P(Depths, CgroupOfVictim,
                         testing::Values(Nested{"with_the_limit", [] { return std::vector<std::string>{}; }},
                                         Nested{"two_levels_below_the_limit",
                                                [] {
                                                  return std::vector<std::string>{"shop.slice", "a b:c"};
                                                }},
                                         Nested{"as_deep_as_it_may_be",
                                                [] { return std::vector<std::string>(15, "n"); }},
                                         Nested{"too_deep", [] { return std::vector<std::string>(16, "n"); }},
                                         Nested{"as_long_as_it_may_be", [] { return names_that_take(kRoomBytes); }},
                                         Nested{"too_long", [] { return names_that_take(kRoomBytes + 1); }}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::capture
