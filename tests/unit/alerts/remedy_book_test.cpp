#include "alerts/remedy_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace sonde::alerts {
namespace {

using namespace std::chrono_literals;
using rules::Severity;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr WallTime kBegin{std::chrono::seconds{1'800'000'000}};

Moment moment_at(std::chrono::nanoseconds at) { return {kBegin + at, 1h + at}; }

RemedyRule rule_for(const std::string& alert) {
  RemedyRule rule;
  rule.name = "restart";
  rule.matchers = {{"alertname", store::MatchOperator::kEqual, alert}};
  rule.arguments = {"/bin/restart"};
  return rule;
}

Incident incident_of(std::int64_t id, const std::string& alert, std::chrono::nanoseconds since = 0s) {
  Incident incident;
  incident.id = id;
  IncidentAlert part;
  part.problem.labels = {{"alertname", alert}, {"service_name", "shop-" + std::to_string(id)}};
  part.problem.firing = true;
  part.problem.fired_at = part.joined_at = moment_at(since);
  incident.alerts = {part};
  return incident;
}

class RemedyDecision : public testing::Test {
 protected:
  void use(RemedyRule rule) {
    auto compiled = RemedyBook::compile({.allowed_programs = {"/bin/restart"}, .rules = {std::move(rule)}});
    ASSERT_TRUE(compiled) << compiled.error().what;
    book.emplace(*std::move(compiled));
  }

  /// The incidents for which something is wanted.
  std::vector<std::int64_t> wanted(const std::vector<Incident>& incidents, std::chrono::nanoseconds at) {
    std::vector<std::int64_t> ids;
    last = book->wanted(incidents, moment_at(at));
    for (const RemedyOrder& order : last) ids.push_back(order.key.incident);
    return ids;
  }

  /// All that is wanted is taken on.
  void take_on(std::chrono::nanoseconds at) {
    for (const RemedyOrder& order : last) book->note(claim_of(order, moment_at(at)));
  }

  std::vector<std::string> lines() {
    std::vector<std::string> said;
    for (const TimelineEntry& entry : book->take_timeline()) {
      said.push_back("#" + std::to_string(entry.incident) + " " + std::string(name_of(entry.change)) + ": " +
                     entry.reason);
    }
    return said;
  }

  std::optional<RemedyBook> book{};
  std::vector<RemedyOrder> last{};
};

TEST_F(RemedyDecision, nothing_is_wanted_without_rules) {
  const auto off = RemedyBook::compile({});
  ASSERT_TRUE(off);
  EXPECT_TRUE(off->is_off());
}

TEST_F(RemedyDecision, what_fits_is_wanted_until_it_is_taken_on_and_then_no_more) {
  use(rule_for("Stuck"));
  const std::vector<Incident> incidents{incident_of(1, "Stuck"), incident_of(2, "Slow")};
  EXPECT_THAT(wanted(incidents, 1s), ElementsAre(1));
  EXPECT_THAT(wanted(incidents, 2s), ElementsAre(1)) << "nobody has taken it on";
  take_on(2s);
  EXPECT_THAT(wanted(incidents, 3s), IsEmpty());
  EXPECT_THAT(wanted(incidents, 24h), IsEmpty());
}

TEST_F(RemedyDecision, an_incident_that_opens_again_is_another_occurrence) {
  use(rule_for("Stuck"));
  EXPECT_THAT(wanted({incident_of(1, "Stuck")}, 1s), ElementsAre(1));
  take_on(1s);
  Incident again = incident_of(1, "Stuck", 60s);
  again.occurrence = 2;
  EXPECT_THAT(wanted({again}, 61s), ElementsAre(1));
  EXPECT_EQ(last.front().key.occurrence, 2u);
}

TEST_F(RemedyDecision, what_an_earlier_process_has_taken_on_is_not_wanted) {
  use(rule_for("Stuck"));
  book->note({.key = {1, 1, "restart"}, .at = moment_at(0s), .alert = {}, .fired_at = {}});
  EXPECT_THAT(wanted({incident_of(1, "Stuck"), incident_of(2, "Stuck")}, 1s), ElementsAre(2));
}

TEST_F(RemedyDecision, an_alert_of_two_incidents_wants_it_once) {
  use(rule_for("Stuck"));
  Incident twin = incident_of(1, "Stuck");
  twin.id = 2;
  const std::vector<Incident> incidents{incident_of(1, "Stuck"), twin};
  EXPECT_THAT(wanted(incidents, 1s), ElementsAre(1));
  take_on(1s);
  EXPECT_THAT(wanted(incidents, 2s), IsEmpty());
}

TEST_F(RemedyDecision, nothing_is_wanted_while_people_have_it_or_something_holds_it) {
  use(rule_for("Stuck"));
  for (const auto status : {IncidentStatus::kAcknowledged, IncidentStatus::kSnoozed, IncidentStatus::kResolved}) {
    Incident incident = incident_of(1, "Stuck");
    incident.status = status;
    EXPECT_THAT(wanted({incident}, 1h), IsEmpty()) << name_of(status);
  }
  Incident held = incident_of(1, "Stuck");
  held.held = true;
  EXPECT_THAT(wanted({held}, 1h), IsEmpty());
  held.held = false;
  EXPECT_THAT(wanted({held}, 1h), ElementsAre(1)) << "and when that is over, it is";
}

TEST_F(RemedyDecision, an_alert_must_have_fired_for_long_enough_and_fire_still) {
  RemedyRule rule = rule_for("Stuck");
  rule.after = 5min;
  use(rule);
  Incident incident = incident_of(1, "Stuck");
  EXPECT_THAT(wanted({incident}, 5min - 1ns), IsEmpty());
  EXPECT_THAT(wanted({incident}, 5min), ElementsAre(1));
  incident.alerts.front().joined_at = moment_at(2min);
  EXPECT_THAT(wanted({incident}, 5min), IsEmpty()) << "people have known of it for three minutes";
  incident.alerts.front().firing = false;
  EXPECT_THAT(wanted({incident}, 1h), IsEmpty());
}

TEST_F(RemedyDecision, an_alert_must_be_severe_enough_and_matchers_see_its_severity) {
  RemedyRule rule = rule_for("Stuck");
  rule.at_least = Severity::kCritical;
  rule.matchers.push_back({"severity", store::MatchOperator::kEqual, "critical"});
  use(rule);
  Incident incident = incident_of(1, "Stuck");
  EXPECT_THAT(wanted({incident}, 1s), IsEmpty());
  incident.alerts.front().problem.severity = Severity::kCritical;
  EXPECT_THAT(wanted({incident}, 1s), ElementsAre(1));
}

TEST_F(RemedyDecision, more_than_so_many_in_an_hour_are_held_back_and_said_once) {
  RemedyRule rule = rule_for("Stuck");
  rule.max_per_hour = 2;
  use(rule);
  const std::vector<Incident> incidents{incident_of(1, "Stuck"), incident_of(2, "Stuck"), incident_of(3, "Stuck")};
  EXPECT_THAT(wanted(incidents, 1s), ElementsAre(1, 2));
  take_on(1s);
  EXPECT_THAT(wanted(incidents, 2s), IsEmpty());
  EXPECT_THAT(lines(), ElementsAre("#3 remedy ended: restart: held back: more than 2 in an hour"));
  EXPECT_THAT(wanted(incidents, 30min), IsEmpty());
  EXPECT_THAT(lines(), IsEmpty());
  EXPECT_THAT(wanted(incidents, 1h + 1s), ElementsAre(3)) << "an hour later there is room";
  EXPECT_EQ(book->held_back().at("restart"), 1u);
}

TEST_F(RemedyDecision, runs_of_an_earlier_process_count_for_the_hour) {
  RemedyRule rule = rule_for("Stuck");
  rule.max_per_hour = 1;
  use(rule);
  book->note({.key = {7, 1, "restart"}, .at = moment_at(-59min), .alert = {}, .fired_at = {}});
  EXPECT_THAT(wanted({incident_of(8, "Stuck")}, 0s), IsEmpty());
  EXPECT_THAT(wanted({incident_of(8, "Stuck")}, 1min), ElementsAre(8));
}

TEST_F(RemedyDecision, a_rule_for_everything_or_with_a_strange_program_is_none) {
  RemedyRule rule = rule_for("Stuck");
  EXPECT_FALSE(RemedyBook::compile({.allowed_programs = {"/bin/other"}, .rules = {rule}}));
  rule.matchers.clear();
  EXPECT_FALSE(RemedyBook::compile({.allowed_programs = {"/bin/restart"}, .rules = {rule}}));
  rule = rule_for("Stuck");
  rule.arguments = {"restart"};
  EXPECT_FALSE(RemedyBook::compile({.allowed_programs = {"restart"}, .rules = {rule}}));
}

}  // namespace
}  // namespace sonde::alerts
