#include "app/alertmanager_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/fake_clock.h"
#include "support/memory_desk.h"

namespace sonde::app {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

class Alertmanager : public testing::Test {
 protected:
  Alertmanager() {
    add_alertmanager_api(router_, {.desk = desk_, .clock = clock_, .config = config_, .started = clock_.now()});
  }

  static config::Config configuration() {
    config::Config config;
    config.notify.receivers = {{"team-a", {"mail"}}, {"team-b", {"mail"}}};
    config.routing.root.receiver = "team-a";
    return config;
  }

  serve::HttpResponse ask(const std::string& method, const std::string& path, serve::Parameters query = {},
                          const std::string& body = "") {
    serve::HttpRequest request{method, "/api/v2/" + path, std::move(query)};
    request.body = body;
    if (!body.empty()) request.content_type = "application/json";
    return router_(request);
  }

  json get(const std::string& path, serve::Parameters query = {}) {
    const auto response = ask("GET", path, std::move(query));
    EXPECT_EQ(response.status, 200u) << *response.body;
    EXPECT_EQ(response.content_type, "application/json");
    return json::parse(*response.body);
  }

  void post_alerts(const std::string& body) {
    const auto response = ask("POST", "alerts", {}, body);
    EXPECT_EQ(response.status, 200u) << *response.body;
  }

  std::string add_silence(const std::string& matchers, const std::string& more = "") {
    const auto response =
        ask("POST", "silences", {},
            R"({"matchers":)" + matchers + R"(,"startsAt":"2027-01-15T08:00:00Z",)" +
                R"("endsAt":"2027-01-15T09:00:00Z","createdBy":"ann",)" + R"("comment":"c")" + more + "}");
    EXPECT_EQ(response.status, 200u) << *response.body;
    return response.status == 200 ? json::parse(*response.body).at("silenceID").get<std::string>() : "";
  }

  /// Of the alerts an answer has, their names.
  static std::vector<std::string> names(const json& alerts) {
    std::vector<std::string> found;
    for (const json& alert : alerts) found.push_back(alert.at("labels").at("alertname"));
    std::ranges::sort(found);
    return found;
  }

  test::FakeClock clock_{WallTime{1'800'000'000s}};  // 2027-01-15T08:00:00Z
  test::MemoryDesk desk_{clock_};
  const LiveConfig config_{configuration(), clock_.now()};
  serve::Router router_;
};

constexpr const char* kThree = R"([{"labels":{"alertname":"A","team":"a","severity":"page"},"annotations":{"s":"t"},)"
                               R"("generatorURL":"http://p"},{"labels":{"alertname":"B","team":"a"}},)"
                               R"({"labels":{"alertname":"C","team":"b"}}])";
constexpr const char* kIsB = R"([{"name":"alertname","value":"B","isRegex":false}])";

TEST_F(Alertmanager, shows_an_alert_field_by_field) {
  post_alerts(R"([{"labels":{"alertname":"A","team":"a"},"annotations":{"s":"t"},"generatorURL":"http://p"}])");
  const json alerts = get("alerts");
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0], json::parse(R"({"annotations":{"s":"t"},"endsAt":"2027-01-15T08:05:00.000Z",)"
                                   R"("fingerprint":")" +
                                   alerts[0].at("fingerprint").get<std::string>() +
                                   R"(","generatorURL":"http://p","labels":{"alertname":"A","team":"a"},)"
                                   R"("receivers":[{"name":"team-a"}],"startsAt":"2027-01-15T08:00:00.000Z",)"
                                   R"("status":{"inhibitedBy":[],"mutedBy":[],"silencedBy":[],"state":"active"},)"
                                   R"("updatedAt":"2027-01-15T08:00:00.000Z"})"));
}

TEST_F(Alertmanager, forgets_an_alert_that_is_not_told_again) {
  post_alerts(kThree);
  clock_.advance(5min);
  EXPECT_THAT(get("alerts"), IsEmpty());
}

TEST_F(Alertmanager, takes_the_sound_alerts_of_a_batch_and_tells_of_the_others) {
  const auto response = ask("POST", "alerts", {}, R"([{"labels":{"alertname":"A"}},{"labels":{"a":"b"}}])");
  EXPECT_EQ(response.status, 400u);
  EXPECT_THAT(json::parse(*response.body).get<std::string>(), HasSubstr("[1]: the label alertname is missing"));
  EXPECT_THAT(names(get("alerts")), ElementsAre("A"));
}

