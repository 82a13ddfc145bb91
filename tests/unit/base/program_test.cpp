#include "base/program.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <stop_token>
#include <string>

namespace sonde {
namespace {

using namespace std::chrono_literals;

ProgramOrder script(const std::string& text) {
  return {.arguments = {"/bin/sh", "-c", text},
          .environment = {"PATH=/usr/bin:/bin", "A=b"},
          .timeout = 60s,
          .max_output_bytes = 1000,
          .keeps_output = true};
}

TEST(Program, what_it_writes_to_both_outputs_is_kept_up_to_a_limit) {
  const auto ended = run_program(script("echo one; echo two >&2; exit 3"));
  ASSERT_TRUE(ended) << ended.error().what;
  EXPECT_EQ(ended->exit_code, 3);
  EXPECT_EQ(ended->output, "one\ntwo\n");
  const auto much =
      run_program(script("i=0; while [ $i -lt 4000 ]; do echo 0123456789012345678901234567890; i=$((i+1)); "
                         "done"));
  ASSERT_TRUE(much);
  EXPECT_EQ(much->exit_code, 0);
  EXPECT_EQ(much->output.size(), 1000u);
}

TEST(Program, its_environment_is_what_it_is_given_and_its_input_too) {
  ProgramOrder order = script("cat; echo $A; env | grep -c =");
  order.input = "input\n";
  const auto ended = run_program(order);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->output, "input\nb\n3\n") << "the shell itself adds PWD";
}

TEST(Program, one_that_takes_too_long_is_asked_to_end_first) {
  // How long a shell takes to get so far depends on the machine: it gets more time until it was enough.
  Result<ProgramOutcome> ended = ProgramOutcome{};
  for (auto limit = 200ms; ended && ended->output.empty() && limit < 64s; limit *= 2) {
    ProgramOrder order =
        script("trap 'echo bye; exit 0' TERM; echo working; while true; do sleep 1000 & wait $!; done");
    order.timeout = limit;
    order.grace = 60s;
    ended = run_program(order);
  }
  ASSERT_TRUE(ended);
  EXPECT_TRUE(ended->was_ended);
  EXPECT_FALSE(ended->was_stopped);
  // Between the two, a shell may say that what it waited for was ended, too.
  EXPECT_TRUE(ended->output.starts_with("working\n") && ended->output.ends_with("bye\n")) << ended->output;
}

TEST(Program, one_that_does_not_listen_is_killed) {
  ProgramOrder order = script("trap '' TERM; while true; do sleep 1000; done");
  order.timeout = 50ms;
  order.grace = 50ms;
  const auto ended = run_program(order);
  ASSERT_TRUE(ended);
  EXPECT_TRUE(ended->was_ended);
  EXPECT_FALSE(ended->exit_code || ended->signal);
}

TEST(Program, one_that_runs_when_it_is_to_stop_is_ended) {
  std::stop_source source;
  source.request_stop();
  const auto ended = run_program(script("sleep 1000"), source.get_token());
  ASSERT_TRUE(ended);
  EXPECT_TRUE(ended->was_stopped);
}

}  // namespace
}  // namespace sonde
