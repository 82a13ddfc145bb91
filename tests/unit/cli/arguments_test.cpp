#include "cli/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "cli/daemon_address.h"

namespace sonde::cli {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

class Arguments : public testing::Test {
 protected:
  void SetUp() override { forget(); }
  void TearDown() override { forget(); }

  static void forget() {
    ::unsetenv("SONDE_ADDRESS");
    ::unsetenv("NO_COLOR");
  }

  static Expected<Command, ArgumentsExit> parse(const std::vector<std::string>& words) {
    std::vector<const char*> argv{"sonde"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    return parse_arguments(static_cast<int>(argv.size()), argv.data());
  }

  template <class Wanted>
  static Wanted read(const std::vector<std::string>& words) {
    const auto command = parse(words);
    EXPECT_TRUE(command) << command.error().text;
    const Wanted* wanted = command ? std::get_if<Wanted>(&*command) : nullptr;
    EXPECT_NE(wanted, nullptr);
    return wanted == nullptr ? Wanted{} : *wanted;
  }
};

TEST_F(Arguments, run_needs_nothing_and_then_leaves_everything_to_the_configuration) {
  const auto command = read<RunCommand>({"run"});
  EXPECT_FALSE(command.config);
  EXPECT_TRUE(command.only.empty());
  EXPECT_FALSE(command.listen);
  EXPECT_FALSE(command.log_level);
  EXPECT_FALSE(command.log_format);
}

TEST_F(Arguments, run_takes_all_its_flags) {
  const auto command = read<RunCommand>({"run", "--config", "a.yaml", "--only", "port:80", "--only=process:nginx",
                                         "--listen", ":1", "--log-level", "debug", "--log-format", "json"});
  EXPECT_THAT(command.config, Optional(std::string("a.yaml")));
  EXPECT_THAT(command.only, ElementsAre("port:80", "process:nginx"));
  EXPECT_THAT(command.listen, Optional(std::string(":1")));
  EXPECT_THAT(command.log_level, Optional(config::LogLevel::kDebug));
  EXPECT_THAT(command.log_format, Optional(config::LogFormat::kJson));
}

TEST_F(Arguments, check_takes_a_file_even_one_that_looks_like_a_flag) {
  EXPECT_EQ(read<CheckCommand>({"check", "/etc/sonde.yaml"}).path, "/etc/sonde.yaml");
  EXPECT_EQ(read<CheckCommand>({"check", "--", "-odd.yaml"}).path, "-odd.yaml");
}

TEST_F(Arguments, doctor_prints_text_unless_json_is_asked_for) {
  EXPECT_EQ(read<DoctorCommand>({"doctor"}).output, OutputFormat::kTable);
  const auto command = read<DoctorCommand>({"doctor", "--output", "json", "--config", "a.yaml"});
  EXPECT_EQ(command.output, OutputFormat::kJson);
  EXPECT_THAT(command.config, Optional(std::string("a.yaml")));
}

TEST_F(Arguments, top_has_defaults_and_takes_all_its_flags) {
  const auto plain = read<TopCommand>({"top"});
  EXPECT_EQ(to_text(plain.address), "127.0.0.1:10977");
  EXPECT_EQ(plain.window, 60s);
  EXPECT_EQ(plain.interval, 2s);
  EXPECT_EQ(plain.sort, Figure::kRate);
  EXPECT_FALSE(plain.once);
  EXPECT_FALSE(plain.no_color);
  const auto full =
      read<TopCommand>({"top", "--address", "[::1]:9", "--once", "--window", "5m", "--interval", "500ms", "--sort",
                        "p99", "--count", "3", "--service", "nginx", "--output", "csv", "--no-color"});
  EXPECT_EQ(to_text(full.address), "[::1]:9");
  EXPECT_TRUE(full.once);
  EXPECT_EQ(full.window, 5min);
  EXPECT_EQ(full.interval, 500ms);
  EXPECT_EQ(full.sort, Figure::kP99);
  EXPECT_EQ(full.count, 3u);
  EXPECT_THAT(full.service, Optional(std::string("nginx")));
  EXPECT_EQ(full.output, RowsFormat::kCsv);
  EXPECT_TRUE(full.no_color);
}

TEST_F(Arguments, top_looks_back_as_far_as_it_is_told_to) {
  EXPECT_EQ(read<TopCommand>({"top", "--window", "7d"}).window, 7 * 24h);
}

TEST_F(Arguments, events_takes_all_its_flags) {
  const auto plain = read<EventsCommand>({"events"});
  EXPECT_EQ(plain.since, 1h);
  EXPECT_EQ(plain.limit, 100u);
  EXPECT_FALSE(plain.follow);
  EXPECT_FALSE(plain.service);
  EXPECT_FALSE(plain.no_color);
  const auto full = read<EventsCommand>({"events", "--since", "15m", "--service", "nginx", "--limit", "7", "--follow",
                                         "--output", "json", "--no-color", "--address", "host:1"});
  EXPECT_EQ(full.since, 15min);
  EXPECT_THAT(full.service, Optional(std::string("nginx")));
  EXPECT_EQ(full.limit, 7u);
  EXPECT_TRUE(full.follow);
  EXPECT_EQ(full.output, OutputFormat::kJson);
  EXPECT_TRUE(full.no_color);
  EXPECT_EQ(full.address.host, "host");
}

TEST_F(Arguments, events_refuses_what_the_daemon_would_not_answer) {
  const auto says = [](const std::vector<std::string>& words) {
    const auto command = parse(words);
    return command ? "nothing wrong" : command.error().text;
  };
  EXPECT_THAT(says({"events", "--limit", "10001"}), HasSubstr("--limit: '10001' is no whole number from 1 to 10000"));
  EXPECT_THAT(says({"events", "--limit", "0"}), HasSubstr("--limit: '0' is no whole number from 1 on"));
  EXPECT_THAT(says({"events", "--since", "10ms"}), HasSubstr("--since: '10ms' is shorter than 1s"));
}

TEST_F(Arguments, query_asks_for_one_instant_by_default) {
  const auto plain = read<QueryCommand>({"query", "up"});
  EXPECT_EQ(plain.expression, "up");
  EXPECT_FALSE(plain.at);
  EXPECT_FALSE(plain.range);
  EXPECT_EQ(plain.timeout, 30s);
  EXPECT_FALSE(plain.exact_buckets);
  EXPECT_EQ(plain.output, RowsFormat::kTable);
}

TEST_F(Arguments, query_takes_all_its_flags) {
  const auto full = read<QueryCommand>({"query", "sum by (a) (x)", "--at", "-15m", "--range", "1h", "--step", "15s",
                                        "--timeout", "2s", "--exact-buckets", "-o", "csv", "--no-color"});
  EXPECT_EQ(full.expression, "sum by (a) (x)");
  EXPECT_EQ(full.at, Moment{nanoseconds{15min}});
  ASSERT_TRUE(full.range);
  EXPECT_EQ(full.range->length, 1h);
  EXPECT_EQ(full.range->step, 15s);
  EXPECT_EQ(full.timeout, 2s);
  EXPECT_TRUE(full.exact_buckets);
  EXPECT_EQ(full.output, RowsFormat::kCsv);
  EXPECT_TRUE(full.no_color);
  EXPECT_EQ(read<QueryCommand>({"query", "--", "-up"}).expression, "-up");
}

TEST_F(Arguments, a_range_without_a_step_has_about_sixty_values_at_whole_seconds) {
  const auto step = [](const char* range) { return read<QueryCommand>({"query", "up", "--range", range}).range->step; };
  EXPECT_EQ(step("1h"), 1min);
  EXPECT_EQ(step("30s"), 1s);
  EXPECT_EQ(step("100s"), 2s);
  EXPECT_EQ(step("7d"), 168min);
}

TEST_F(Arguments, series_takes_all_its_flags) {
  EXPECT_EQ(read<SeriesCommand>({"series", "up"}).since, 1h);
  EXPECT_FALSE(read<SeriesCommand>({"series", "up"}).count);
  const auto full = read<SeriesCommand>(
      {"series", "up", "{a=\"b\"}", "--since", "5m", "--count", "3", "--output", "json", "--address", "host:1"});
  EXPECT_THAT(full.matches, ElementsAre("up", "{a=\"b\"}"));
  EXPECT_EQ(full.since, 5min);
  EXPECT_EQ(full.count, 3u);
  EXPECT_EQ(full.output, OutputFormat::kJson);
  EXPECT_EQ(full.address.host, "host");
  EXPECT_TRUE(read<SeriesCommand>({"series", "up", "--labels"}).labels);
}

TEST_F(Arguments, the_environment_names_the_daemon_unless_a_flag_does) {
  ::setenv("SONDE_ADDRESS", "db1:7", 1);
  EXPECT_EQ(to_text(read<TopCommand>({"top"}).address), "db1:7");
  EXPECT_EQ(to_text(read<QueryCommand>({"query", "up"}).address), "db1:7");
  EXPECT_EQ(to_text(read<TopCommand>({"top", "--address", "db2:8"}).address), "db2:8");
  ::setenv("SONDE_ADDRESS", "http://db1", 1);
  const auto wrong = parse({"top"});
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().text, HasSubstr("SONDE_ADDRESS"));
}

TEST_F(Arguments, any_value_of_no_color_but_an_empty_one_counts) {
  ::setenv("NO_COLOR", "", 1);
  EXPECT_FALSE(read<TopCommand>({"top"}).no_color);
  ::setenv("NO_COLOR", "please", 1);
  EXPECT_TRUE(read<TopCommand>({"top"}).no_color);
}

TEST_F(Arguments, version_is_a_command_of_its_own) { read<VersionCommand>({"--version"}); }

TEST_F(Arguments, help_goes_to_stdout_with_examples_for_every_verb) {
  for (const char* verb : {"run", "check", "doctor", "top", "query", "series", "events"}) {
    const auto help = parse({verb, "--help"});
    ASSERT_FALSE(help);
    EXPECT_EQ(help.error().exit_code, 0);
    EXPECT_FALSE(help.error().to_stderr);
    EXPECT_THAT(help.error().text, HasSubstr(std::string("Usage: sonde ") + verb));
    EXPECT_THAT(help.error().text, HasSubstr("Examples:\n"));
    EXPECT_THAT(parse({"--help"}).error().text, HasSubstr(std::string("sonde ") + verb));
  }
}

TEST_F(Arguments, no_verb_shows_the_help_as_an_error) {
  const auto exit = parse({});
  ASSERT_FALSE(exit);
  EXPECT_EQ(exit.error().exit_code, 2);
  EXPECT_TRUE(exit.error().to_stderr);
  EXPECT_THAT(exit.error().text, HasSubstr("Subcommands:"));
  EXPECT_FALSE(parse_arguments(0, nullptr));
}

struct WrongRow {
  const char* name;
  std::vector<std::string> words;
  const char* says;
};

class WrongUsage : public testing::TestWithParam<WrongRow> {};

TEST_P(WrongUsage, ends_with_2_and_says_what_to_type) {
  std::vector<const char*> argv{"sonde"};
  for (const std::string& word : GetParam().words) argv.push_back(word.c_str());
  const auto command = parse_arguments(static_cast<int>(argv.size()), argv.data());
  ASSERT_FALSE(command);
  EXPECT_EQ(command.error().exit_code, 2);
  EXPECT_TRUE(command.error().to_stderr);
  EXPECT_THAT(command.error().text, HasSubstr(GetParam().says));
  EXPECT_THAT(command.error().text, testing::EndsWith("--help`.\n"));
}

INSTANTIATE_TEST_SUITE_P(
    Words, WrongUsage,
    testing::Values(
        WrongRow{"misspelt_verb", {"tpo"}, "unknown verb 'tpo'; did you mean 'top'?"},
        WrongRow{"verb_like_no_other", {"restart"}, "unknown verb 'restart'\n"},
        WrongRow{"misspelt_flag", {"top", "--onec"}, "unknown flag '--onec'; did you mean '--once'?"},
        WrongRow{"misspelt_flag_with_value", {"top", "--widnow=5m"}, "'--widnow'; did you mean '--window'?"},
        WrongRow{"flag_before_its_verb", {"--once", "top"}, "flags follow their verb, as in `sonde top --once`"},
        WrongRow{"misspelt_flag_whose_value_looks_like_an_expression", {"query", "--timout", "x"}, "'--timeout'?"},
        WrongRow{"argument_too_many", {"check", "a", "b"}, "unexpected argument 'b'"},
        WrongRow{"second_value_without_its_flag", {"run", "--only", "pid:1", "pid:2"}, "unexpected argument 'pid:2'"},
        WrongRow{"two_verbs", {"top", "query"}, "unexpected argument 'query'"},
        WrongRow{"check_without_file", {"check"}, "FILE is required, as in `sonde check /etc/sonde/sonde.yaml`"},
        WrongRow{"flag_without_value", {"top", "--window"}, "--window needs a value"},
        WrongRow{"flag_twice", {"top", "--window", "1m", "--window", "2m"}, "--window is given more than once"},
        WrongRow{"number_without_unit", {"top", "--window", "5"}, "--window: '5' is not a duration; write it like"},
        WrongRow{"empty_duration", {"top", "--window", ""}, "--window: '' is not a duration"},
        WrongRow{"window_too_short", {"top", "--window", "10ms"}, "'10ms' is shorter than 1s"},
        WrongRow{"interval_too_short", {"top", "--interval", "1ms"}, "'1ms' is shorter than 100ms"},
        WrongRow{"negative_count", {"top", "--count", "-1"}, "--count: '-1' is no whole number from 1 on"},
        WrongRow{"no_service_at_all", {"top", "--count", "0"}, "'0' is no whole number from 1 on"},
        WrongRow{"unknown_output", {"top", "--output", "jsn"}, "is not one of table, json, csv; did you mean 'json'?"},
        WrongRow{"csv_only_where_it_exists", {"events", "--output", "csv"}, "'csv' is not one of table, json"},
        WrongRow{"query_without_expression", {"query"}, "EXPR is required, as in `sonde query '"},
        WrongRow{"figures_as_query_took_them",
                 {"query", "p95", "errors", "--service", "nginx"},
                 "unexpected argument 'errors'; quote an expression that has blanks; `sonde top --once`"},
        WrongRow{"step_without_range", {"query", "up", "--step", "1s"}, "--step needs --range"},
        WrongRow{"step_of_nothing", {"query", "up", "--range", "1h", "--step", "0s"}, "--step: '0s' is shorter"},
        WrongRow{"no_time", {"query", "up", "--at", "noon"}, "--at: 'noon' is no time"},
        WrongRow{"series_without_selector", {"series"}, "MATCH is required, as in `sonde series http"},
        WrongRow{"count_of_labels", {"series", "up", "--labels", "--count", "1"}, "--count does not go with --labels"},
        WrongRow{"unknown_sort", {"top", "--sort", "p98"}, "--sort 'p98' is not one of"},
        WrongRow{"unknown_level", {"run", "--log-level", "loud"}, "not one of debug, info, warn, error"},
        WrongRow{"unknown_log_format", {"run", "--log-format", "xml"}, "not one of text, json"},
        WrongRow{"bad_address", {"top", "--address", "a:b"}, "the port is no number from 1 to 65535"},
        WrongRow{"control_characters_stay_out_of_the_terminal", {"\x1b[31m"}, "unknown verb '\xEF\xBF\xBD[31m'"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::cli
