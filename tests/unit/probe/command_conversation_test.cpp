#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "probe/kinds.h"
#include "support/conversation_driver.h"
#include "support/fake_clock.h"

namespace sonde::probe {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

/// The letter of proc(5); nothing if there is no such process, not even a zombie.
std::optional<char> state_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const std::size_t name_end = text.rfind(')');
  return name_end == std::string::npos ? std::nullopt : std::optional(text.at(name_end + 2));
}

/// The limit is there for a broken test to end.
template <class Condition>
bool soon(const Condition& holds) {
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    ::usleep(1000);
  }
  return true;
}

/// Reaped, if it was a child of ours.
bool is_gone_soon(pid_t pid) {
  return soon([pid] { return !state_of(pid); });
}

/// Init may take its time to reap what was left to it.
bool is_dead_soon(pid_t pid) {
  return soon([pid] { return state_of(pid).value_or('Z') == 'Z'; });
}

std::vector<pid_t> numbers_in(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<pid_t>(stream), {}};
}

class Command : public testing::Test {
 protected:
  std::unique_ptr<Conversation> begin(std::vector<std::string> command) {
    target_.kind = ProbeKind::kCommand;
    target_.timeout = 5s;
    target_.command = std::move(command);
    return talk_command(target_, clock_);
  }

  std::unique_ptr<Conversation> begin_script(const std::string& script) { return begin({"/bin/sh", "-c", script}); }

  ProbeResult run(std::vector<std::string> command) {
    const std::unique_ptr<Conversation> program = begin(std::move(command));
    EXPECT_TRUE(test::finish(*program));
    return program->result();
  }

  ProbeResult run_script(const std::string& script) { return run({"/bin/sh", "-c", script}); }

  /// Goes on until the program has written a line, and returns the numbers in it.
  static std::vector<pid_t> wait_for_numbers(Conversation& program) {
    while (!program.advance() && program.result().output.find('\n') == std::string::npos) {
      test::wait_for(program, 30s);
    }
    return numbers_in(program.result().output);
  }

  ProbeTarget target_;
  test::FakeClock clock_;
};

TEST_F(Command, that_ends_with_0_is_up) {
  const ProbeResult result = run_script("echo fine; echo too >&2");
  EXPECT_TRUE(result.success);
  EXPECT_EQ(result.reason, "");
  EXPECT_EQ(result.output, "fine\ntoo\n");
  ASSERT_EQ(result.phases.size(), 1U);
  EXPECT_EQ(result.phases[0].name, "run");
}

TEST_F(Command, that_ends_otherwise_is_down) {
  const ProbeResult result = run_script("echo secret; exit 2");
  EXPECT_FALSE(result.success);
  EXPECT_EQ(result.reason, "it ended with 2");
}

TEST_F(Command, that_is_killed_is_down) { EXPECT_EQ(run_script("kill -SEGV $$").reason, "it was killed by SIGSEGV"); }

TEST_F(Command, that_is_not_there_cannot_be_started) {
  EXPECT_EQ(run({"/nowhere/at-all"}).reason, "it cannot be started: No such file or directory");
  EXPECT_EQ(run({"/dev/null"}).reason, "it cannot be started: Permission denied");
  EXPECT_EQ(run({}).reason, "it cannot be started: No such file or directory");
}

TEST_F(Command, gets_its_arguments_as_they_are) {
  EXPECT_EQ(run({"/usr/bin/printf", "%s|", "a b", "$HOME", "*"}).output, "a b|$HOME|*|");
}

