#include "serve/probe_answers.h"

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

namespace sonde::serve {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

ProbeRow row() {
  probe::ProbeTarget target;
  target.name = "shop";
  target.address = "https://shop.example/health?token=secret";
  target.password = "hunter2";
  target.http.headers = {{"Authorization", "hunter2"}};
  ProbeRow row;
  row.state.target = std::make_shared<const probe::ProbeTarget>(target);
  row.address = "https://shop.example/health";
  return row;
}

TEST(ProbeAnswers, say_what_is_not_known_yet) {
  const json answer = json::parse(probes_json(std::vector{row()}));
  const json& probe = answer.at("probes").at(0);
  EXPECT_EQ(probe.at("probe"), "shop");
  EXPECT_EQ(probe.at("kind"), "http");
  for (const char* field : {"up", "since", "probed_at", "last", "service", "contradicted_by"}) {
    EXPECT_TRUE(probe.at(field).is_null()) << field;
  }
  EXPECT_TRUE(probe.at("uptime").at("1h").at("ratio").is_null());
}

TEST(ProbeAnswers, tell_the_last_result_and_the_uptime) {
  ProbeRow down = row();
  down.contradicts = "real requests succeed";
  down.state.up = false;
  down.state.changed_at = WallTime{1'800'000'000s};
  down.state.in_a_row = 4;
  down.state.last.emplace();
  down.state.last->reason = "status 503, not 200-299";
  down.state.last->status = 503;
  down.state.last->duration = 1500ms;
  down.state.last->phases = {{"resolve", 1ms}, {"connect", 2ms}};
  down.state.windows[2] = {.successes = 3, .failures = 1};
  const json probe = json::parse(probes_json(std::vector{down})).at("probes").at(0);
  EXPECT_EQ(probe.at("up"), false);
  EXPECT_EQ(probe.at("since"), "2027-01-15T08:00:00Z");
  EXPECT_EQ(probe.at("contradicted_by"), "real requests succeed");
  EXPECT_EQ(probe.at("uptime").at("30d"), json::parse(R"({"ratio": 0.75, "probes": 4})"));
  const json& last = probe.at("last");
  EXPECT_EQ(last.at("reason"), "status 503, not 200-299");
  EXPECT_EQ(last.at("http_status"), 503);
  EXPECT_EQ(last.at("duration_seconds"), 1.5);
  EXPECT_EQ(last.at("phases_seconds"), json::parse(R"({"resolve": 0.001, "connect": 0.002})"));
}

TEST(ProbeAnswers, hold_no_secret) {
  ProbeRow failed = row();
  failed.state.last.emplace();
  failed.state.last->output = "hunter2";
  const std::string answer = probes_json(std::vector{failed});
  EXPECT_EQ(answer.find("hunter2"), std::string::npos);
  EXPECT_EQ(answer.find("token"), std::string::npos);
}

}  // namespace
}  // namespace sonde::serve
