#include "app/self_usage.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <latch>
#include <limits>
#include <string>
#include <thread>

#include "base/unique_fd.h"

namespace sonde::app {
namespace {

const double kTicksPerSecond = static_cast<double>(::sysconf(_SC_CLK_TCK));

/// A line of stat as the kernel writes it: 4 threads, started 5,000 ticks after boot, 100 MiB of
/// addresses, 1,234 pages resident.
std::string stat_line(const std::string& comm, int user_ticks, int system_ticks) {
  return "4242 (" + comm + ") S 1 4242 4242 0 -1 4194560 5021 0 12 0 " + std::to_string(user_ticks) + ' ' +
         std::to_string(system_ticks) + " 7 9 20 -5 4 0 5000 104857600 1234 18446744073709551615 1 1 0 0 0 0 0 0\n";
}

constexpr const char* kLimits =
    "Limit                     Soft Limit           Hard Limit           Units     \n"
    "Max cpu time              unlimited            unlimited            seconds   \n"
    "Max open files            1024                 524288               files     \n"
    "Max address space         unlimited            unlimited            bytes     \n";

/// A directory laid out like /proc/PID, gone when the test is over.
class FakeProcess : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "sonde-self-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    for (const char* fd : {"0", "1", "2"}) write(std::string("fd/") + fd, "");
    write("stat", stat_line("sonde", 250, 50));
    write("limits", kLimits);
    write("task/4242/stat", stat_line("sonde", 150, 30));
    write("task/10000/stat", stat_line("capture", 100, 20));
  }

  void TearDown() override { std::filesystem::remove_all(root_); }

  void write(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }

  [[nodiscard]] Result<SelfUsage> read() const { return read_self_usage(root_.string()); }

  std::filesystem::path root_;
};

