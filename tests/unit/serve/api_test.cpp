#include "serve/api.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

namespace sonde::serve {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

TEST(ServicesJson, names_every_figure_with_its_unit) {
  store::ServiceWindow service;
  service.service = "shop";
  service.covered = 50s;
  service.requests = 200;
  service.client_errors = 10;
  service.server_errors = 2;
  service.duration.observe(10ms, 190);
  service.duration.observe(1s, 10);
  const json answer = json::parse(services_json(std::vector{service}, 60s));
  EXPECT_EQ(answer["window_seconds"], 60);
  const json& row = answer["services"][0];
  EXPECT_EQ(row["service"], "shop");
  EXPECT_EQ(row["role"], "server");
  EXPECT_EQ(row["requests"], 200);
  EXPECT_EQ(row["requests_per_second"], 4.0);
  EXPECT_NEAR(row["p50_seconds"].get<double>(), 0.010, 0.0001);
  EXPECT_NEAR(row["p95_seconds"].get<double>(), 0.010, 0.0001);
  EXPECT_NEAR(row["p99_seconds"].get<double>(), 1.0, 0.01);
  EXPECT_EQ(row["client_error_ratio"], 0.05);
  EXPECT_EQ(row["error_ratio"], 0.01);
  EXPECT_EQ(row["covered_seconds"], 50);
}

TEST(ServicesJson, says_null_where_there_is_nothing_to_compute) {
  store::ServiceWindow idle;
  idle.service = "idle\xFF";
  idle.server = false;
  const json answer = json::parse(services_json(std::vector{idle}, 60s));
  const json& row = answer["services"][0];
  EXPECT_EQ(row["service"], "idle\xEF\xBF\xBD");
  EXPECT_EQ(row["role"], "client");
  EXPECT_EQ(row["requests_per_second"], 0);
  EXPECT_TRUE(row["p95_seconds"].is_null());
  EXPECT_TRUE(row["error_ratio"].is_null());
  EXPECT_EQ(json::parse(services_json({}, 60s))["services"], json::array());
}

TEST(SensorsJson, lists_sensors_hooks_and_losses) {
  const std::vector<capture::SensorReport> sensors{
      {"traffic", "tp_btf", capture::SensorState::kOn, "", ""},
      {"tls", "", capture::SensorState::kOff, "no CAP_SYS_ADMIN", "grant it"},
      {"disk", "kprobe", capture::SensorState::kDegraded, "slow", "update"}};
  const std::vector<capture::HookCost> hooks{{"sock_send_length", 7, 3'500}};
  const std::vector<capture::Loss> losses{{"ring_full", 3}};
  EXPECT_EQ(json::parse(sensors_json(sensors, hooks, losses)), json::parse(R"({
    "sensors": [
      {"sensor": "traffic", "variant": "tp_btf", "state": "on", "why": "", "remedy": ""},
      {"sensor": "tls", "variant": "", "state": "off", "why": "no CAP_SYS_ADMIN", "remedy": "grant it"},
      {"sensor": "disk", "variant": "kprobe", "state": "degraded", "why": "slow", "remedy": "update"}],
    "hooks": [{"hook": "sock_send_length", "runs": 7, "time_seconds": 3.5e-06}],
    "losses": [{"reason": "ring_full", "count": 3}]})"));
}

TEST(AlertsJson, gives_what_is_pending_or_fires_with_times_in_utc) {
  alerts::Instance pending;
  pending.labels = {{"alertname", "HighErrorRate"}, {"service_name", "shop"}, {"severity", "critical"}};
  pending.annotations = {{"summary", "too many errors"}};
  pending.state = alerts::InstanceState::kPending;
  pending.active_at.wall = WallTime{1'700'000'000'123ms};
  pending.fired_at.wall = WallTime{1'700'000'060s};
  pending.value = 0.25;
  alerts::Instance firing = pending;
  firing.state = alerts::InstanceState::kFiring;
  firing.value = std::numeric_limits<double>::infinity();
  firing.why = "data insufficient";
  const json answer = json::parse(alerts_json(std::vector{pending, firing, alerts::Instance{}}));
  ASSERT_EQ(answer["alerts"].size(), 2U) << "what is inactive is left out";
  EXPECT_EQ(answer["alerts"][0], json::parse(R"({
    "rule": "HighErrorRate", "severity": "critical", "service": "shop",
    "labels": {"alertname": "HighErrorRate", "service_name": "shop", "severity": "critical"}, "state": "pending",
    "active_since": "2023-11-14T22:13:20.123Z", "fired_at": null, "value": 0.25, "note": "",
    "annotations": {"summary": "too many errors"}})"));
  EXPECT_EQ(answer["alerts"][1]["state"], "firing");
  EXPECT_EQ(answer["alerts"][1]["fired_at"], "2023-11-14T22:14:20.000Z");
  EXPECT_EQ(answer["alerts"][1]["note"], "data insufficient");
  EXPECT_TRUE(answer["alerts"][1]["value"].is_null());
}

TEST(EventsJson, gives_each_event_as_the_contract_has_it) {
  const std::vector<host::Event> events{{.id = 7,
                                         .at = WallTime{1'700'000'000'042ms},
                                         .kind = host::EventKind::kOomKill,
                                         .service = "shop",
                                         .pid = 812,
                                         .what = "shop (pid 812) was chosen by the OOM killer"},
                                        {.id = 8,
                                         .at = WallTime{-1ns},
                                         .kind = host::EventKind::kFilesystemReadOnly,
                                         .service = "",
                                         .pid = 0,
                                         .what = "/data\xFF became read-only"}};
  EXPECT_EQ(events_json(events).substr(0, 76),
            R"({"events":[{"id":7,"at":"2023-11-14T22:13:20.042Z","event":"oom_kill","servi)");
  EXPECT_EQ(json::parse(events_json(events)), json::parse(R"({"events": [
    {"id": 7, "at": "2023-11-14T22:13:20.042Z", "event": "oom_kill", "service": "shop", "pid": 812,
     "what": "shop (pid 812) was chosen by the OOM killer"},
    {"id": 8, "at": "1969-12-31T23:59:59.999Z", "event": "filesystem_read_only", "service": "", "pid": 0,
     "what": "/data\ufffd became read-only"}]})"));
  EXPECT_EQ(events_json({}), R"({"events":[]})");
}

}  // namespace
}  // namespace sonde::serve