TEST_F(Alertmanager, tells_of_bodies_that_are_none) {
  EXPECT_EQ(ask("POST", "alerts", {}, "{").status, 400u);
  serve::HttpRequest form{"POST", "/api/v2/alerts", {}};
  form.body = "[]";
  form.content_type = "text/plain";
  EXPECT_EQ(router_(form).status, 415u);
  std::string many = "[";
  for (int i = 0; i < 101; ++i)
    many += (i == 0 ? "" : ",") + (R"({"labels":{"alertname":"A)" + std::to_string(i) + "\"}}");
  EXPECT_EQ(ask("POST", "alerts", {}, many + "]").status, 503u);
}

struct ChoiceRow {
  const char* name;
  serve::Parameters query;
  std::vector<std::string> found;
};

class Choice : public Alertmanager, public testing::WithParamInterface<ChoiceRow> {};

TEST_P(Choice, of_alerts_is_as_asked) {
  post_alerts(kThree);
  add_silence(kIsB);
  desk_.hold("C", {"A"});
  EXPECT_EQ(names(get("alerts", GetParam().query)), GetParam().found);
}

INSTANTIATE_TEST_SUITE_P(
    Queries, Choice,
    testing::Values(ChoiceRow{"all", {}, {"A", "B", "C"}}, ChoiceRow{"no_active", {{"active", "false"}}, {"B", "C"}},
                    ChoiceRow{"no_silenced", {{"silenced", "false"}}, {"A", "C"}},
                    ChoiceRow{"no_inhibited", {{"inhibited", "false"}}, {"A", "B"}},
                    ChoiceRow{"receiver", {{"receiver", "team-b"}}, {"C"}},
                    ChoiceRow{"receiver_matches_as_a_whole", {{"receiver", "team"}}, {}},
                    ChoiceRow{"receiver_pattern", {{"receiver", "team-.*"}}, {"A", "B", "C"}},
                    ChoiceRow{"filter", {{"filter", "team=\"a\""}}, {"A", "B"}},
                    ChoiceRow{"filters_all_hold", {{"filter", "team=a"}, {"filter", "severity!=page"}}, {"B"}},
                    ChoiceRow{"filter_of_a_missing_label", {{"filter", "severity=\"\""}}, {"B", "C"}}),
    [](const auto& row) { return row.param.name; });

TEST_F(Alertmanager, says_what_keeps_an_alert_quiet) {
  post_alerts(kThree);
  const std::string id = add_silence(kIsB);
  desk_.hold("C", {"A", "maintenance patch day"});
  desk_.hold("A", {"start"});
  const json alerts = get("alerts");
  std::map<std::string, json> by_name;
  for (const json& alert : alerts) by_name[alert.at("labels").at("alertname")] = alert;
  EXPECT_EQ(by_name["A"].at("status").at("state"), "unprocessed");
  EXPECT_EQ(by_name["B"].at("status").at("state"), "suppressed");
  EXPECT_EQ(by_name["B"].at("status").at("silencedBy"), json::array({id}));
  EXPECT_EQ(by_name["C"].at("status").at("inhibitedBy"), json::array({by_name["A"].at("fingerprint")}));
  EXPECT_EQ(by_name["C"].at("status").at("mutedBy"), json::array({"patch day"}));
}

TEST_F(Alertmanager, groups_alerts_as_they_are_routed) {
  post_alerts(kThree);
  const json groups = get("alerts/groups", {{"receiver", "team-a"}});
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].at("labels"), json::parse(R"({"alertname":"A"})"));
  EXPECT_EQ(groups[0].at("receiver"), json::parse(R"({"name":"team-a"})"));
  EXPECT_THAT(names(groups[0].at("alerts")), ElementsAre("A"));
  EXPECT_EQ(get("alerts/groups").size(), 3u);
}

TEST_F(Alertmanager, refuses_queries_that_mean_nothing) {
  EXPECT_EQ(ask("GET", "alerts", {{"active", "maybe"}}).status, 400u);
  EXPECT_EQ(ask("GET", "alerts", {{"receiver", "("}}).status, 400u);
  const auto response = ask("GET", "alerts", {{"filter", "team=~("}});
  EXPECT_EQ(response.status, 400u);
  EXPECT_THAT(json::parse(*response.body).get<std::string>(), HasSubstr("filter"));
}

