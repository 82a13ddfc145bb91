#include "app/incident_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "app/timeline_pages.h"
#include "support/fake_clock.h"
#include "support/memory_desk.h"

namespace sonde::app {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

alerts::Incident incident(std::int64_t id) {
  alerts::Incident made;
  made.id = id;
  made.version = 3;
  made.group = {"pager", "99c8a588043b33dd"};
  made.group_labels = {{"alertname", "HighErrorRate"}};
  made.severity = made.highest = rules::Severity::kCritical;
  made.opened_at.wall = WallTime{1'799'999'000s};
  alerts::IncidentAlert alert;
  alert.problem.labels = {{"alertname", "HighErrorRate"}, {"service_name", "shop"}};
  alert.problem.severity = rules::Severity::kCritical;
  alert.problem.value = 0.25;
  made.alerts = {alert};
  return made;
}

notify::Delivery delivery(const std::string& id, notify::DeliveryState state, std::int64_t about) {
  auto notification = std::make_shared<notify::Notification>();
  notification->incident = about;
  notification->rule = "HighErrorRate";
  notify::Delivery made;
  made.id = id;
  made.channel = "ops";
  made.state = state;
  made.last_error = "HTTP 403";
  made.notification = std::move(notification);
  return made;
}

class Pages : public testing::Test {
 protected:
  Pages() {
    desk_.add(incident(1));
    desk_.add(incident(2));
    add_incident_pages(router_, {.desk = desk_, .clock = clock_, .answers = answers_, .stop = stop_.get_token()});
  }

  serve::HttpResponse respond(serve::HttpRequest request) {
    request.path = "/api/sonde/v1/" + request.path;
    return router_(request);
  }

  json get(const std::string& path, serve::Parameters query = {}, unsigned status = 200) {
    const auto response = respond({"GET", path, std::move(query)});
    EXPECT_EQ(response.status, status) << *response.body;
    return json::parse(*response.body);
  }

  static serve::HttpRequest order(const std::string& path, const std::string& body) {
    serve::HttpRequest request{"POST", path, {}};
    request.body = body;
    request.content_type = "application/json";
    return request;
  }

  json post(const std::string& path, const std::string& body, unsigned status = 200) {
    const auto response = respond(order(path, body));
    EXPECT_EQ(response.status, status) << *response.body;
    return json::parse(*response.body);
  }

  test::FakeClock clock_{WallTime{1'800'000'000s}};
  test::MemoryDesk desk_{clock_};
  AnswerBook answers_{clock_};
  std::stop_source stop_;
  serve::Router router_;
};

TEST_F(Pages, show_an_incident_with_its_version) {
  const auto response = respond({"GET", "incidents/2", {}});
  EXPECT_EQ(response.status, 200u);
  EXPECT_THAT(response.headers, Contains(Pair("ETag", "\"3\"")));
  const json shown = json::parse(*response.body);
  EXPECT_EQ(shown.at("id"), 2);
  EXPECT_EQ(shown.at("status"), "triggered");
  EXPECT_EQ(shown.at("severity"), "critical");
  EXPECT_EQ(shown.at("opened_at"), "2027-01-15T07:43:20.000Z");
  EXPECT_EQ(shown.at("resolved_at"), nullptr);
  EXPECT_EQ(shown.at("alerts")[0].at("labels").at("service_name"), "shop");
}

TEST_F(Pages, list_incidents_page_by_page) {
  const json first = get("incidents", {{"limit", "1"}});
  EXPECT_EQ(first.at("incidents")[0].at("id"), 2);
  EXPECT_EQ(first.at("next"), "/api/sonde/v1/incidents?limit=1&before=2");
  const json second = get("incidents", {{"limit", "5"}, {"before", "2"}});
  EXPECT_EQ(second.at("incidents")[0].at("id"), 1);
  EXPECT_EQ(second.at("next"), nullptr);
  post("incidents/2/resolve", R"({"author":"ann"})");
  EXPECT_EQ(get("incidents", {{"open", "true"}}).at("incidents").size(), 1u);
  EXPECT_EQ(get("incidents").at("incidents").size(), 2u);
}

TEST_F(Pages, follow_every_order) {
  EXPECT_EQ(post("incidents/1/acknowledge", R"({"author":"ann","for":"1h"})").at("acknowledged_by"), json{"ann"});
  EXPECT_EQ(post("incidents/1/unacknowledge", R"({"author":"ann"})").at("status"), "triggered");
  EXPECT_EQ(post("incidents/1/snooze", R"({"author":"ann","for":"1h"})").at("until"), "2027-01-15T09:00:00.000Z");
  EXPECT_EQ(post("incidents/1/assign", R"({"author":"ann","to":"ben"})").at("assignee"), "ben");
  EXPECT_EQ(post("incidents/1/note", R"({"author":"ann","note":"n"})").at("version"), 8);
  EXPECT_EQ(post("incidents/1/merge", R"({"author":"ann","into":2})").at("merged_into"), 2);
  EXPECT_EQ(post("incidents/2/resolve", R"({"author":"ann"})").at("resolve_reason"), "manual");
}

TEST_F(Pages, take_a_review_and_show_it) {
  EXPECT_EQ(get("incidents/1").at("review"), nullptr);
  post("incidents/1/resolve", R"({"author":"ann"})");
  const json reviewed =
      post("incidents/1/review", R"({"author":"ann","cause":"log grew","action":"rotated","verdict":"actionable",)"
                                 R"("follow_up":"https://tracker.example/7","fixed":true})");
  EXPECT_EQ(reviewed.at("id"), 1);
  const json& review = reviewed.at("review");
  EXPECT_EQ(review.at("verdict"), "actionable");
  EXPECT_EQ(review.at("state"), "watching");
  EXPECT_EQ(review.at("watch_until"), "2027-01-22T08:00:00.000Z");
  EXPECT_EQ(review.at("came_back_as"), nullptr);
  const json again = post("incidents/1/review", R"({"author":"ben","verdict":"noise","cause":null})");
  EXPECT_EQ(again.at("review").at("cause"), "log grew") << "what is not said stays";
  EXPECT_EQ(again.at("review").at("author"), "ben");
  EXPECT_EQ(get("incidents/1").at("review").at("verdict"), "noise");
  const json list = get("incidents").at("incidents");
  EXPECT_EQ(list[0].at("review"), nullptr);
  EXPECT_EQ(list[1].at("review").at("action"), "rotated");
}

TEST_F(Pages, refuse_a_review_that_makes_no_sense_or_comes_too_early) {
  for (const char* body : {R"({"author":"ann"})", R"({"cause":"c"})", R"({"author":"ann","verdict":"fine"})",
                           R"({"author":"ann","follow_up":"javascript:x"})", R"({"author":"ann","note":"n"})",
                           R"({"author":"ann","fixed":"yes"})"}) {
    post("incidents/1/review", body, 400);
  }
  post("incidents/77/review", R"({"author":"ann","cause":"c"})", 404);
  const json early = post("incidents/1/review", R"({"author":"ann","fixed":true})", 409);
  EXPECT_EQ(early.at("incident").at("status"), "triggered");
  EXPECT_EQ(get("incidents/1").at("review"), nullptr);
}

TEST_F(Pages, report_how_incidents_went) {
  post("incidents/1/resolve", R"({"author":"ann"})");
  post("incidents/1/review", R"({"author":"ann","verdict":"noise"})");
  const json report = get("reports/incidents");
  EXPECT_EQ(report.at("by"), "rule");
  EXPECT_EQ(report.at("to"), "2027-01-15T08:00:00.000Z");
  EXPECT_EQ(report.at("from"), "2026-12-16T08:00:00.000Z");
  EXPECT_EQ(report.at("total").at("incidents"), 2);
  EXPECT_EQ(report.at("total").at("never_acknowledged"), 2);
  EXPECT_EQ(report.at("total").at("mtta_mean_seconds"), nullptr);
  EXPECT_EQ(report.at("total").at("noise_ratio"), 1.0);
  EXPECT_EQ(report.at("groups")[0].at("key"), "HighErrorRate");
  EXPECT_EQ(report.at("hints")[0].at("steps").size(), 5U);
  const json daily = get("reports/incidents", {{"by", "day"}, {"zone", "Asia/Tokyo"}});
  EXPECT_EQ(daily.at("zone"), "Asia/Tokyo");
  EXPECT_EQ(daily.at("groups")[0].at("key"), "2027-01-15");
  const json before = get("reports/incidents", {{"to", "2027-01-15T07:00:00Z"}});
  EXPECT_EQ(before.at("total").at("incidents"), 0);
  EXPECT_EQ(before.at("total").at("brief_ratio"), nullptr);
}

TEST_F(Pages, refuse_to_report_what_makes_no_sense) {
  for (const auto& [name, value] : {std::pair{"by", "colour"}, std::pair{"zone", "Mars/Olympus"},
                                    std::pair{"from", "yesterday"}, std::pair{"from", "2027-01-15T09:00:00Z"}}) {
    const json refused = get("reports/incidents", {{name, value}}, 400);
    EXPECT_THAT(refused.at("error").get<std::string>(), HasSubstr(std::string(name) + ": "));
  }
}

TEST_F(Pages, tell_what_has_become_of_an_incident_that_somebody_else_has_changed) {
  serve::HttpRequest request = order("incidents/1/acknowledge", R"({"author":"ann"})");
  request.if_match = "\"2\"";
  const auto stale = respond(request);
  EXPECT_EQ(stale.status, 412u);
  EXPECT_THAT(stale.headers, Contains(Pair("ETag", "\"3\"")));
  EXPECT_EQ(json::parse(*stale.body).at("incident").at("version"), 3);
  request.if_match = "\"3\"";
  EXPECT_EQ(respond(request).status, 200u);
  post("incidents/1/resolve", R"({"author":"ann"})");
  const json conflict = post("incidents/1/acknowledge", R"({"author":"ben"})", 409);
  EXPECT_EQ(conflict.at("incident").at("status"), "resolved");
  EXPECT_THAT(conflict.at("error").get<std::string>(), HasSubstr("resolved"));
}

TEST_F(Pages, take_the_user_for_the_actor) {
  serve::HttpRequest request = order("incidents/1/acknowledge", R"({"author":"somebody else"})");
  request.user = "ann";
  EXPECT_EQ(json::parse(*respond(request).body).at("acknowledged_by"), json{"ann"});
}

TEST_F(Pages, follow_an_order_once_however_often_it_is_sent) {
  serve::HttpRequest request = order("incidents/1/note", R"({"author":"ann","note":"n"})");
  request.idempotency_key = "k1";
  const auto first = respond(request);
  const auto second = respond(request);
  EXPECT_EQ(*first.body, *second.body);
  EXPECT_EQ(first.headers, second.headers);
  EXPECT_EQ(desk_.orders(), 1u);
  request.body = R"({"author":"ann","note":"other"})";
  EXPECT_EQ(respond(request).status, 422u);
  EXPECT_EQ(desk_.orders(), 1u);
}

struct WrongRow {
  const char* name;
  const char* method;
  const char* path;
  const char* body;
  unsigned status;
};

class WrongCase : public Pages, public testing::WithParamInterface<WrongRow> {};

TEST_P(WrongCase, is_refused_and_changes_nothing) {
  serve::HttpRequest request = order(GetParam().path, GetParam().body);
  request.method = GetParam().method;
  const auto response = respond(request);
  EXPECT_EQ(response.status, GetParam().status);
  EXPECT_FALSE(json::parse(*response.body).at("error").get<std::string>().empty());
}

INSTANTIATE_TEST_SUITE_P(
    Requests, WrongCase,
    testing::Values(WrongRow{"no_such_incident", "GET", "incidents/9", "", 404},
                    WrongRow{"no_number", "GET", "incidents/first", "", 404},
                    WrongRow{"order_of_no_incident", "POST", "incidents/9/resolve", R"({"author":"a"})", 404},
                    WrongRow{"order_by_get", "GET", "incidents/1/resolve", "", 405},
                    WrongRow{"no_author", "POST", "incidents/1/resolve", "{}", 400},
                    WrongRow{"into_itself", "POST", "incidents/1/merge", R"({"author":"a","into":1})", 400},
                    WrongRow{"timeline_of_no_incident", "GET", "incidents/9/timeline", "", 404},
                    WrongRow{"no_such_delivery", "POST", "deliveries/x/retry", "", 404},
                    WrongRow{"preview_of_nothing", "POST", "silences/preview", "{}", 400},
                    WrongRow{"preview_of_a_bad_pattern", "POST", "silences/preview",
                             R"({"matchers":[{"name":"a","value":"(","isRegex":true}]})", 400}),
    [](const auto& row) { return row.param.name; });

TEST_F(Pages, refuse_parameters_that_mean_nothing) {
  for (const auto& [name, value] :
       serve::Parameters{{"limit", "0"}, {"limit", "1001"}, {"limit", "x"}, {"before", "-1"}, {"open", "maybe"}}) {
    EXPECT_EQ(respond({"GET", "incidents", {{name, value}}}).status, 400u) << name << "=" << value;
  }
  EXPECT_EQ(respond({"GET", "timeline", {{"wait", "long"}}}).status, 400u);
  EXPECT_THAT(get("deliveries", {{"state", "lost"}}, 400).at("error").get<std::string>(), HasSubstr("superseded"));
}

TEST_F(Pages, refuse_what_is_no_json) {
  serve::HttpRequest request = order("incidents/1/resolve", R"({"author":"ann"})");
  request.content_type = "application/xml";
  EXPECT_EQ(respond(request).status, 415u);
  EXPECT_EQ(desk_.orders(), 0u);
}

TEST_F(Pages, show_the_timeline_from_where_one_was) {
  post("incidents/1/acknowledge", R"({"author":"ann","note":"mine"})");
  post("incidents/2/resolve", R"({"author":"ben"})");
  const json all = get("timeline");
  ASSERT_EQ(all.at("entries").size(), 2u);
  EXPECT_EQ(all.at("entries")[0].at("change"), "acknowledged");
  EXPECT_EQ(all.at("entries")[0].at("actor"), "ann");
  EXPECT_EQ(all.at("entries")[0].at("reason"), "mine");
  EXPECT_EQ(all.at("after"), 2);
  const json rest = get("timeline", {{"after", "1"}, {"limit", "1"}});
  EXPECT_EQ(rest.at("entries")[0].at("incident"), 2);
  EXPECT_EQ(get("timeline", {{"after", "2"}}).at("after"), 2);
  EXPECT_EQ(get("incidents/2/timeline").at("entries").size(), 1u);
  EXPECT_EQ(get("timeline", {{"incident", "1"}}).at("entries").size(), 1u);
}

TEST_F(Pages, wait_for_what_comes_next) {
  auto waiting = std::async(std::launch::async, [this] { return get("timeline", {{"wait", "1h"}}); });
  EXPECT_EQ(waiting.wait_for(0s), std::future_status::timeout);
  desk_.add(alerts::TimelineEntry{});
  EXPECT_EQ(waiting.get().at("entries").size(), 1u);
}

TEST_F(Pages, wait_no_longer_than_asked) {
  auto waiting = std::async(std::launch::async, [this] { return get("timeline", {{"wait", "10s"}}); });
  while (waiting.wait_for(1ms) != std::future_status::ready) clock_.advance(1s);
  EXPECT_TRUE(waiting.get().at("entries").empty());
}

TEST_F(Pages, wait_no_longer_than_the_daemon_runs) {
  auto waiting = std::async(std::launch::async, [this] { return get("timeline", {{"wait", "1h"}}); });
  stop_.request_stop();
  EXPECT_TRUE(waiting.get().at("entries").empty());
}

TEST(TimelinePages, answer_at_once_when_too_many_wait_already) {
  test::FakeClock clock;
  test::MemoryDesk desk(clock);
  AnswerBook answers(clock);
  serve::Router router;
  add_timeline_pages(router, {.desk = desk, .clock = clock, .answers = answers, .stop = {}}, {.max_waiting = 0});
  const auto response = router({"GET", "/api/sonde/v1/timeline", {{"wait", "1h"}}});
  EXPECT_EQ(response.status, 200u);
}

TEST_F(Pages, list_deliveries_and_try_dead_ones_again) {
  desk_.add(delivery("d1", notify::DeliveryState::kDead, 1));
  desk_.add(delivery("d2", notify::DeliveryState::kSent, 2));
  EXPECT_EQ(get("deliveries").at("deliveries").size(), 2u);
  const json dead = get("deliveries", {{"state", "dead"}}).at("deliveries");
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_EQ(dead[0].at("id"), "d1");
  EXPECT_EQ(dead[0].at("last_error"), "HTTP 403");
  EXPECT_EQ(get("deliveries", {{"incident", "2"}}).at("deliveries")[0].at("id"), "d2");
  EXPECT_EQ(post("deliveries/d1/retry", "").at("state"), "queued");
  EXPECT_THAT(post("deliveries/d2/retry", "", 409).at("error").get<std::string>(), HasSubstr("not dead"));
}

TEST_F(Pages, preview_what_a_silence_would_have_held_back) {
  desk_.add(alerts::PastAlert{{{"alertname", "A"}, {"team", "a"}}, clock_.now() - 2h, clock_.now() - 1h});
  desk_.add(alerts::PastAlert{{{"alertname", "B"}, {"team", "b"}}, clock_.now() - 2h, std::nullopt});
  desk_.add(alerts::PastAlert{{{"alertname", "C"}, {"team", "b"}}, clock_.now() - 240h, clock_.now() - 239h});
  const json found = post("silences/preview", R"({"matchers":[{"name":"team","value":"b"}]})").at("alerts");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].at("alert"), "B");
  EXPECT_EQ(found[0].at("cleared_at"), nullptr);
}

}  // namespace
}  // namespace sonde::app
