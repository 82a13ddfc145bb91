#include "cli/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sonde::cli {
namespace {

using testing::HasSubstr;
using testing::Optional;

constexpr const char* kServices = R"({"window_seconds":60,"services":[
  {"service":"nginx","role":"server","requests":1200,"requests_per_second":20.0,"p50_seconds":0.0009,
   "p95_seconds":0.0123,"p99_seconds":1.25,"client_error_ratio":0.01,"error_ratio":0.0,"covered_seconds":60},
  {"service":"curl","role":"client","requests":0,"requests_per_second":0,"p50_seconds":0,"p95_seconds":null,
   "client_error_ratio":0,"error_ratio":0,"covered_seconds":12.5,"field_of_a_later_version":[1]}]})";

TEST(Services, are_read_from_the_answer) {
  const auto rows = parse_services(kServices);
  ASSERT_TRUE(rows) << rows.error().what;
  ASSERT_EQ(rows->size(), 2u);
  const TopRow& row = rows->front();
  EXPECT_EQ(row.service, "nginx");
  EXPECT_EQ(row.role, "server");
  EXPECT_EQ(row.requests, 1200u);
  EXPECT_EQ(row.requests_per_second, 20.0);
  EXPECT_THAT(row.p50_seconds, Optional(0.0009));
  EXPECT_THAT(row.p95_seconds, Optional(0.0123));
  EXPECT_THAT(row.p99_seconds, Optional(1.25));
  EXPECT_THAT(row.client_error_ratio, Optional(0.01));
  EXPECT_THAT(row.error_ratio, Optional(0.0));
  EXPECT_EQ(row.covered_seconds, 60);
}

TEST(Services, without_requests_have_no_quantiles_whatever_the_answer_says) {
  const auto rows = parse_services(kServices);
  ASSERT_TRUE(rows);
  EXPECT_FALSE(rows->back().p50_seconds);
  EXPECT_FALSE(rows->back().error_ratio);
  EXPECT_EQ(rows->back().covered_seconds, 12.5);
}

TEST(Services, cannot_send_control_sequences_to_the_terminal) {
  const auto rows = parse_services(
      R"({"services":[{"service":"a\u001b[2Jb","role":"server","requests":0,"requests_per_second":0}]})");
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->front().service, "a\xEF\xBF\xBD[2Jb");
}

struct BadRow {
  const char* name;
  const char* json;
  const char* says;
};

class BadServices : public testing::TestWithParam<BadRow> {};

TEST_P(BadServices, are_refused_naming_the_field) {
  const auto rows = parse_services(GetParam().json);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, Code::kBadInput);
  EXPECT_THAT(rows.error().what, HasSubstr(GetParam().says));
  EXPECT_THAT(rows.error().what, HasSubstr("another version of Sonde"));
}

INSTANTIATE_TEST_SUITE_P(
    Answers, BadServices,
    testing::Values(
        BadRow{"a_web_page", "<html>", "not JSON"}, BadRow{"nothing", "", "not JSON"},
        BadRow{"a_list", "[]", "no list 'services'"}, BadRow{"a_null", R"({"services":null})", "no list 'services'"},
        BadRow{"a_number_in_the_list", R"({"services":[1]})", "services[0] is no object"},
        BadRow{"no_name", R"({"services":[{}]})", "services[0].service is not a text"},
        BadRow{"negative_count", R"({"services":[{"service":"a","role":"server","requests":-1}]})",
               "services[0].requests is not a whole number"},
        BadRow{"no_rate", R"({"services":[{"service":"a","role":"server","requests":1}]})",
               "services[0].requests_per_second is not there"},
        BadRow{"negative_duration",
               R"({"services":[{"service":"a","role":"b","requests":1,"requests_per_second":1,"p50_seconds":-1}]})",
               "services[0].p50_seconds is not a number from 0 on"},
        BadRow{"a_number_beyond_doubles", R"({"services":[1e999]})", "not JSON"}),
    [](const auto& row) { return row.param.name; });

