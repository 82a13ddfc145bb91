#include "history/incident_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "unit/history/history_place.h"

namespace sonde::history {
namespace {

using namespace std::chrono_literals;
using alerts::Change;
using alerts::Verdict;
using std::chrono::nanoseconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

ReportQuery all_by(ReportBy by) { return {.from = kNow - 24h * 365, .to = kNow + 24h * 365, .by = by}; }

/// An incident that lives as it is told to, with the lines that its life leaves.
class Story {
 public:
  explicit Story(std::int64_t id, const std::string& rule = "CpuBusy", nanoseconds opened = 0s) {
    incident.id = id;
    alerts::IncidentAlert alert;
    alert.problem.labels = {{"alertname", rule}, {"service_name", "shop"}, {"team", "db"}};
    alert.problem.started_at = moment_at(opened);
    incident.alerts = {alert};
    incident.opened_at = moment_at(opened);
    add(opened, Change::kOpened);
  }

  Story& add(nanoseconds at, Change change, const std::string& actor = "", const std::string& reason = "") {
    alerts::TimelineEntry entry;
    entry.at = moment_at(at);
    entry.change = change;
    entry.actor = actor;
    entry.reason = reason;
    entry.incident = change == Change::kHeld || change == Change::kFlapping ? 0 : incident.id;
    lines.push_back({static_cast<std::int64_t>(lines.size()) + 1, entry});
    return *this;
  }

  Story& told(nanoseconds at) { return add(at, Change::kTold, "", "firing: HTTP 200"); }

  Story& acknowledged(nanoseconds at) {
    if (!incident.acknowledged_at) incident.acknowledged_at = moment_at(at);
    return add(at, Change::kAcknowledged, "ann");
  }

  Story& resolved(nanoseconds at, const std::string& actor = "") {
    incident.status = alerts::IncidentStatus::kResolved;
    incident.resolved_at = moment_at(at);
    incident.resolve_reason = actor.empty() ? "auto" : "manual";
    return add(at, Change::kResolved, actor);
  }

  Story& reopened(nanoseconds at) {
    incident.status = alerts::IncidentStatus::kTriggered;
    incident.opened_at = incident.alerts.front().problem.started_at = moment_at(at);
    incident.acknowledged_at.reset();
    ++incident.occurrence;
    return add(at, Change::kReopened);
  }

  Story& reviewed(Verdict verdict) {
    review.emplace().verdict = verdict;
    return *this;
  }

  [[nodiscard]] ReportRow row() const { return report_row(incident, lines, review ? &*review : nullptr); }

