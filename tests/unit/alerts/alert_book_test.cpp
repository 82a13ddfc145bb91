#include "alerts/alert_book.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/fake_clock.h"

namespace sonde::alerts {
namespace {

using namespace std::chrono_literals;
using rules::ServiceFinding;
using rules::Severity;
using rules::Verdict;
using std::chrono::nanoseconds;

constexpr nanoseconds kTick = 10s;

/// B breach, f fine, n not enough data, - no finding at all.
std::optional<ServiceFinding> finding_of(char letter, Severity severity, nanoseconds for_duration) {
  if (letter == '-') return std::nullopt;
  ServiceFinding finding;
  finding.rule = rules::kHighErrorRate;
  finding.severity = severity;
  finding.service = "checkout";
  finding.verdict = letter == 'B' ? Verdict::kBreach : letter == 'f' ? Verdict::kFine : Verdict::kInsufficientData;
  finding.value = letter == 'B' ? 0.5 : 0;
  finding.threshold = severity == Severity::kCritical ? 0.05 : 0.01;
  finding.for_duration = for_duration;
  finding.summary = std::string("said at ") + letter;
  return finding;
}

/// Everything a person hears, in seconds from the start: `30 firing warning`.
std::string heard(const std::vector<Transition>& transitions, WallTime start) {
  std::string text;
  for (const Transition& transition : transitions) {
    text += text.empty() ? "" : ", ";
    text += std::to_string((transition.at - start) / 1s);
    text += transition.change == Change::kFiring ? " firing " : " resolved ";
    text += rules::name_of(transition.alert.severity);
  }
  return text;
}

struct Story {
  const char* name;
  std::string_view warning;   ///< one letter for each tick of ten seconds
  std::string_view critical;  ///< empty: no such findings
  nanoseconds for_duration;
  nanoseconds hold_without_data;
  const char* heard;
};

std::vector<Transition> play(AlertBook& book, const Story& story, test::FakeClock& clock) {
  std::vector<Transition> all;
  for (std::size_t tick = 0; tick < story.warning.size(); ++tick) {
    std::vector<ServiceFinding> findings;
    const char critical = tick < story.critical.size() ? story.critical[tick] : '-';
    if (auto finding = finding_of(story.warning[tick], Severity::kWarning, story.for_duration)) {
      findings.push_back(*finding);
    }
    if (auto finding = finding_of(critical, Severity::kCritical, story.for_duration)) findings.push_back(*finding);
    for (Transition& transition : book.step(findings, clock.now())) all.push_back(std::move(transition));
    clock.advance(kTick);
  }
  return all;
}

class AlertStory : public testing::TestWithParam<Story> {};

TEST_P(AlertStory, is_heard_as_it_should_be) {
  test::FakeClock clock;
  const WallTime start = clock.now();
  AlertBook book(AlertOptions{GetParam().hold_without_data});
  EXPECT_EQ(heard(play(book, GetParam(), clock), start), GetParam().heard);
}

INSTANTIATE_TEST_SUITE_P(
    OneSeverity, AlertStory,
    testing::Values(
        Story{"fires_when_the_breach_has_lasted", "ffBBBBBBBBff", "", 30s, 10min,
              "50 firing warning, 100 resolved warning"},
        Story{"fires_at_once_without_for", "fBBf", "", 0s, 10min, "10 firing warning, 30 resolved warning"},
        Story{"says_nothing_of_a_short_breach", "BBBfBBBfBBB", "", 30s, 10min, ""},
        Story{"says_nothing_of_what_is_fine_or_unknown", "ffnn--ff", "", 0s, 10min, ""},
        Story{"does_not_count_time_without_data_as_a_breach", "BBnnnnnnnBBBBf", "", 30s, 10min,
              "110 firing warning, 130 resolved warning"},
        Story{"does_not_fire_without_data", "BBBnnnnnn", "", 30s, 10min, ""},
        Story{"does_not_count_a_missing_finding_as_a_breach", "BBB-----B", "", 30s, 10min, ""},
        Story{"keeps_firing_through_a_gap", "BBBBnnnBBf", "", 30s, 10min, "30 firing warning, 90 resolved warning"},
        Story{"keeps_firing_through_missing_findings", "BBBB---BBf", "", 30s, 10min,
              "30 firing warning, 90 resolved warning"},
        Story{"resolves_what_had_no_data_for_too_long", "BBBBnnnnnnnn", "", 30s, 60s,
              "30 firing warning, 90 resolved warning"},
        Story{"resolves_what_vanished", "BBBB--------", "", 30s, 60s, "30 firing warning, 90 resolved warning"},
        Story{"starts_the_patience_anew_with_every_answer", "BBBBnnnnnBnnnnnBf", "", 30s, 60s,
              "30 firing warning, 160 resolved warning"},
        Story{"forgets_what_was_pending_without_data_for_too_long", "BBBnnnnnnB", "", 30s, 60s, ""},
        Story{"is_a_new_occurrence_after_it_resolved", "BBfBBf", "", 10s, 10min,
              "10 firing warning, 20 resolved warning, 40 firing warning, 50 resolved warning"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    BothSeverities, AlertStory,
    testing::Values(Story{"is_one_message_when_both_fire_together", "fBBBBBBf", "fBBBBBBf", 30s, 10min,
                          "40 firing critical, 70 resolved critical"},
                    Story{"is_one_message_when_the_value_climbs_through_both", "BBBBBBBBf", "ffBBBBBBf", 30s, 10min,
                          "50 firing critical, 80 resolved critical"},
                    Story{"is_one_message_when_the_value_falls_through_both", "BBBBBBBf", "BBBBBfff", 30s, 10min,
                          "30 firing critical, 50 resolved critical"},
                    Story{"is_raised_when_critical_follows_an_announced_warning", "BBBBBBBBBBf", "ffffBBBBBff", 30s,
                          10min, "30 firing warning, 70 firing critical, 90 resolved critical, 100 resolved warning"},
                    Story{"tells_the_warning_at_once_when_critical_only_threatened", "BBBBBBBf", "ffBBBfff", 30s, 10min,
                          "50 firing warning, 70 resolved warning"},
                    Story{"tells_the_warning_that_outlasts_critical_by_its_for", "BBBBBBBBBBf", "BBBBBffffff", 30s,
                          10min, "30 firing critical, 50 resolved critical, 80 firing warning, 100 resolved warning"},
                    Story{"is_one_message_when_all_data_end", "BBBBnnnnnnnn", "BBBBnnnnnnnn", 30s, 60s,
                          "30 firing critical, 90 resolved critical"}),
    [](const auto& row) { return row.param.name; });

TEST(AlertBook, says_why_it_resolved) {
  struct Row {
    const char* warning;
    const char* critical;
    const char* reason;
    const char* summary;
  };
  for (const Row& row :
       {Row{"BBf", "", "back below the threshold", "said at f"},
        Row{"BBf", "BBf", "back below the threshold", "said at f"},
        Row{"BBB", "BBf", "back below the critical threshold, still above the warning threshold", "said at f"},
        Row{"BBnnn", "", "too little traffic to judge for 30s", "said at B"}}) {
    test::FakeClock clock;
    AlertBook book(AlertOptions{30s});
    const auto transitions = play(book, Story{"", row.warning, row.critical, 10s, 30s, ""}, clock);
    ASSERT_EQ(transitions.size(), 2u) << row.reason;
    EXPECT_EQ(transitions[0].reason, "");
    EXPECT_EQ(transitions[0].alert.summary, "said at B");
    EXPECT_EQ(transitions[1].reason, row.reason);
    EXPECT_EQ(transitions[1].alert.summary, row.summary);
    EXPECT_EQ(transitions[1].alert.active_since, transitions[0].alert.active_since);
  }
}

TEST(AlertBook, neither_fires_early_nor_hangs_when_the_wall_clock_is_set_back) {
  test::FakeClock clock;
  AlertBook book(AlertOptions{});
  const std::vector<ServiceFinding> breach{*finding_of('B', Severity::kWarning, 60s)};
  int ticks_until_firing = 0;
  for (bool fired = false; !fired && ticks_until_firing < 20; ++ticks_until_firing) {
    if (ticks_until_firing == 3) clock.step_wall(-1h);
    fired = !book.step(breach, clock.now()).empty();
    clock.advance(kTick);
  }
  EXPECT_EQ(ticks_until_firing, 8);
}

TEST(AlertBook, shows_what_is_pending_firing_and_held_back) {
  test::FakeClock clock;
  const WallTime start = clock.now();
  AlertBook book(AlertOptions{});
  play(book, Story{"", "BB", "fB", 10s, 10min, ""}, clock);
  std::vector<Alert> active = book.active();
  ASSERT_EQ(active.size(), 2u);
  EXPECT_EQ(active[0].severity, Severity::kWarning);
  EXPECT_EQ(active[0].state, AlertState::kFiring);
  EXPECT_EQ(active[0].active_since, start);
  EXPECT_EQ(active[0].fired_at, start + 10s);
  EXPECT_EQ(active[0].value, 0.5);
  EXPECT_EQ(active[1].severity, Severity::kCritical);
  EXPECT_EQ(active[1].state, AlertState::kPending);
  EXPECT_EQ(active[1].active_since, start + 10s);
  play(book, Story{"", "ff", "ff", 10s, 10min, ""}, clock);
  EXPECT_TRUE(book.active().empty());
}

TEST(AlertBook, keeps_services_and_rules_apart) {
  test::FakeClock clock;
  AlertBook book(AlertOptions{});
  ServiceFinding errors = *finding_of('B', Severity::kWarning, 0s);
  ServiceFinding slow = errors;
  slow.rule = rules::kHighResponseTime;
  ServiceFinding other = errors;
  other.service = "search";
  other.severity = Severity::kCritical;
  EXPECT_EQ(book.step(std::vector<ServiceFinding>{errors, slow, other}, clock.now()).size(), 3u);
  clock.advance(kTick);
  slow.verdict = Verdict::kFine;
  const auto transitions = book.step(std::vector<ServiceFinding>{errors, slow, other}, clock.now());
  ASSERT_EQ(transitions.size(), 1u);
  EXPECT_EQ(transitions[0].alert.rule, rules::kHighResponseTime);
}

}  // namespace
}  // namespace sonde::alerts
