#include "cli/events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>

#include "unit/cli/loopback_server.h"
#include "unit/cli/pseudo_terminal.h"
#include "unit/cli/sample_events.h"

namespace sonde::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

Result<std::vector<EventRow>> fetch_sample(const EventsQuestion&) { return sample_events(); }

EventRow row(std::uint64_t id, WallTime at, const std::string& what) {
  return EventRow{id, at, "2026-03-01T14:00:00.000Z", "process_exited", "nginx", 1, what};
}

class Events : public testing::Test {
 protected:
  void SetUp() override { set_zone("UTC"); }

  static void set_zone(const char* zone) {
    ::setenv("TZ", zone, 1);
    ::tzset();  // localtime_r(3) need not look again by itself
  }

  /// What is written to a pipe, which is no terminal.
  std::string piped(const FetchEvents& fetch = &fetch_sample) const {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    const UniqueFd output(ends[0]);
    UniqueFd input(ends[1]);
    const auto ran = run_events(command_, fetch, EventsStreams{.output_fd = input.get()});
    EXPECT_TRUE(ran) << ran.error().what;
    input.reset();
    std::string text(64 << 10, '\0');
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::read(output.get(), text.data(), text.size()))));
    return text;
  }

  /// Follows on a terminal, asking each 10 ms.
  [[nodiscard]] std::function<int()> program(FetchEvents fetch) const {
    return [command = command_, fetch = std::move(fetch)] {
      return run_events(command, fetch, EventsStreams{.interval = 10ms}) ? 0 : 1;
    };
  }

  EventsCommand command_;
};