TEST_F(FakeProcess, is_told_in_seconds_and_bytes) {
  const Result<SelfUsage> usage = read();
  ASSERT_TRUE(usage) << usage.error().what;
  EXPECT_DOUBLE_EQ(usage->user_seconds, 250 / kTicksPerSecond);
  EXPECT_DOUBLE_EQ(usage->system_seconds, 50 / kTicksPerSecond);
  EXPECT_EQ(usage->resident_bytes, 1234u * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
  EXPECT_EQ(usage->virtual_bytes, 100u << 20U);
  EXPECT_EQ(usage->thread_count, 4u);
  EXPECT_EQ(usage->open_fds, 3u);
}

TEST_F(FakeProcess, has_limits_of_which_one_may_be_the_highest_number_there_is) {
  const Result<SelfUsage> usage = read();
  ASSERT_TRUE(usage) << usage.error().what;
  EXPECT_EQ(usage->max_fds, 1024u);
  EXPECT_EQ(usage->max_virtual_bytes, std::numeric_limits<std::uint64_t>::max());
}

TEST_F(FakeProcess, whose_limits_are_no_numbers_is_refused) {
  write("limits", "Max open files            many\nMax address space         unlimited\n");
  EXPECT_EQ(read().error().code, Code::kBadInput);
  write("limits", "Max open files            1024\n");
  EXPECT_EQ(read().error().code, Code::kBadInput);
}

TEST_F(FakeProcess, is_looked_at_anew_in_part) {
  Result<SelfUsage> usage = read();
  ASSERT_TRUE(usage) << usage.error().what;
  write("stat", stat_line("sonde", 300, 60));
  write("task/10000/stat", stat_line("capture", 200, 30));
  ASSERT_TRUE(update_totals(*usage, root_.string()));
  EXPECT_DOUBLE_EQ(usage->user_seconds, 300 / kTicksPerSecond);
  EXPECT_DOUBLE_EQ(usage->system_seconds, 60 / kTicksPerSecond);
  EXPECT_DOUBLE_EQ(usage->threads[1].user_seconds, 100 / kTicksPerSecond);
  EXPECT_EQ(usage->open_fds, 3u);
}

TEST_F(FakeProcess, tells_its_threads_apart) {
  const Result<SelfUsage> usage = read();
  ASSERT_TRUE(usage) << usage.error().what;
  ASSERT_EQ(usage->threads.size(), 2u);
  EXPECT_EQ(usage->threads[0].thread_id, 4242);
  EXPECT_EQ(usage->threads[1].thread_id, 10000);
  EXPECT_EQ(usage->threads[1].name, "capture");
  EXPECT_DOUBLE_EQ(usage->threads[1].user_seconds, 100 / kTicksPerSecond);
  EXPECT_DOUBLE_EQ(usage->threads[1].system_seconds, 20 / kTicksPerSecond);
}

TEST_F(FakeProcess, may_have_parentheses_and_spaces_in_its_name) {
  write("task/10000/stat", stat_line("a) S (1 2", 100, 20));
  const Result<SelfUsage> usage = read();
  ASSERT_TRUE(usage) << usage.error().what;
  EXPECT_EQ(usage->threads[1].name, "a) S (1 2");
  EXPECT_DOUBLE_EQ(usage->threads[1].user_seconds, 100 / kTicksPerSecond);
}

TEST_F(FakeProcess, loses_a_thread_that_ends_meanwhile) {
  std::filesystem::remove(root_ / "task/10000/stat");
  const Result<SelfUsage> usage = read();
  ASSERT_TRUE(usage) << usage.error().what;
  EXPECT_EQ(usage->threads.size(), 1u);
}

struct BadStat {
  const char* name;
  const char* text;
};

class FakeProcessBadStat : public FakeProcess, public testing::WithParamInterface<BadStat> {};

TEST_P(FakeProcessBadStat, is_refused_with_the_file_it_came_from) {
  write("stat", GetParam().text);
  const Result<SelfUsage> usage = read();
  ASSERT_FALSE(usage);
  EXPECT_EQ(usage.error().code, Code::kBadInput);
  EXPECT_NE(usage.error().what.find((root_ / "stat").string()), std::string::npos) << usage.error().what;
}

INSTANTIATE_TEST_SUITE_P(
    Texts, FakeProcessBadStat,
    testing::Values(BadStat{"empty", ""}, BadStat{"no_command", "4242 S 1 2 3\n"},
                    BadStat{"reversed", "4242 )sonde( S 1 4242 4242 0 -1 0 5 0 1 0 2 5 7 9 20 -5 4 0 5000 1 1\n"},
                    BadStat{"cut", "4242 (sonde) S 1 4242 4242 0 -1 4194560 5021 0 12 0 250"},
                    BadStat{"one_field_short",
                            "1 (a) S 1 1 1 0 -1 1 1 0 1 0 1 1 1 1 20 0 4 0 1 "
                            "1\n"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_F(FakeProcess, is_missed_when_it_is_gone) {
  std::filesystem::remove_all(root_);
  EXPECT_EQ(read().error().code, Code::kNotFound);
}

TEST(SelfUsage, is_that_of_this_very_process) {
  std::latch started(1);
  std::latch done(1);
  std::thread worker([&] {
    pthread_setname_np(pthread_self(), "self-usage-test");
    started.count_down();
    done.wait();
  });
  started.wait();
  const Result<SelfUsage> usage = read_self_usage();
  done.count_down();
  worker.join();
  ASSERT_TRUE(usage) << usage.error().what;
  EXPECT_GE(usage->thread_count, 2u);
  EXPECT_EQ(usage->threads.size(), usage->thread_count);
  EXPECT_TRUE(std::any_of(usage->threads.begin(), usage->threads.end(),
                          [](const ThreadUsage& thread) { return thread.name == "self-usage-test"; }));
  EXPECT_GT(usage->resident_bytes, 1U << 20U);
  EXPECT_GE(usage->virtual_bytes, usage->resident_bytes);
  EXPECT_GE(usage->max_fds, usage->open_fds);
}

TEST(SelfUsage, counts_every_open_fd_but_the_one_it_counts_with) {
  const Result<SelfUsage> before = read_self_usage();
  const UniqueFd opened(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  ASSERT_TRUE(opened);
  const Result<SelfUsage> after = read_self_usage();
  ASSERT_TRUE(before && after);
  EXPECT_EQ(after->open_fds, before->open_fds + 1);
  std::size_t listed = 0;  // the iterator's own fd among them
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) listed += entry.path().empty() ? 0 : 1;
  EXPECT_EQ(after->open_fds, listed - 1);
}

}  // namespace
}  // namespace sonde::app
