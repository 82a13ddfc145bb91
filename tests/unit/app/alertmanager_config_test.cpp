#include "app/alertmanager_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>

namespace sonde::app {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

TEST(AlertmanagerConfig, tells_of_routes_receivers_and_intervals) {
  alerts::RoutingPlan plan;
  plan.root.receiver = "mails";
  plan.root.group_by = {"alertname"};
  plan.root.group_wait = 30s;
  alerts::Route below;
  below.receiver = "pager";
  below.matchers = {{"severity", store::MatchOperator::kRegex, "page|ticket"}};
  below.goes_on = true;
  below.group_by_all = true;
  below.mute_time_intervals = {"nights"};
  plan.root.routes = {below};
  plan.inhibit_rules = {{.source = {{"a", store::MatchOperator::kEqual, "b"}},
                         .target = {{"c", store::MatchOperator::kNotEqual, "d"}},
                         .equal = {"cluster"}}};
  alerts::TimeInterval nights;
  nights.times = {{{0, 360}, {1320, 1440}}};
  nights.weekdays = {{{1, 5}}};
  nights.days_of_month = {{{-1, -1}}};
  nights.location = "Europe/Berlin";
  plan.time_intervals = {{"nights", {nights}}};
  const json config = json::parse(alertmanager_config(plan, {}));
  EXPECT_EQ(config, json::parse(R"({"route":{"receiver":"mails","group_by":["alertname"],"group_wait":"30s","routes":[)"
                                R"({"receiver":"pager","group_by":["..."],"matchers":["severity=~\"page|ticket\""],)"
                                R"("continue":true,"mute_time_intervals":["nights"]}]},)"
                                R"("receivers":[{"name":"mails"},{"name":"pager"}],)"
                                R"("inhibit_rules":[{"source_matchers":["a=\"b\""],"target_matchers":["c!=\"d\""],)"
                                R"("equal":["cluster"]}],"time_intervals":[{"name":"nights","time_intervals":[)"
                                R"({"times":[{"start_time":"00:00","end_time":"06:00"},)"
                                R"({"start_time":"22:00","end_time":"24:00"}],"weekdays":["monday:friday"],)"
                                R"("days_of_month":["-1"],"location":"Europe/Berlin"}]}]})"));
}

TEST(AlertmanagerConfig, names_a_receiver_where_no_route_does) {
  const json config = json::parse(alertmanager_config({}, {}));
  EXPECT_EQ(config, json::parse(R"({"route":{"receiver":"every channel"},"receivers":[{"name":"every channel"}]})"));
}

}  // namespace
}  // namespace sonde::app