TEST_F(Events, are_a_plain_table_where_the_output_is_no_terminal) {
  const std::string text = piped();
  EXPECT_THAT(text, StartsWith("TIME                 SERVICE  EVENT                 WHAT\n"
                               "2026-03-01 14:02:01  nginx    binary_changed        nginx (pid 812) runs another"));
  EXPECT_THAT(text,
              HasSubstr("\n2026-03-01 14:03:05  -        filesystem_read_only  /srv (/dev/sdb1) became read-only\n"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST_F(Events, are_told_in_the_zone_of_whoever_reads_them) {
  set_zone("UTC-2");  // POSIX: two hours east
  EXPECT_THAT(piped(), HasSubstr("2026-03-01 16:03:05  -"));
  set_zone("UTC");
}

TEST_F(Events, say_that_nothing_happened) {
  EXPECT_EQ(piped([](const EventsQuestion&) { return std::vector<EventRow>{}; }), "Nothing happened in the last 1h.\n");
}

TEST_F(Events, are_json_as_the_daemon_told_them) {
  command_.output = OutputFormat::kJson;
  const auto json = nlohmann::json::parse(piped());
  ASSERT_THAT(json["events"], SizeIs(4));
  EXPECT_EQ(json["events"][1], nlohmann::json::parse(R"({"id": 8, "at": "2026-03-01T14:02:14.250Z",
      "event": "process_killed", "service": "nginx", "pid": 812,
      "what": "nginx (pid 812) was killed by SIGSEGV after 13 s"})"));
}

TEST_F(Events, ask_for_what_the_command_says) {
  command_.since = 90min;
  command_.service = "web";
  command_.limit = 7;
  EventsQuestion asked;
  piped([&asked](const EventsQuestion& question) {
    asked = question;
    return sample_events();
  });
  EXPECT_EQ(asked.since, 90min);
  EXPECT_EQ(asked.service, "web");
  EXPECT_EQ(asked.limit, 7u);
}

TEST_F(Events, are_fetched_from_the_daemon_with_a_name_that_needs_quoting) {
  LoopbackServer server({LoopbackServer::ok(R"({"events":[]})")});
  const auto rows = fetch_events(server.address(), {.since = 90s, .service = "a b&limit=1/ü~", .limit = 7});
  ASSERT_TRUE(rows) << rows.error().what;
  EXPECT_THAT(server.requests().at(0),
              StartsWith("GET /api/sonde/v1/events?since=1m30s&limit=7&service=a%20b%26limit%3D1%2F%C3%BC~ HTTP/1.1"));
}

TEST_F(Events, are_coloured_on_a_terminal_unless_nobody_wants_that) {
  PseudoTerminal coloured([this] { return run_events(command_, &fetch_sample) ? 0 : 1; });
  EXPECT_EQ(coloured.ends(), 0);
  EXPECT_THAT(coloured.seen(), HasSubstr("\x1b[31mcrash_loop\x1b[0m"));
  command_.no_color = true;
  PseudoTerminal plain([this] { return run_events(command_, &fetch_sample) ? 0 : 1; });
  EXPECT_EQ(plain.ends(), 0);
  EXPECT_THAT(plain.seen(), Not(HasSubstr("\x1b")));
}

TEST_F(Events, fail_if_the_first_question_fails) {
  for (const bool follow : {false, true}) {
    command_.follow = follow;
    const auto ran = run_events(command_, [](const EventsQuestion&) -> Result<std::vector<EventRow>> {
      return Error{Code::kIo, "no Sonde answers"};
    });
    ASSERT_FALSE(ran);
    EXPECT_EQ(ran.error().what, "no Sonde answers");
  }
}

TEST_F(Events, are_followed_each_once_until_ctrl_c) {
  command_.follow = true;
  command_.no_color = true;
  PseudoTerminal terminal(program([calls = 0](const EventsQuestion&) mutable {
    ++calls;
    std::vector<EventRow> rows{row(1, WallTime{1s}, "first")};
    if (calls > 1) rows.push_back(row(2, WallTime{2s}, "second"));
    if (calls > 2) rows.push_back(row(3, WallTime{3s}, "call " + std::to_string(calls)));
    return rows;
  }));
  ASSERT_TRUE(terminal.shows("call 3")) << terminal.seen();
  terminal.type("\x03");
  EXPECT_EQ(terminal.ends(), 0);
  EXPECT_THAT(terminal.seen(), HasSubstr("TIME                 SERVICE  EVENT                 WHAT\r\n"
                                         "1970-01-01 00:00:01  nginx    process_exited        first\r\n"
                                         "1970-01-01 00:00:02  nginx    process_exited        second\r\n"
                                         "1970-01-01 00:00:03  nginx    process_exited        call 3\r\n"));
  EXPECT_THAT(terminal.seen(), Not(HasSubstr("call 4")));
}

TEST_F(Events, are_followed_from_the_newest_on_without_those_beyond_the_limit) {
  command_.follow = true;
  command_.limit = 1;
  PseudoTerminal terminal(program([calls = 0](const EventsQuestion& question) mutable {
    ++calls;
    std::vector<EventRow> rows{row(1, WallTime{1s}, "too old"), row(2, WallTime{2s}, "shown")};
    if (question.limit < 1'000) rows.erase(rows.begin());
    if (calls > 1) rows.push_back(row(3, WallTime{3s}, "later"));
    return rows;
  }));
  ASSERT_TRUE(terminal.shows("later"));
  terminal.signal(SIGTERM);
  EXPECT_EQ(terminal.ends(), 0);
  EXPECT_THAT(terminal.seen(), HasSubstr("shown"));
  EXPECT_THAT(terminal.seen(), Not(HasSubstr("too old")));
}

TEST_F(Events, are_followed_across_a_restart_of_the_daemon_which_is_told_once) {
  command_.follow = true;
  PseudoTerminal terminal(program([calls = 0](const EventsQuestion&) mutable -> Result<std::vector<EventRow>> {
    ++calls;
    if (calls == 2 || calls == 3) return Error{Code::kIo, "no Sonde answers"};
    if (calls > 3) return std::vector{row(1, WallTime{50s}, "after the restart")};
    return std::vector{row(1, WallTime{1s}, "one"), row(2, WallTime{2s}, "two")};
  }));
  ASSERT_TRUE(terminal.shows("after the restart")) << terminal.seen();
  terminal.type("\x03");
  EXPECT_EQ(terminal.ends(), 0);
  const std::string notice = "sonde: waiting: no Sonde answers\r\n";
  const std::size_t at = terminal.seen().find(notice);
  ASSERT_NE(at, std::string::npos);
  EXPECT_EQ(terminal.seen().find(notice, at + 1), std::string::npos) << "told twice";
}

TEST_F(Events, are_one_object_on_each_line_when_followed_as_json) {
  command_.follow = true;
  command_.output = OutputFormat::kJson;
  PseudoTerminal terminal(program([](const EventsQuestion&) { return sample_events(); }));
  ASSERT_TRUE(terminal.shows("became read-only\"}\r\n")) << terminal.seen();
  terminal.type("\x03");
  EXPECT_EQ(terminal.ends(), 0);
  EXPECT_THAT(terminal.seen(), StartsWith(R"({"id":7,"at":"2026-03-01T14:02:01.000Z","event":"binary_changed",)"));
}

TEST_F(Events, are_asked_for_with_an_overlap_and_for_the_time_the_daemon_was_away) {
  command_.follow = true;
  command_.since = 2s;
  PseudoTerminal terminal(program([calls = 0](const EventsQuestion& question) mutable {
    ++calls;
    const bool first = calls == 1 && question.since == 2s;
    const bool later = calls == 2 && question.since >= 2s + 10ms && question.since < 12s;
    return std::vector{row(static_cast<std::uint64_t>(calls), WallTime{1s}, first ? "first" : later ? "later" : "bad")};
  }));
  ASSERT_TRUE(terminal.shows("first")) << terminal.seen();
  ASSERT_TRUE(terminal.shows("later")) << terminal.seen();
  terminal.type("\x03");
  EXPECT_EQ(terminal.ends(), 0);
}

TEST(EventsTable, keeps_its_columns_when_it_is_gone_on_with) {
  ::setenv("TZ", "UTC", 1);
  EventsTable table(false);
  EventRow wide = row(1, WallTime{1s}, "wide");
  wide.service = "a-service-with-a-long-name";
  table.render(std::vector{wide});
  EXPECT_EQ(table.render(std::vector{row(2, WallTime{2s}, "narrow")}),
            "1970-01-01 00:00:02  nginx                       process_exited        narrow\n");
}

TEST(EventsSeen, tells_events_of_a_restarted_daemon_from_those_of_the_one_before) {
  EventsSeen seen;
  EXPECT_THAT(seen.take_new({row(1, WallTime{1s}, "a"), row(2, WallTime{2s}, "b")}), SizeIs(2));
  EXPECT_THAT(seen.take_new({row(2, WallTime{2s}, "b"), row(3, WallTime{2s}, "c")}), SizeIs(1));
  EXPECT_THAT(seen.take_new({row(1, WallTime{9s}, "a")}), SizeIs(1));
}

}  // namespace
}  // namespace sonde::cli
