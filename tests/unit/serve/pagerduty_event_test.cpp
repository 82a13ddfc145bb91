#include "serve/pagerduty_event.h"

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace sonde::serve {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

json told(const std::string& type) {
  return {{"event",
           {{"id", "01CCS7BCZP"},
            {"event_type", type},
            {"resource_type", "incident"},
            {"occurred_at", "2027-01-15T08:00:00.123Z"},
            {"agent", {{"id", "PLH1HKV"}, {"type", "user_reference"}, {"summary", "Ann Bell"}}},
            {"client", nullptr},
            {"data", {{"id", "PGR0VU2"}, {"type", "incident"}, {"incident_key", "web-1/c0ffee/incident-12"}}}}}};
}

TEST(PagerDutyEvent, says_who_has_done_what_to_which_incident) {
  using alerts::IncidentAction;
  for (const auto& [type, action] : {std::pair{"incident.acknowledged", IncidentAction::kAcknowledge},
                                     std::pair{"incident.unacknowledged", IncidentAction::kUnacknowledge},
                                     std::pair{"incident.resolved", IncidentAction::kResolve}}) {
    const auto read = parse_pagerduty_event(told(type).dump());
    ASSERT_TRUE(read && *read);
    EXPECT_EQ(**read, (PagerDutyEvent{"01CCS7BCZP", "web-1/c0ffee/incident-12", "Ann Bell", action,
                                      WallTime{1'800'000'000s + 123ms}}));
  }
}

TEST(PagerDutyEvent, may_be_by_nobody_and_of_no_time) {
  json event = told("incident.unacknowledged");
  event["event"]["agent"] = nullptr;
  event["event"].erase("occurred_at");
  const auto read = parse_pagerduty_event(event.dump());
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->user, "");
  EXPECT_EQ((*read)->at, std::nullopt);
}

TEST(PagerDutyEvent, passes_over_what_changes_nothing_here) {
  json of_our_own = told("incident.acknowledged");
  of_our_own["event"]["agent"]["type"] = "events_api_v2_inbound_integration_reference";
  json without_key = told("incident.resolved");
  without_key["event"]["data"]["incident_key"] = nullptr;
  for (const json& event : {of_our_own, without_key, told("incident.triggered"), told("pagey.ping")}) {
    const auto read = parse_pagerduty_event(event.dump());
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_FALSE(*read) << event;
  }
}

TEST(PagerDutyEvent, refuses_what_makes_no_sense) {
  json without_id = told("incident.resolved");
  without_id["event"].erase("id");
  for (const std::string& body : {std::string(), std::string("{"), std::string("[]"), std::string("{}"),
                                  std::string(R"({"event":{"event_type":7}})"), without_id.dump()}) {
    const auto read = parse_pagerduty_event(body);
    ASSERT_FALSE(read) << body;
    EXPECT_EQ(read.error().code, Code::kBadInput);
  }
}

}  // namespace
}  // namespace sonde::serve
