#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "cli/arguments.h"
#include "cli/daemon_address.h"

namespace sonde::cli {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

Expected<Command, ArgumentsExit> parse(const std::vector<std::string>& words) {
  std::vector<const char*> argv{"sonde"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  return parse_arguments(static_cast<int>(argv.size()), argv.data());
}

template <class Wanted>
Wanted read(const std::vector<std::string>& words) {
  ::unsetenv("SONDE_ADDRESS");
  ::unsetenv("SONDE_TOKEN_FILE");
  ::setenv("USER", "ann", 1);
  const auto command = parse(words);
  EXPECT_TRUE(command) << command.error().text;
  const Wanted* wanted = command ? std::get_if<Wanted>(&*command) : nullptr;
  EXPECT_NE(wanted, nullptr);
  return wanted == nullptr ? Wanted{} : *wanted;
}

TEST(AlertingArguments, list_and_show_incidents) {
  const auto list = read<AlertsListCommand>({"alerts", "list", "--all", "--count", "7", "--token-file", "/t"});
  EXPECT_TRUE(list.all);
  EXPECT_EQ(list.count, 7u);
  EXPECT_EQ(list.address.token_file, "/t");
  EXPECT_EQ(read<AlertsShowCommand>({"alerts", "show", "12", "-o", "json"}).incident, 12u);
}

TEST(AlertingArguments, the_verbs_of_incidents_are_those_of_alerts_where_they_do_the_same) {
  EXPECT_EQ(read<AlertsListCommand>({"incidents", "list", "--count", "7"}).count, 7u);
  EXPECT_EQ(read<AlertsShowCommand>({"incidents", "show", "12"}).incident, 12u);
}

TEST(AlertingArguments, a_review_says_what_it_says_and_nothing_else) {
  const auto review = read<IncidentReviewCommand>({"incidents", "review", "12", "--cause", "c", "--verdict", "noise"});
  EXPECT_EQ(review.incident, 12u);
  EXPECT_EQ(review.author, "ann");
  EXPECT_THAT(review.cause, Optional(std::string("c")));
  EXPECT_THAT(review.verdict, Optional(std::string("noise")));
  EXPECT_FALSE(review.action);
  EXPECT_FALSE(review.follow_up);
  EXPECT_FALSE(review.fixed);
  EXPECT_TRUE(read<IncidentReviewCommand>({"incidents", "review", "12", "--fixed"}).fixed);
  EXPECT_THAT(parse({"incidents", "review", "12"}).error().text, HasSubstr("--fixed"));
  EXPECT_THAT(parse({"incidents", "review", "12", "--verdict", "noisy"}).error().text,
              HasSubstr("did you mean 'noise'"));
}

TEST(AlertingArguments, a_report_is_of_the_last_thirty_days_by_rule_unless_it_is_said) {
  const auto usual = read<IncidentReportCommand>({"incidents", "report"});
  EXPECT_EQ(usual.since, 30 * 24h);
  EXPECT_EQ(usual.by, "rule");
  EXPECT_EQ(usual.output, RowsFormat::kTable);
  const auto other = read<IncidentReportCommand>(
      {"incidents", "report", "--since", "90d", "--by", "month", "--zone", "Europe/Berlin", "-o", "csv"});
  EXPECT_EQ(other.since, 90 * 24h);
  EXPECT_EQ(other.by, "month");
  EXPECT_EQ(other.zone, "Europe/Berlin");
  EXPECT_EQ(other.output, RowsFormat::kCsv);
  EXPECT_FALSE(parse({"incidents", "report", "--by", "colour"}));
}

struct OrderRow {
  const char* verb;
  const char* order;
  std::vector<std::string> more;
};

class OrderCase : public testing::TestWithParam<OrderRow> {};

TEST_P(OrderCase, is_called_as_the_api_calls_it) {
  std::vector<std::string> words{"alerts", GetParam().verb, "12"};
  words.insert(words.end(), GetParam().more.begin(), GetParam().more.end());
  const auto command = read<AlertsOrderCommand>(words);
  EXPECT_EQ(command.order, GetParam().order);
  EXPECT_EQ(command.incident, 12u);
  EXPECT_EQ(command.author, "ann");
}

INSTANTIATE_TEST_SUITE_P(Orders, OrderCase,
                         testing::Values(OrderRow{"ack", "acknowledge", {}}, OrderRow{"unack", "unacknowledge", {}},
                                         OrderRow{"snooze", "snooze", {"--for", "1h"}},
                                         OrderRow{"resolve", "resolve", {}}, OrderRow{"note", "note", {"seen"}},
                                         OrderRow{"assign", "assign", {"ben"}},
                                         OrderRow{"merge", "merge", {"--into", "10"}},
                                         OrderRow{"escalate", "escalate", {}}),
                         [](const auto& row) { return std::string(row.param.verb); });

TEST(AlertingArguments, orders_take_all_their_flags) {
  const auto ack = read<AlertsOrderCommand>({"alerts", "ack", "12", "--for", "2h", "--renew", "--note", "mine",
                                             "--version-seen", "3", "--author", "ben", "--address", "h:1"});
  EXPECT_EQ(ack.length, std::optional<std::chrono::nanoseconds>{2h});
  EXPECT_TRUE(ack.renew);
  EXPECT_EQ(ack.note, "mine");
  EXPECT_THAT(ack.version, Optional(3u));
  EXPECT_EQ(ack.author, "ben");
  EXPECT_EQ(to_text(ack.address), "h:1");
  EXPECT_EQ(read<AlertsOrderCommand>({"alerts", "assign", "12", "cleo"}).to, "cleo");
  EXPECT_EQ(read<AlertsOrderCommand>({"alerts", "merge", "12", "--into", "10"}).into, 10u);
}

TEST(AlertingArguments, silences_are_added_listed_ended_and_tried) {
  const auto add = read<SilenceAddCommand>(
      {"silence", "add", "A", "team=~a.*", "--comment", "why", "--for", "2h", "--start", "2026-03-01T14:00:00Z"});
  EXPECT_THAT(add.matchers, ElementsAre("A", "team=~a.*"));
  EXPECT_EQ(add.comment, "why");
  EXPECT_EQ(add.length, 2h);
  EXPECT_TRUE(add.start);
  EXPECT_EQ(read<SilenceAddCommand>({"silence", "add", "A", "--comment", "c"}).length, 1h);
  EXPECT_THAT(read<SilenceListCommand>({"silence", "list", "--all", "a=b"}).matchers, ElementsAre("a=b"));
  EXPECT_THAT(read<SilenceExpireCommand>({"silence", "expire", "x", "y"}).ids, ElementsAre("x", "y"));
  EXPECT_THAT(read<SilencePreviewCommand>({"silence", "preview", "a=b"}).matchers, ElementsAre("a=b"));
}

TEST(AlertingArguments, deliveries_are_listed_and_tried_again) {
  const auto list = read<DeliveriesListCommand>({"deliveries", "list", "--state", "dead", "--incident", "12"});
  EXPECT_THAT(list.state, Optional(std::string("dead")));
  EXPECT_THAT(list.incident, Optional(12u));
  EXPECT_THAT(read<DeliveriesRetryCommand>({"deliveries", "retry", "a", "b"}).ids, ElementsAre("a", "b"));
}

TEST(AlertingArguments, every_verb_finds_the_token_by_the_environment) {
  ::setenv("SONDE_TOKEN_FILE", "/etc/token", 1);
  const auto command = parse({"top"});
  ::unsetenv("SONDE_TOKEN_FILE");
  ASSERT_TRUE(command);
  EXPECT_EQ(std::get<TopCommand>(*command).address.token_file, "/etc/token");
}

TEST(AlertingArguments, somebody_has_to_be_the_author) {
  ::unsetenv("USER");
  const auto command = parse({"alerts", "ack", "12"});
  ::setenv("USER", "ann", 1);
  ASSERT_FALSE(command);
  EXPECT_EQ(command.error().exit_code, 2);
  EXPECT_THAT(command.error().text, HasSubstr("--author is required"));
}

struct WrongRow {
  const char* name;
  std::vector<std::string> words;
  const char* says;
};

class WrongAlertingUsage : public testing::TestWithParam<WrongRow> {};

TEST_P(WrongAlertingUsage, ends_with_2_and_says_what_to_type) {
  ::setenv("USER", "ann", 1);
  const auto command = parse(GetParam().words);
  ASSERT_FALSE(command);
  EXPECT_EQ(command.error().exit_code, 2);
  EXPECT_THAT(command.error().text, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Words, WrongAlertingUsage,
    testing::Values(WrongRow{"misspelt", {"alerts", "ak", "1"}, "did you mean 'alerts ack'?"},
                    WrongRow{"no_incident", {"alerts", "ack"}, "INCIDENT is required"},
                    WrongRow{"no_number", {"alerts", "show", "first"}, "INCIDENT: 'first' is no whole number"},
                    WrongRow{"snooze_without_end", {"alerts", "snooze", "1"}, "--for is required"},
                    WrongRow{"no_comment", {"silence", "add", "A"}, "--comment is required"},
                    WrongRow{"start_in_the_past",
                             {"silence", "add", "A", "--comment", "c", "--start", "15m"},
                             "--start: '15m' is no moment to come"},
                    WrongRow{"no_state", {"deliveries", "list", "--state", "lost"}, "is not one of queued"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::cli
