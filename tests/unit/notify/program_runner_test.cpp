#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/unique_fd.h"
#include "notify/posix_program_runner.h"

namespace sonde::notify {
namespace {

using namespace std::chrono_literals;

Result<ProgramEnd> run_script(const std::string& script, const std::string& input = "",
                              std::chrono::nanoseconds timeout = 60s) {
  return PosixProgramRunner().run(std::vector<std::string>{"/bin/sh", "-c", script}, input, timeout);
}

class ProgramRunnerFiles : public testing::Test {
 protected:
  ProgramRunnerFiles() {
    std::string name = (std::filesystem::temp_directory_path() / "sonde-program-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    directory = name;
  }
  ~ProgramRunnerFiles() override { std::filesystem::remove_all(directory); }

  std::string directory;
};

TEST_F(ProgramRunnerFiles, gives_a_program_its_input_and_waits_for_its_end) {
  const std::string heard = directory + "/heard";
  const std::string input(200'000, 'x');
  const auto end = run_script("cat > " + heard, input);
  ASSERT_TRUE(end) << end.error().what;
  EXPECT_EQ(end->exit_code, 0);
  EXPECT_EQ(read_file(heard, 1U << 20U).has_value() ? *read_file(heard, 1U << 20U) : "", input);
}

TEST_F(ProgramRunnerFiles, kills_what_takes_too_long_and_everything_it_has_started) {
  const std::string pid_file = directory + "/pid";
  // How long a shell takes to get so far depends on the machine: it gets more time until it was enough.
  Result<ProgramEnd> end = ProgramEnd{};
  for (auto limit = 500ms; end && end->said.empty() && limit < 64s; limit *= 2) {
    end = run_script("sleep 1000 & echo $! > " + pid_file + "; echo working >&2; wait", "", limit);
  }
  ASSERT_TRUE(end);
  EXPECT_FALSE(end->exit_code || end->signal);
  EXPECT_EQ(end->said, "working\n");
  const auto pid = read_file(pid_file);
  ASSERT_TRUE(pid);
  const pid_t grandchild = std::atoi(pid->c_str());
  ASSERT_GT(grandchild, 1);
  // It has been sent SIGKILL: a moment later it is gone, if it is not yet. The limit is there for a broken test to end.
  const UniqueFd handle(static_cast<int>(::syscall(SYS_pidfd_open, grandchild, 0)));
  pollfd polled{handle.get(), POLLIN, 0};
  EXPECT_TRUE(!handle || ::poll(&polled, 1, 30'000) == 1);
}

TEST(ProgramRunner, tells_how_a_program_has_ended) {
  EXPECT_EQ(run_script("exit 75")->exit_code, 75);
  EXPECT_EQ(run_script("kill -SEGV $$")->signal, SIGSEGV);
  const auto said = run_script("echo line is busy >&2; exit 1");
  EXPECT_EQ(said->said, "line is busy\n");
  EXPECT_EQ(said->exit_code, 1);
}

TEST(ProgramRunner, is_not_troubled_by_a_program_that_reads_nothing_and_says_a_lot) {
  const auto end = run_script(
      "i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789 >&2; "
      "i=$((i+1)); done; exit 3",
      std::string(300'000, 'x'));
  ASSERT_TRUE(end);
  EXPECT_EQ(end->exit_code, 3);
  EXPECT_EQ(end->said.size(), 1024u);
}

TEST(ProgramRunner, hands_down_nothing_of_this_process) {
  ::setenv("SONDE_TEST_SECRET", "hush", 1);
  const auto environment = run_script("env >&2");
  ASSERT_TRUE(environment);
  EXPECT_EQ(environment->said.find("hush"), std::string::npos) << environment->said;
  EXPECT_NE(environment->said.find("PATH="), std::string::npos);
  const int open_without_cloexec = ::dup(0);
  const auto files = run_script("exec ls /proc/self/fd >&2");
  ::close(open_without_cloexec);
  ASSERT_TRUE(files);
  EXPECT_EQ(files->said, "0\n1\n2\n3\n") << "the last is the directory that is listed";
}

TEST(ProgramRunner, says_why_it_cannot_start_one) {
  const auto none = PosixProgramRunner().run(std::vector<std::string>{"/no/such/program"}, "", 1s);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::kBadConfig);
  EXPECT_NE(none.error().what.find("start '/no/such/program': No such file"), std::string::npos) << none.error().what;
  EXPECT_FALSE(PosixProgramRunner().run({}, "", 1s));
}

}  // namespace
}  // namespace sonde::notify