TEST_F(Command, gets_nothing_of_ours) {
  ::setenv("SONDE_TEST_SECRET", "1", 1);
  // Of another's making: without O_CLOEXEC.
  const UniqueFd leaks(::open("/dev/null", O_RDONLY));
  ASSERT_TRUE(leaks);
  EXPECT_EQ(run({"/usr/bin/env"}).output,
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nLANG=C\n");
  ::unsetenv("SONDE_TEST_SECRET");
  // The directory that ls reads is number 3.
  EXPECT_EQ(run({"/bin/ls", "/proc/self/fd"}).output, "0\n1\n2\n3\n");
  EXPECT_EQ(run({"/bin/readlink", "/proc/self/fd/0"}).output, "/dev/null\n");
  EXPECT_THAT(run({"/bin/grep", "CapAmb", "/proc/self/status"}).output, HasSubstr("0000000000000000"));
}

TEST_F(Command, has_its_signals_as_they_are_by_nature) {
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t blocked;
  sigset_t before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const std::string output = run({"/bin/grep", "-E", "SigBlk|SigIgn", "/proc/self/status"}).output;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  EXPECT_THAT(output, HasSubstr("SigBlk:\t0000000000000000\n"));
  // glibc keeps 32 and 33 to itself, and ignores them for the child.
  EXPECT_THAT(output,
              testing::AnyOf(HasSubstr("SigIgn:\t0000000000000000\n"), HasSubstr("SigIgn:\t0000000180000000\n")));
}

TEST_F(Command, has_a_process_group_and_a_session_of_its_own) {
  EXPECT_TRUE(run_script("read -r pid name state parent group session rest < /proc/self/stat; "
                         "test $pid = $group && test $pid = $session")
                  .success);
}

TEST_F(Command, that_writes_much_keeps_4_kib_and_is_not_held) {
  const ProbeResult result = run_script("head -c 1000000 /dev/zero | tr '\\0' x");
  EXPECT_TRUE(result.success);
  EXPECT_EQ(result.output, std::string(4096, 'x'));
}

TEST_F(Command, that_writes_without_end_does_not_keep_the_thread) {
  const std::unique_ptr<Conversation> program = begin({"/usr/bin/yes"});
  for (int i = 0; i < 100; ++i) {
    ASSERT_FALSE(program->advance());
    test::wait_for(*program, 30s);
  }
  EXPECT_EQ(program->result().output.size(), 4096U);
}

TEST_F(Command, that_closes_its_output_is_still_waited_for) {
  const ProbeResult result = run_script("exec >&- 2>&-; sleep 0.05; exit 3");
  EXPECT_EQ(result.reason, "it ended with 3");
}

TEST_F(Command, that_leaves_a_child_with_the_pipe_is_not_held_by_it) {
  const std::unique_ptr<Conversation> program = begin_script("sleep 1000 & echo $!");
  ASSERT_TRUE(test::finish(*program));
  EXPECT_TRUE(program->result().success);
  const std::vector<pid_t> left_behind = numbers_in(program->result().output);
  ASSERT_EQ(left_behind.size(), 1U);
  EXPECT_TRUE(is_dead_soon(left_behind[0])) << "it was of the group";
}

TEST_F(Command, whose_child_left_the_group_is_not_held_by_it) {
  const std::unique_ptr<Conversation> program = begin_script(
      "setsid sleep 1000 & echo $!; "
      "while read -r pid name state parent group rest < /proc/$!/stat && test $group != $!; do :; done");
  ASSERT_TRUE(test::finish(*program));
  EXPECT_TRUE(program->result().success);
  for (const pid_t left_behind : numbers_in(program->result().output)) {
    ASSERT_GT(left_behind, 1);
    ::kill(left_behind, SIGKILL);
  }
}

TEST_F(Command, that_takes_too_long_is_killed_with_its_children) {
  std::unique_ptr<Conversation> program = begin_script("trap '' TERM; sleep 1000 & echo $$ $!; wait");
  const std::vector<pid_t> processes = wait_for_numbers(*program);
  ASSERT_EQ(processes.size(), 2U);
  for (const pid_t pid : processes) ASSERT_NE(state_of(pid).value_or('Z'), 'Z');
  clock_.advance(5s);
  const ProbeResult result = program->result();
  EXPECT_EQ(result.reason, "it did not end within 5s");
  EXPECT_EQ(result.phases.at(0).took, 5s);
  program.reset();
  EXPECT_TRUE(is_gone_soon(processes[0])) << "it is there, or a zombie";
  EXPECT_TRUE(is_dead_soon(processes[1]));
}

TEST_F(Command, leaves_neither_descriptors_nor_zombies) {
  run_script("exit 0");
  const std::size_t before = test::open_descriptors();
  for (int i = 0; i < 20; ++i) run_script("exit 1");
  run({"/nowhere/at-all"});
  static_cast<void>(begin_script("sleep 1000")->advance());
  EXPECT_LE(test::open_descriptors(), before);
  // Looked at, not reaped: whoever does that must be the conversation.
  EXPECT_TRUE(soon([] {
    siginfo_t info{};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD;
  }));
}

TEST_F(Command, whose_end_nobody_can_see_is_down) {
  ::signal(SIGCHLD, SIG_IGN);
  const ProbeResult result = run_script("exit 0");
  ::signal(SIGCHLD, SIG_DFL);
  EXPECT_FALSE(result.success);
  EXPECT_THAT(result.reason, HasSubstr("SIGCHLD is ignored"));
}

}  // namespace
}  // namespace sonde::probe