TEST(Sensors, are_read_with_their_losses) {
  const auto answer = parse_sensors(R"({"sensors":[
      {"sensor":"traffic","variant":"tp_btf","state":"on","why":"","remedy":""},
      {"sensor":"tls","variant":"","state":"off","why":"no uprobes","remedy":"grant CAP_SYS_ADMIN"},
      {"sensor":"tcp","state":"degraded"}],
    "hooks":[{"hook":"send","runs":3,"time_seconds":1e-6}],"losses":[{"reason":"ring_full","count":7}]})");
  ASSERT_TRUE(answer) << answer.error().what;
  ASSERT_EQ(answer->sensors.size(), 3u);
  EXPECT_EQ(answer->sensors[0].state, capture::SensorState::kOn);
  EXPECT_EQ(answer->sensors[0].variant, "tp_btf");
  EXPECT_EQ(answer->sensors[1].state, capture::SensorState::kOff);
  EXPECT_EQ(answer->sensors[1].why, "no uprobes");
  EXPECT_EQ(answer->sensors[1].remedy, "grant CAP_SYS_ADMIN");
  EXPECT_EQ(answer->sensors[2].state, capture::SensorState::kDegraded);
  ASSERT_EQ(answer->losses.size(), 1u);
  EXPECT_EQ(answer->losses[0].reason, "ring_full");
  EXPECT_EQ(answer->losses[0].count, 7u);
}

TEST(Sensors, with_an_unknown_state_are_refused) {
  const auto answer = parse_sensors(R"({"sensors":[{"sensor":"traffic","state":"asleep"}],"losses":[]})");
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().what, HasSubstr("sensors[0].state is not on, degraded or off"));
}

TEST(EventsAnswer, is_read_with_its_times) {
  const auto rows = parse_events(R"({"events":[
      {"id":7,"at":"2026-03-01T14:02:14.250Z","event":"oom_kill","service":"shop","pid":812,"what":"a\u001bb"},
      {"id":8,"at":"1969-12-31T23:59:59Z","event":"of_a_later_version","what":"x"}]})");
  ASSERT_TRUE(rows) << rows.error().what;
  ASSERT_EQ(rows->size(), 2u);
  const EventRow& row = rows->front();
  EXPECT_EQ(row.id, 7u);
  EXPECT_EQ(row.at, WallTime{std::chrono::milliseconds{1'772'373'734'250}});
  EXPECT_EQ(row.moment, "2026-03-01T14:02:14.250Z");
  EXPECT_EQ(row.event, "oom_kill");
  EXPECT_EQ(row.service, "shop");
  EXPECT_EQ(row.pid, 812);
  EXPECT_EQ(row.what,
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(rows->back().at, WallTime{std::chrono::seconds{-1}});
  EXPECT_EQ(rows->back().service, "");
  EXPECT_EQ(rows->back().pid, 0);
}

TEST(EventsAnswer, is_refused_naming_the_field) {
  const auto says = [](const std::string& at, const std::string& pid) {
    const auto rows =
        parse_events(R"({"events":[{"id":1,"event":"x","what":"x","at":")" + at + R"(","pid":)" + pid + "}]}");
    return rows ? "nothing wrong" : rows.error().what;
  };
  EXPECT_EQ(says("2026-03-01T14:02:14.250Z", "1"), "nothing wrong");
  EXPECT_THAT(says("2026-03-01T14:02:14+01:00", "1"), HasSubstr("events[0].at is not a time as in RFC 3339, in UTC"));
  EXPECT_THAT(says("2026-03-01T14:02:14.25", "1"), HasSubstr("events[0].at is not"));
  EXPECT_THAT(says("yesterday", "1"), HasSubstr("events[0].at is not a time as in RFC 3339"));
  EXPECT_THAT(says("2026-03-01T14:02:14.250Z", "4294967296"), HasSubstr("events[0].pid is not a process id"));
  EXPECT_THAT(parse_events("{}").error().what, HasSubstr("no list 'events'"));
}

}  // namespace
}  // namespace sonde::cli
