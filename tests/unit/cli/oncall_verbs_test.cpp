#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/file.h"
#include "cli/arguments.h"
#include "cli/oncall_report.h"

namespace sonde::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Optional;

Expected<Command, ArgumentsExit> parse(const std::vector<std::string>& words) {
  std::vector<const char*> argv{"sonde", "oncall"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  return parse_arguments(static_cast<int>(argv.size()), argv.data());
}

template <class Wanted>
Wanted read(const std::vector<std::string>& words) {
  const auto command = parse(words);
  EXPECT_TRUE(command) << command.error().text;
  const Wanted* wanted = command ? std::get_if<Wanted>(&*command) : nullptr;
  EXPECT_NE(wanted, nullptr);
  return wanted == nullptr ? Wanted{} : *wanted;
}

std::string refusal(const std::vector<std::string>& words) {
  const auto command = parse(words);
  return command ? "" : command.error().text;
}

TEST(OncallArguments, now_takes_a_configuration) {
  EXPECT_EQ(read<OncallNowCommand>({"now", "--config", "a.yaml"}).config, "a.yaml");
  EXPECT_EQ(read<OncallNowCommand>({"now", "--config", "a.yaml", "-o", "json"}).output, OutputFormat::kJson);
  EXPECT_THAT(refusal({"now"}), HasSubstr("--config is required"));
}

TEST(OncallArguments, who_takes_a_time) {
  const auto command = read<OncallWhoCommand>({"who", "--at", "15m", "--config", "a.yaml"});
  EXPECT_EQ(std::get<std::chrono::nanoseconds>(command.at), 15min);
  EXPECT_THAT(refusal({"who", "--config", "a.yaml"}), HasSubstr("--at is required"));
  EXPECT_THAT(refusal({"who", "--at", "noon", "--config", "a.yaml"}), HasSubstr("--at"));
}

TEST(OncallArguments, an_override_is_added_listed_and_removed) {
  const auto added =
      read<OncallOverrideCommand>({"override", "add", "--schedule", "primary", "--person", "bob", "--replaces", "ann",
                                   "--start", "2026-03-01T14:00:00Z", "--for", "4h", "--author", "ann"});
  EXPECT_EQ(added.action, OverrideAction::kAdd);
  EXPECT_EQ(added.person, "bob");
  EXPECT_THAT(added.replaces, Optional(std::string("ann")));
  EXPECT_EQ(added.length, 4h);
  EXPECT_TRUE(added.from && !added.until);
  EXPECT_EQ(read<OncallOverrideCommand>({"override", "list"}).action, OverrideAction::kList);
  EXPECT_THAT(read<OncallOverrideCommand>({"override", "remove", "a", "b"}).ids, testing::ElementsAre("a", "b"));
}

TEST(OncallArguments, an_override_that_says_too_little_or_too_much_is_refused) {
  const std::vector<std::string> begin{"override", "add", "--schedule", "primary"};
  const auto with = [&begin](std::vector<std::string> more) {
    more.insert(more.begin(), begin.begin(), begin.end());
    return refusal(more);
  };
  EXPECT_THAT(refusal({"override"}), HasSubstr("ACTION is required"));
  EXPECT_THAT(refusal({"override", "ad"}), HasSubstr("'add'"));
  EXPECT_THAT(refusal({"override", "add", "--person", "bob", "--for", "4h"}), HasSubstr("--schedule"));
  EXPECT_THAT(with({"--for", "4h"}), HasSubstr("--person"));
  EXPECT_THAT(with({"--person", "bob"}), HasSubstr("--until or --for"));
  EXPECT_THAT(with({"--person", "bob", "--for", "4h", "--until", "2026-03-01T14:00:00Z"}),
              HasSubstr("--until or --for"));
  EXPECT_THAT(with({"--person", "bob", "--for", "4h", "--start", "15m"}), HasSubstr("--start"));
  EXPECT_THAT(refusal({"override", "remove"}), HasSubstr("ID"));
  EXPECT_THAT(refusal({"override", "list", "x"}), HasSubstr("unexpected argument 'x'"));
}

TEST(OncallArguments, preview_takes_a_schedule_and_weeks) {
  const auto plain = read<OncallPreviewCommand>({"preview", "--config", "a.yaml"});
  EXPECT_FALSE(plain.schedule);
  EXPECT_EQ(plain.weeks, std::chrono::weeks{8});
  const auto full = read<OncallPreviewCommand>({"preview", "primary", "--weeks", "3", "--config", "a.yaml"});
  EXPECT_THAT(full.schedule, Optional(std::string("primary")));
  EXPECT_EQ(full.weeks, std::chrono::weeks{3});
  EXPECT_THAT(refusal({"preview", "--weeks", "521", "--config", "a.yaml"}), HasSubstr("--weeks"));
}

TEST(OncallArguments, export_needs_a_schedule) {
  EXPECT_EQ(read<OncallExportCommand>({"export", "primary", "--config", "a.yaml"}).schedule, "primary");
  EXPECT_THAT(refusal({"export", "--config", "a.yaml"}), HasSubstr("SCHEDULE is required"));
}

WallTime utc(int day, std::chrono::hours time) {
  return WallTime{std::chrono::sys_days{std::chrono::year{2026} / 6 / day} + time};
}

std::vector<ScheduleShifts> sample_shifts() {
  const std::string warning =
      "in the next 8 weeks nobody is on call 95.2 % of the time; the next of 8 gaps is from 2026-06-01 17:00 to "
      "2026-06-08 09:00 Europe/Berlin, 6d16h";
  return {{"primary",
           "Europe/Berlin",
           {{"ann", utc(1, 7h), utc(1, 15h), "office"}, {"", utc(1, 15h), utc(8, 7h), ""}},
           {warning}}};
}

TEST(OncallReport, is_by_the_clocks_of_the_schedule_and_as_the_documentation_shows_it) {
  const auto document = read_file(std::string(SONDE_TESTS_DIR) + "/../docs/cli.md");
  ASSERT_TRUE(document);
  EXPECT_THAT(*document, HasSubstr(render_shifts(sample_shifts())));
  const std::vector<ScheduleShifts> week{{"primary", "Europe/Berlin", {{"ann", utc(1, 7h), utc(8, 7h), "week"}}}};
  EXPECT_THAT(*document, HasSubstr(render_shifts(week)));
}

TEST(OncallReport, is_in_utc_for_programs) {
  const std::string text = shifts_as_json(sample_shifts());
  EXPECT_THAT(text, HasSubstr("\"starts_at\": \"2026-06-01T07:00:00.000Z\""));
  EXPECT_THAT(text, HasSubstr("\"person\": \"\""));
  EXPECT_THAT(text, HasSubstr("nobody is on call 95.2 %"));
}

TEST(OncallReport, says_that_there_is_no_schedule) { EXPECT_EQ(render_shifts({}), "no schedule: nobody is on call\n"); }

}  // namespace
}  // namespace sonde::cli
