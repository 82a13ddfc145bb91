#include "cli/top_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cli/signal_watch.h"
#include "cli/terminal.h"
#include "unit/cli/loopback_server.h"
#include "unit/cli/pseudo_terminal.h"
#include "unit/cli/sample.h"

namespace sonde::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kEnter = "\x1b[?1049h\x1b[?25l";
constexpr const char* kLeave = "\x1b[?25h\x1b[?1049l";

Result<TopData> fetch_sample() { return TopData{sample_rows(), sample_sensors()}; }

class TopLoop : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("TERM", "xterm", 1);
    ::setenv("TZ", "UTC", 1);
    command_.interval = std::chrono::hours{1};
  }

  [[nodiscard]] std::function<int()> program(FetchTop fetch = &fetch_sample) const {
    return [command = command_, fetch = std::move(fetch)] { return run_top(command, fetch, StoppedClock()) ? 0 : 1; };
  }

  /// What is written to a pipe, which is no terminal.
  std::string piped(const FetchTop& fetch = &fetch_sample) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    const UniqueFd output(ends[0]);
    UniqueFd input(ends[1]);
    EXPECT_TRUE(run_top(command_, fetch, StoppedClock(), TopStreams{0, input.get()}));
    input.reset();
    std::string text(64 << 10, '\0');
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::read(output.get(), text.data(), text.size()))));
    return text;
  }

  TopCommand command_;
};

TEST_F(TopLoop, draws_the_table_quits_on_q_and_gives_the_terminal_back) {
  PseudoTerminal terminal(program());
  ASSERT_TRUE(terminal.shows("reports")) << terminal.seen();
  EXPECT_FALSE(terminal.is_as_before());
  EXPECT_THAT(terminal.seen(), StartsWith(kEnter));
  EXPECT_THAT(terminal.seen(), HasSubstr("\x1b[H\x1b[1mSonde at 127.0.0.1:10977\x1b[0m\x1b[K\r\n14:03:07  last 1m"));
  EXPECT_THAT(terminal.seen(), HasSubstr("\x1b[31m6.50s\x1b[0m"));
  terminal.type("xq");
  EXPECT_EQ(terminal.ends(), 0);
  EXPECT_TRUE(terminal.is_as_before());
  EXPECT_THAT(terminal.seen(), testing::EndsWith(kLeave));
}

TEST_F(TopLoop, gives_the_terminal_back_after_ctrl_c) {
  PseudoTerminal terminal(program());
  ASSERT_TRUE(terminal.shows("reports"));
  terminal.type("\x03");
  EXPECT_EQ(terminal.ends(), 0);
  EXPECT_TRUE(terminal.is_as_before());
  EXPECT_THAT(terminal.seen(), testing::EndsWith(kLeave));
}

TEST_F(TopLoop, gives_the_terminal_back_when_it_is_told_to_end) {
  for (const int number : {SIGTERM, SIGHUP, SIGQUIT}) {
    PseudoTerminal terminal(program());
    ASSERT_TRUE(terminal.shows("reports"));
    terminal.signal(number);
    EXPECT_EQ(terminal.ends(), 0) << number;
    EXPECT_TRUE(terminal.is_as_before());
    EXPECT_THAT(terminal.seen(), testing::EndsWith(kLeave));
  }
}

TEST_F(TopLoop, cannot_be_stopped_with_the_screen_in_its_hands) {
  PseudoTerminal terminal(program());
  ASSERT_TRUE(terminal.shows("reports"));
  EXPECT_EQ(terminal.settings().c_cc[VSUSP], _POSIX_VDISABLE);
  terminal.type("q");
  EXPECT_EQ(terminal.ends(), 0);
  EXPECT_TRUE(terminal.is_as_before());
}

TEST_F(TopLoop, asks_again_after_the_interval) {
  command_.interval = 10ms;
  PseudoTerminal terminal(program([calls = 0]() mutable -> Result<TopData> {
    return TopData{{TopRow{"call-" + std::to_string(++calls), "server"}}, {}};
  }));
  EXPECT_TRUE(terminal.shows("call-1"));
  EXPECT_TRUE(terminal.shows("call-4")) << terminal.seen();
  terminal.type("q");
  EXPECT_EQ(terminal.ends(), 0);
}

TEST_F(TopLoop, draws_anew_for_another_width_without_asking_again) {
  PseudoTerminal terminal(program([calls = 0]() mutable -> Result<TopData> {
    if (++calls > 1) return Error{Code::kIo, "asked twice"};
    return fetch_sample();
  }));
  ASSERT_TRUE(terminal.shows("reports"));
  EXPECT_THAT(terminal.seen(), HasSubstr("payments-gateway-worker-eu-west-1"));
  terminal.forget();
  terminal.resize(70);
  ASSERT_TRUE(terminal.shows("payments…u-west-1")) << terminal.seen();
  terminal.type("q");
  EXPECT_EQ(terminal.ends(), 0);
  EXPECT_THAT(terminal.seen(), Not(HasSubstr("asked twice")));
}