TEST_F(Alertmanager, adds_shows_changes_and_ends_a_silence) {
  const std::string id = add_silence(kIsB);
  EXPECT_EQ(get("silence/" + id),
            json::parse(R"({"comment":"c","createdBy":"ann","endsAt":"2027-01-15T09:00:00.000Z","id":")" + id +
                        R"(","matchers":[{"isEqual":true,"isRegex":false,"name":"alertname","value":"B"}],)"
                        R"("startsAt":"2027-01-15T08:00:00.000Z","status":{"state":"active"},)"
                        R"("updatedAt":"2027-01-15T08:00:00.000Z"})"));
  clock_.advance(1min);
  EXPECT_EQ(add_silence(kIsB, R"(,"id":")" + id + "\""), id) << "only its matchers make it another one";
  const std::string other = add_silence(R"([{"name":"team","value":"a"}])", R"(,"id":")" + id + "\"");
  EXPECT_NE(other, id);
  EXPECT_EQ(get("silence/" + id).at("status").at("state"), "expired");
  EXPECT_EQ(ask("DELETE", "silence/" + other).status, 200u);
  EXPECT_EQ(get("silence/" + other).at("status").at("state"), "expired");
}

TEST_F(Alertmanager, finds_silences_by_their_matchers) {
  const std::string id = add_silence(kIsB);
  add_silence(R"([{"name":"team","value":"a"}])");
  EXPECT_EQ(get("silences").size(), 2u);
  const json found = get("silences", {{"filter", "alertname=B"}});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].at("id"), id);
}

TEST_F(Alertmanager, refuses_silences_that_are_none) {
  EXPECT_EQ(ask("GET", "silence/no-uuid").status, 422u);
  EXPECT_EQ(ask("GET", "silence/4b1c1c9e-6a2f-4d3b-9c11-0242ac120002").status, 404u);
  EXPECT_EQ(ask("DELETE", "silence/4b1c1c9e-6a2f-4d3b-9c11-0242ac120002").status, 404u);
  EXPECT_EQ(ask("POST", "silences", {}, "{}").status, 400u);
  const auto everything = ask("POST", "silences", {},
                              R"({"matchers":[{"name":"a","value":".*","isRegex":true}],"createdBy":"a",)"
                              R"("comment":"c","endsAt":"2027-01-15T09:00:00Z"})");
  EXPECT_EQ(everything.status, 400u);
  EXPECT_THAT(json::parse(*everything.body).get<std::string>(), HasSubstr("silence nearly everything"));
  const auto unknown = ask("POST", "silences", {},
                           R"({"id":"4b1c1c9e-6a2f-4d3b-9c11-0242ac120002","matchers":[{"name":"a","value":"b"}],)"
                           R"("createdBy":"a","comment":"c","endsAt":"2027-01-15T09:00:00Z"})");
  EXPECT_EQ(unknown.status, 404u);
}

TEST_F(Alertmanager, takes_the_user_for_the_author_of_a_silence) {
  serve::HttpRequest request{"POST", "/api/v2/silences", {}};
  request.content_type = "application/json";
  request.user = "cleo";
  request.body =
      R"({"matchers":[{"name":"a","value":"b"}],"createdBy":"ann","comment":"c","endsAt":"2027-01-15T09:00:00Z"})";
  ASSERT_EQ(router_(request).status, 200u);
  EXPECT_EQ(get("silences")[0].at("createdBy"), "cleo");
}

TEST_F(Alertmanager, says_who_is_told_and_what_it_is) {
  EXPECT_EQ(get("receivers"), json::parse(R"([{"name":"team-a"},{"name":"team-b"}])"));
  const json status = get("status");
  EXPECT_EQ(status.at("cluster").at("status"), "disabled");
  EXPECT_EQ(status.at("uptime"), "2027-01-15T08:00:00.000Z");
  EXPECT_EQ(json::parse(status.at("config").at("original").get<std::string>()).at("route").at("receiver"), "team-a");
  EXPECT_TRUE(status.at("versionInfo").at("version").is_string());
}

TEST_F(Alertmanager, says_what_can_be_asked) {
  const auto response = ask("DELETE", "alerts");
  EXPECT_EQ(response.status, 405u);
  EXPECT_THAT(response.headers, Contains(Pair("Allow", "GET, HEAD, POST, OPTIONS")));
  EXPECT_EQ(ask("GET", "nothing").status, 404u);
  const auto options = ask("OPTIONS", "alerts");
  EXPECT_EQ(options.status, 204u);
  for (const auto& [name, value] : options.headers) EXPECT_EQ(name.find("Access-Control"), std::string::npos);
}

}  // namespace
}  // namespace sonde::app