  alerts::Incident incident;
  std::vector<StoredEntry> lines;
  std::optional<alerts::Review> review;
};

IncidentReport report_of(const std::vector<Story>& stories, ReportQuery query = all_by(ReportBy::kRule)) {
  ReportBuilder builder(std::move(query));
  for (const Story& story : stories) builder.take(story.row());
  return std::move(builder).finish();
}

TEST(IncidentReport, X01_fires_at_0_acknowledged_at_4_minutes_clear_at_34) {
  const IncidentReport report = report_of({Story(1).told(1s).acknowledged(4min).resolved(34min)});
  EXPECT_EQ(report.total.acknowledge_mean, 240s);
  EXPECT_EQ(report.total.acknowledge_median, 240s);
  EXPECT_EQ(report.total.resolve_mean, 2040s);
  EXPECT_EQ(report.total.resolve_median, 2040s);
}

TEST(IncidentReport, X01_what_was_never_acknowledged_is_counted_apart) {
  const IncidentReport report = report_of({Story(1).acknowledged(4min).resolved(34min), Story(2).resolved(6min),
                                           Story(3).acknowledged(2min), Story(4).acknowledged(9min)});
  EXPECT_EQ(report.total.incidents, 4U);
  EXPECT_EQ(report.total.acknowledged, 3U);
  EXPECT_EQ(report.total.acknowledge_mean, 5min);
  EXPECT_EQ(report.total.acknowledge_median, 4min);
  EXPECT_EQ(report.total.open, 2U);
  EXPECT_EQ(report.total.resolved, 2U);
  EXPECT_EQ(report.total.resolve_mean, 20min);
}

TEST(IncidentReport, X01_what_was_opened_again_counts_once) {
  Story story(1);
  story.told(1s).acknowledged(4min).resolved(10min).reopened(15min).acknowledged(16min).resolved(20min);
  const IncidentReport report = report_of({story});
  EXPECT_EQ(report.total.incidents, 1U);
  EXPECT_EQ(report.total.reopened, 1U);
  EXPECT_EQ(report.total.acknowledge_mean, 4min) << "the first time, of the first occurrence";
  EXPECT_EQ(report.total.resolve_mean, 20min) << "until it was over for good";
  EXPECT_EQ(story.row().lasted, 10min) << "the longest occurrence";
}

TEST(IncidentReport, X01_time_for_which_it_was_kept_back_is_left_out) {
  Story muted(1);
  muted.add(1min, Change::kMuted).add(2min, Change::kMuted).told(21min).acknowledged(25min).resolved(35min);
  EXPECT_EQ(muted.row().acknowledged_after, 5min);
  EXPECT_EQ(muted.row().resolved_after, 15min);
  Story held(2);
  held.add(0s, Change::kUnsent, "", "firing: silence 4711").told(10min).resolved(12min);
  EXPECT_EQ(held.row().resolved_after, 2min);
  Story told_before(3);
  told_before.told(1s).add(1min, Change::kMuted).told(20min).resolved(30min);
  EXPECT_EQ(told_before.row().resolved_after, 30min) << "somebody knew of it";
  Story never_told(4);
  never_told.add(1min, Change::kHeld).resolved(30min);
  EXPECT_EQ(never_told.row().resolved_after, 1min);
}

TEST(IncidentReport, without_its_lines_an_incident_says_what_it_knows) {
  Story story(1, "CpuBusy", 1h);
  story.acknowledged(1h + 5min).resolved(1h + 30min);
  story.lines.clear();
  EXPECT_EQ(story.row().opened_at, kNow + 1h);
  EXPECT_EQ(story.row().acknowledged_after, 5min);
  EXPECT_EQ(story.row().resolved_after, 30min);
}

TEST(IncidentReport, what_was_merged_is_neither_open_nor_resolved) {
  Story merged(1);
  merged.resolved(1min, "ann");
  merged.incident.resolve_reason = "merged";
  merged.incident.merged_into = 2;
  const IncidentReport report = report_of({merged});
  EXPECT_EQ(report.total.merged, 1U);
  EXPECT_EQ(report.total.open + report.total.resolved + report.total.brief, 0U);
  EXPECT_FALSE(report.total.resolve_mean);
}

TEST(IncidentReport, brief_is_what_ends_within_five_minutes_without_a_person) {
  EXPECT_EQ(report_of({Story(1).resolved(5min - 1s)}).total.brief, 1U);
  EXPECT_EQ(report_of({Story(1).resolved(5min)}).total.brief, 0U);
  EXPECT_EQ(report_of({Story(1).acknowledged(1min).resolved(2min)}).total.brief, 0U);
  EXPECT_EQ(report_of({Story(1).resolved(2min, "ann")}).total.brief, 0U);
}

TEST(IncidentReport, flapping_is_told_by_lines_and_by_alerts) {
  Story by_alert(2);
  by_alert.incident.alerts.front().reason = "flapping ended";
  EXPECT_EQ(report_of({Story(1).add(1s, Change::kFlapping), by_alert, Story(3)}).total.flapping, 2U);
}

/// Ten incidents, of which six are noise; three of the six are over within five minutes. `others` last so long.
std::vector<Story> noisy_ten(const std::vector<std::chrono::minutes>& others) {
  std::vector<Story> stories;
  std::int64_t id = 0;
  for (const auto length : {1min, 3min, 4min, 6min, 7min, 9min}) {
    ++id;
    stories.push_back(Story(id, "CpuBusy", id * 1h).resolved(id * 1h + length).reviewed(Verdict::kNoise));
  }
  for (const auto length : others) {
    ++id;
    stories.push_back(Story(id, "CpuBusy", id * 1h).resolved(id * 1h + length).reviewed(Verdict::kActionable));
  }
  return stories;
}

TEST(IncidentReport, X03_six_of_ten_are_noise_and_three_were_over_within_five_minutes) {
  const IncidentReport report = report_of(noisy_ten({20min, 30min, 40min, 50min}));
  EXPECT_EQ(report.total.incidents, 10U);
  EXPECT_EQ(report.total.reviewed, 10U);
  EXPECT_EQ(report.total.noise, 6U) << "60 %";
  EXPECT_EQ(report.total.brief, 3U) << "30 %";
}

TEST(IncidentReport, X03_names_the_smallest_for_that_drops_all_noise_and_what_it_would_have_lost) {
  const IncidentReport report = report_of(noisy_ten({8min, 30min, 40min, 50min}));
  ASSERT_THAT(report.hints, SizeIs(1));
  const TuningHint& hint = report.hints.front();
  EXPECT_EQ(hint.rule, "CpuBusy");
  EXPECT_EQ(hint.noise, 6U);
  EXPECT_EQ(hint.actionable, 4U);
  EXPECT_EQ(hint.incidents, 10U);
  EXPECT_EQ(hint.longest_noise, 9min);
  EXPECT_EQ(hint.smallest, 10min);
  std::vector<std::string> steps;
  for (const TuningStep& step : hint.steps) {
    steps.push_back(std::to_string(step.length / 1min) + "m drops " + std::to_string(step.noise_dropped) + ", loses " +
                    std::to_string(step.actionable_lost.size()));
  }
  EXPECT_THAT(steps, ElementsAre("1m drops 0, loses 0", "2m drops 1, loses 0", "5m drops 3, loses 0",
                                 "10m drops 6, loses 1", "15m drops 6, loses 1"));
  EXPECT_THAT(hint.steps[3].actionable_lost, ElementsAre(7));
}

TEST(IncidentReport, no_for_drops_what_lasts_longer_or_is_not_over) {
  EXPECT_FALSE(report_of({Story(1).resolved(15min).reviewed(Verdict::kNoise)}).hints.front().smallest);
  EXPECT_FALSE(report_of({Story(1).reviewed(Verdict::kNoise)}).hints.front().smallest);
  EXPECT_THAT(report_of({Story(1).resolved(1s).reviewed(Verdict::kKnown)}).hints, IsEmpty());
}

TEST(IncidentReport, what_the_rule_had_waited_before_counts_for_its_for) {
  Story story(1, "CpuBusy", 5min);
  story.incident.alerts.front().problem.started_at = moment_at(0s);
  story.resolved(6min).reviewed(Verdict::kNoise);
  EXPECT_EQ(story.row().resolved_after, 1min);
  EXPECT_EQ(story.row().lasted, 6min);
  EXPECT_EQ(report_of({story}).hints.front().smallest, 10min);
}

TEST(IncidentReport, the_noisiest_rules_come_first_and_five_at_most) {
  std::vector<Story> stories;
  for (std::int64_t rule = 1; rule <= 7; ++rule) {
    for (std::int64_t n = 0; n < rule; ++n) {
      stories.push_back(Story(rule * 10 + n, "R" + std::to_string(rule)).resolved(1s).reviewed(Verdict::kNoise));
    }
  }
  std::vector<std::string> rules;
  for (const TuningHint& hint : report_of(stories).hints) rules.push_back(hint.rule);
  EXPECT_THAT(rules, ElementsAre("R7", "R6", "R5", "R4", "R3"));
}

std::vector<std::string> keys_of(const IncidentReport& report) {
  std::vector<std::string> keys;
  for (const ReportFigures& group : report.groups) keys.push_back(group.key + " " + std::to_string(group.incidents));
  return keys;
}

TEST(IncidentReport, an_incident_of_two_rules_counts_for_both_and_once_in_all) {
  Story both(1, "CpuBusy");
  both.incident.alerts.push_back(both.incident.alerts.front());
  both.incident.alerts.push_back(Story(1, "DiskFull").incident.alerts.front());
  Story bare(3);
  bare.incident.alerts.front().problem.labels = {{"alertname", "DiskFull"}};
  const std::vector<Story> stories{both, Story(2, "DiskFull"), bare};
  EXPECT_THAT(keys_of(report_of(stories)), ElementsAre("DiskFull 3", "CpuBusy 1"));
  EXPECT_THAT(keys_of(report_of(stories, all_by(ReportBy::kService))), ElementsAre("shop 2", " 1"));
  EXPECT_THAT(keys_of(report_of(stories, all_by(ReportBy::kTeam))), ElementsAre("db 2", " 1"));
  EXPECT_EQ(report_of(stories).total.incidents, 3U);
}

struct PeriodRow {
  const char* name;
  ReportBy by;
  const char* zone;
  std::int64_t unix_seconds;
  const char* key;
};

class Period : public testing::TestWithParam<PeriodRow> {};

TEST_P(Period, is_that_of_the_first_opening) {
  const WallTime at{std::chrono::seconds{GetParam().unix_seconds}};
  auto zone = TimeZone::load(GetParam().zone);
  ASSERT_TRUE(zone) << zone.error().what;
  ReportRow row;
  row.opened_at = at;
  ReportBuilder builder({.from = at, .to = at + 1s, .by = GetParam().by, .zone = *zone});
  builder.take(row);
  EXPECT_THAT(keys_of(std::move(builder).finish()), ElementsAre(GetParam().key + std::string(" 1")));
}

INSTANTIATE_TEST_SUITE_P(IncidentReport, Period,
                         testing::Values(PeriodRow{"day", ReportBy::kDay, "UTC", 1'800'000'000, "2027-01-15"},
                                         PeriodRow{"month", ReportBy::kMonth, "UTC", 1'800'000'000, "2027-01"},
                                         PeriodRow{"week", ReportBy::kWeek, "UTC", 1'800'000'000, "2027-W02"},
                                         // 2026-03-29T22:30:00Z, after the clocks went forward that night.
                                         PeriodRow{"day_there", ReportBy::kDay, "Europe/Berlin", 1'774'823'400,
                                                   "2026-03-30"},
                                         PeriodRow{"day_here", ReportBy::kDay, "UTC", 1'774'823'400, "2026-03-29"},
                                         // 2021-01-03 is a Sunday: the last day of the 53rd week of 2020.
                                         PeriodRow{"long_year", ReportBy::kWeek, "UTC", 1'609'632'000, "2020-W53"},
                                         // 2024-12-30 is a Monday: the first day of the first week of 2025.
                                         PeriodRow{"early_year", ReportBy::kWeek, "UTC", 1'735'516'800, "2025-W01"}),
                         [](const auto& row) { return row.param.name; });

TEST(IncidentReport, periods_stand_in_their_order_and_what_is_outside_is_left_out) {
  const std::vector<Story> stories{Story(3, "A", 49h), Story(1, "A", -1h), Story(2, "A", 1h), Story(4, "A", 72h)};
  const ReportQuery query{.from = kNow - 1h, .to = kNow + 72h, .by = ReportBy::kDay};
  const IncidentReport report = report_of(stories, query);
  EXPECT_THAT(keys_of(report), ElementsAre("2027-01-15 2", "2027-01-17 1"));
  EXPECT_EQ(report.total.incidents, 3U);
}

TEST(IncidentReport, is_read_from_what_was_kept) {
  const HistoryPlace place;
  const auto history = place.open();
  ASSERT_TRUE(history->load());
  Story story(1);
  story.told(1s).acknowledged(4min).resolved(34min).reviewed(Verdict::kNoise);
  story.incident.alerts.front().firing = false;
  story.incident.alerts.front().ended_at = moment_at(34min);
  story.review->incident = 1;
  std::vector<alerts::TimelineEntry> entries;
  for (const StoredEntry& line : story.lines) entries.push_back(line.entry);
  alerts::TimelineEntry flapping;
  flapping.at = moment_at(10min);
  flapping.change = Change::kFlapping;
  flapping.labels = story.incident.alerts.front().problem.labels;
  entries.push_back(flapping);
  alerts::TimelineEntry note = entries.front();
  note.change = Change::kNoted;
  entries.push_back(note);
  alerts::Snapshot snapshot;
  snapshot.incidents = {story.incident, Story(2).incident, Story(3).incident};
  ASSERT_TRUE(history->save(snapshot, entries, mark_at(1h), {}, std::vector{*story.review}));
  const auto newest = history->report_rows(0, 2);
  ASSERT_TRUE(newest) << newest.error().what;
  ASSERT_THAT(*newest, SizeIs(2));
  EXPECT_EQ(newest->back().incident, 2);
  const auto oldest = history->report_rows(2, 2);
  ASSERT_TRUE(oldest) << oldest.error().what;
  ReportRow expected = story.row();
  expected.flapping = true;
  EXPECT_THAT(*oldest, ElementsAre(expected));
}

}  // namespace
}  // namespace sonde::history