TEST_F(TopLoop, keeps_the_last_rows_and_says_why_while_the_daemon_is_away) {
  command_.interval = 10ms;
  PseudoTerminal terminal(program([calls = 0]() mutable -> Result<TopData> {
    ++calls;
    if (calls == 2 || calls == 3) return Error{Code::kIo, "no Sonde answers"};
    return TopData{{TopRow{"call-" + std::to_string(calls), "server"}}, {}};
  }));
  ASSERT_TRUE(terminal.shows("not refreshed: no Sonde answers")) << terminal.seen();
  terminal.forget();
  ASSERT_TRUE(terminal.shows("call-4")) << "it must ask again: " << terminal.seen();
  terminal.type("q");
  EXPECT_EQ(terminal.ends(), 0);
}

TEST_F(TopLoop, leaves_the_terminal_alone_if_the_first_question_fails) {
  PseudoTerminal terminal(program([]() -> Result<TopData> { return Error{Code::kIo, "no Sonde answers"}; }));
  EXPECT_EQ(terminal.ends(), 1);
  EXPECT_EQ(terminal.seen(), "");
}

TEST_F(TopLoop, prints_one_table_if_asked_to_or_if_the_terminal_is_dumb) {
  command_.once = true;
  PseudoTerminal once(program());
  EXPECT_EQ(once.ends(), 0);
  EXPECT_THAT(once.seen(), HasSubstr("\x1b[31m10.0%\x1b[0m\r\n"));
  EXPECT_THAT(once.seen(), Not(HasSubstr(kEnter)));
  command_.once = false;
  command_.no_color = true;
  ::setenv("TERM", "dumb", 1);
  PseudoTerminal dumb(program());
  EXPECT_EQ(dumb.ends(), 0);
  EXPECT_THAT(dumb.seen(), Not(HasSubstr("\x1b")));
}

TEST_F(TopLoop, prints_one_plain_table_where_the_output_is_no_terminal) {
  const std::string text = piped();
  EXPECT_THAT(text, StartsWith("Sonde at 127.0.0.1:10977\n14:03:07  last 1m"));
  EXPECT_THAT(text, HasSubstr("payments-gateway-worker-eu-west-1"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST_F(TopLoop, prints_json_sorted_and_cut_as_the_table) {
  command_.output = RowsFormat::kJson;
  command_.sort = Figure::kP99;
  command_.count = 2;
  const auto json = nlohmann::json::parse(piped());
  EXPECT_EQ(json["window_seconds"], 60);
  ASSERT_EQ(json["services"].size(), 2u);
  EXPECT_EQ(json["services"][0]["service"], "reports");
  EXPECT_EQ(json["services"][1]["p99_seconds"], 1.25);
}

TEST_F(TopLoop, prints_csv_sorted_and_cut_as_the_table) {
  command_.output = RowsFormat::kCsv;
  command_.count = 1;
  const std::string text = piped();
  EXPECT_THAT(text, StartsWith("service,role,requests,"));
  EXPECT_THAT(text, HasSubstr("\r\npayments-gateway-worker-eu-west-1,client,72000,1200,"));
  EXPECT_THAT(text, Not(HasSubstr("nginx")));
}

TEST_F(TopLoop, keeps_to_the_service_that_is_named) {
  const std::string rows = R"({"services":[{"service":"db","role":"server","requests":0,"requests_per_second":0},)"
                           R"({"service":"web","role":"server","requests":0,"requests_per_second":0}]})";
  const std::string sensors = R"({"sensors":[],"losses":[]})";
  LoopbackServer server({LoopbackServer::ok(rows), LoopbackServer::ok(sensors), LoopbackServer::ok(rows)});
  command_.address = server.address();
  command_.service = "db";
  EXPECT_THAT(fetch_top(command_)->rows, testing::ElementsAre(testing::Field(&TopRow::service, "db")));
  command_.service = "wbe";
  EXPECT_THAT(fetch_top(command_).error().what, HasSubstr("did you mean 'web'?"));
}

TEST_F(TopLoop, shows_what_a_daemon_answers) {
  LoopbackServer server(
      {LoopbackServer::ok(R"({"services":[{"service":"db","role":"server","requests":0,"requests_per_second":0}]})"),
       LoopbackServer::ok(R"({"sensors":[],"losses":[]})")});
  command_.address = server.address();
  EXPECT_THAT(piped([this] { return fetch_top(command_); }), HasSubstr("db       server      0"));
}

TEST(SignalWatch, hands_signals_out) {
  auto watch = SignalWatch::create();
  ASSERT_TRUE(watch);
  EXPECT_FALSE(watch->take());
  pthread_kill(pthread_self(), SIGWINCH);
  EXPECT_EQ(watch->take(), SIGWINCH);
}

TEST(SignalWatch, puts_the_mask_back) {
  sigset_t before;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  ASSERT_TRUE(SignalWatch::create());
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH}) {
    EXPECT_EQ(sigismember(&after, number), sigismember(&before, number)) << number;
  }
}

TEST(SignalWatch, uses_up_what_came_so_that_it_does_not_kill_afterwards) {
  PseudoTerminal terminal([] {
    {
      const auto watch = SignalWatch::create();
      pthread_kill(pthread_self(), SIGTERM);
    }
    return 7;
  });
  EXPECT_EQ(terminal.ends(), 7);
}

TEST(Terminal, is_80_columns_wide_if_it_does_not_say) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd output(ends[0]);
  const UniqueFd input(ends[1]);
  EXPECT_EQ(terminal_size(input.get()).columns, 80u);
  EXPECT_FALSE(TerminalScreen::open(output.get(), input.get()));
}

}  // namespace
}  // namespace sonde::cli
