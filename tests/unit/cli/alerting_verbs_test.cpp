#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <string>

#include "cli/deliveries.h"
#include "cli/incident_report.h"
#include "cli/incident_review.h"
#include "cli/incidents.h"
#include "cli/silences.h"
#include "unit/cli/loopback_server.h"
#include "unit/cli/pipe_output.h"
#include "unit/cli/sample_alerting.h"

namespace sonde::cli {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string status(const std::string& line, const std::string& body) {
  return "HTTP/1.1 " + line + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" +
         body;
}

TEST(AlertingVerbs, order_what_is_asked_with_a_version_and_a_key) {
  LoopbackServer server({LoopbackServer::ok(kIncident)});
  PipeOutput output;
  AlertsOrderCommand command;
  command.address = server.address();
  command.order = "acknowledge";
  command.incident = 12;
  command.author = "ann";
  command.version = 2;
  const auto ran = run_alerts_order(command, {.output_fd = output.fd()});
  ASSERT_TRUE(ran) << ran.error().what;
  EXPECT_EQ(output.text(), "incident 12 is acknowledged by ann until 2026-03-01T14:34:00Z\n");
  EXPECT_THAT(server.requests(),
              ElementsAre(AllOf(StartsWith("POST /api/sonde/v1/incidents/12/acknowledge HTTP/1.1\r\n"),
                                HasSubstr("If-Match: \"2\"\r\n"), HasSubstr("Idempotency-Key: "),
                                HasSubstr("Content-Type: application/json\r\n"))));
}

TEST(AlertingVerbs, say_what_is_ordered) {
  AlertsOrderCommand command;
  command.author = "ann";
  EXPECT_EQ(order_body(command), R"({"author":"ann"})");
  command.length = 90min;
  command.renew = true;
  command.note = "on \"it\"";
  command.to = "ben";
  command.into = 7;
  EXPECT_EQ(order_body(command),
            R"({"author":"ann","for":"1h30m","renew":true,"note":"on \"it\"","to":"ben","into":7})");
}

TEST(AlertingVerbs, review_an_incident_and_say_what_is_known_then) {
  LoopbackServer server({LoopbackServer::ok(kReviewed)});
  PipeOutput output;
  IncidentReviewCommand command;
  command.address = server.address();
  command.incident = 12;
  command.author = "ann";
  command.action = "rotated it";
  command.follow_up = "https://t.example/1";
  command.fixed = true;
  EXPECT_EQ(review_body(command),
            R"({"author":"ann","action":"rotated it","follow_up":"https://t.example/1","fixed":true})");
  const auto ran = run_incident_review(command, {.output_fd = output.fd()});
  ASSERT_TRUE(ran) << ran.error().what;
  EXPECT_EQ(output.text(), "incident 12 is reviewed: actionable; fixed: watched until 2026-03-08T15:00:00Z\n");
  EXPECT_THAT(server.requests(), ElementsAre(AllOf(StartsWith("POST /api/sonde/v1/incidents/12/review HTTP/1.1\r\n"),
                                                   HasSubstr("Idempotency-Key: "))));
}

TEST(AlertingVerbs, show_a_review_with_its_incident) {
  AnswerJson incident = AnswerJson::parse(kIncident);
  incident["review"] = AnswerJson::parse(kReviewed).at("review");
  const std::string shown = render_incident(incident, AnswerJson::parse(kTimeline), false);
  EXPECT_THAT(shown, HasSubstr("verdict       actionable\n"));
  EXPECT_THAT(shown, HasSubstr("fixed         watched until 2026-03-08T15:00:00Z\n"));
  incident["review"]["state"] = "came_back";
  incident["review"]["came_back_as"] = 14;
  EXPECT_THAT(render_incident(incident, AnswerJson::parse(kTimeline), false),
              HasSubstr("fixed         no: it came back as 14\n"));
}

TEST(AlertingVerbs, ask_for_a_report_up_to_now) {
  LoopbackServer server({LoopbackServer::ok(kReport)});
  PipeOutput output;
  IncidentReportCommand command;
  command.address = server.address();
  command.since = 24h;
  command.by = "week";
  command.zone = "Europe/Berlin";
  command.output = RowsFormat::kCsv;
  const auto ran = run_incident_report(command, WallTime{1'800'000'000s}, {.output_fd = output.fd()});
  ASSERT_TRUE(ran) << ran.error().what;
  EXPECT_THAT(output.text(), HasSubstr("\"DiskFull, \"\"slow\"\"\",2,1,"));
  EXPECT_THAT(server.requests(),
              ElementsAre(StartsWith("GET /api/sonde/v1/reports/incidents?from=2027-01-14T08%3A00%3A00.000Z&"
                                     "to=2027-01-15T08%3A00%3A00.000Z&by=week&zone=Europe%2FBerlin HTTP/1.1\r\n")));
}

TEST(AlertingVerbs, say_of_noise_that_no_rule_would_drop_how_much_is_left) {
  AnswerJson report = AnswerJson::parse(kReport);
  AnswerJson& hint = report["hints"][0];
  hint["smallest_for"] = nullptr;
  hint["longest_noise_seconds"] = nullptr;
  hint["steps"][4]["noise_dropped"] = 5;
  EXPECT_THAT(render_report(report),
              HasSubstr("HighResponseTime: of 10 incidents 6 were noise; not even `for: 15m` would have dropped all of "
                        "it, but 5 (some is not over), and of 4 actionable #7\n"));
  report["total"]["incidents"] = 0;
  EXPECT_EQ(render_report(report), "no incidents\n");
}

struct RefusalRow {
  const char* name;
  const char* line;
  const char* body;
  Code code;
  const char* says;
};

class Refusal : public testing::TestWithParam<RefusalRow> {};

TEST_P(Refusal, is_told_in_the_daemons_words) {
  LoopbackServer server({status(GetParam().line, GetParam().body)});
  const auto ran = run_deliveries_retry({server.address(), {"d1"}});
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().code, GetParam().code);
  EXPECT_EQ(ran.error().what, std::string("delivery d1: ") + GetParam().says);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, Refusal,
    testing::Values(
        RefusalRow{"stale", "412 Precondition Failed", R"({"error":"changed"})", Code::kStale, "changed"},
        RefusalRow{"conflict", "409 Conflict", R"({"error":"not dead"})", Code::kConflict, "not dead"},
        RefusalRow{"missing", "404 Not Found", R"({"error":"no such"})", Code::kNotFound, "no such"},
        RefusalRow{"stranger", "401 Unauthorized", R"({"error":"who are you"})", Code::kPermission, "who are you"},
        RefusalRow{"as_alertmanager", "400 Bad Request", R"("bad matcher")", Code::kBadInput, "bad matcher"}),
    [](const auto& row) { return row.param.name; });

TEST(AlertingVerbs, tell_of_a_daemon_that_is_not_there) {
  const LoopbackSocket nobody;
  const auto ran = run_alerts_list({.address = nobody.address()});
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().code, Code::kIo);
}

TEST(AlertingVerbs, show_their_token) {
  const std::string path = testing::TempDir() + "sonde-token-" + std::to_string(::getpid());
  std::ofstream(path) << "t0ken\n";
  LoopbackServer server({LoopbackServer::ok(R"({"incidents":[],"next":null})")});
  PipeOutput output;
  AlertsListCommand command{.address = server.address()};
  command.address.token_file = path;
  const auto ran = run_alerts_list(command, {.output_fd = output.fd()});
  ::unlink(path.c_str());
  ASSERT_TRUE(ran) << ran.error().what;
  EXPECT_EQ(output.text(), "no incidents\n");
  EXPECT_THAT(server.requests(), ElementsAre(AllOf(StartsWith("GET /api/sonde/v1/incidents?limit=50&open=true "),
                                                   HasSubstr("Authorization: Bearer t0ken\r\n"))));
  const auto again = run_alerts_list(command);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::kNotFound);
}

TEST(AlertingVerbs, print_the_id_of_a_silence_and_ask_for_those_that_fit) {
  LoopbackServer server({LoopbackServer::ok(R"({"silenceID":"4b1c1c9e-6a2f-4d3b-9c11-0242ac120002"})"),
                         LoopbackServer::ok("[]"), LoopbackServer::ok("")});
  PipeOutput output;
  const AnswerStreams streams{.output_fd = output.fd()};
  const std::vector<store::Matcher> matchers{{"alertname", store::MatchOperator::kEqual, "A"}};
  SilenceAddCommand add;
  add.address = server.address();
  add.author = "ann";
  add.comment = "c";
  ASSERT_TRUE(run_silence_add(add, matchers, WallTime{1s}, streams));
  SilenceListCommand list;
  list.address = server.address();
  list.matchers = {"alertname=\"A\""};
  ASSERT_TRUE(run_silence_list(list, streams));
  ASSERT_TRUE(run_silence_expire({server.address(), {"4b1c1c9e-6a2f-4d3b-9c11-0242ac120002"}}, streams));
  EXPECT_EQ(output.text(),
            "4b1c1c9e-6a2f-4d3b-9c11-0242ac120002\nno silences\n"
            "silence 4b1c1c9e-6a2f-4d3b-9c11-0242ac120002 is over\n");
  EXPECT_THAT(server.requests(),
              ElementsAre(StartsWith("POST /api/v2/silences HTTP/1.1\r\n"),
                          StartsWith("GET /api/v2/silences?filter=alertname%3D%22A%22 HTTP/1.1\r\n"),
                          StartsWith("DELETE /api/v2/silence/4b1c1c9e-6a2f-4d3b-9c11-0242ac120002 HTTP/1.1\r\n")));
}

TEST(AlertingVerbs, tell_of_an_answer_that_makes_no_sense) {
  LoopbackServer server({LoopbackServer::ok("{}"), LoopbackServer::ok("<html>")});
  EXPECT_EQ(run_alerts_list({.address = server.address()}).error().code, Code::kBadInput);
  DeliveriesListCommand deliveries;
  deliveries.address = server.address();
  EXPECT_EQ(run_deliveries_list(deliveries).error().code, Code::kBadInput);
}

TEST(AlertingTables, paint_what_needs_somebody) {
  const auto incident = AnswerJson::parse(kIncident);
  const AnswerJson list{{"incidents", {incident}}, {"next", nullptr}};
  EXPECT_THAT(render_incidents(list, true), HasSubstr("\x1b[31mcritical\x1b[0m"));
  EXPECT_THAT(render_silences(AnswerJson::parse(kSilences), true, false), HasSubstr("expired"));
  EXPECT_EQ(render_preview(AnswerJson::parse(R"({"alerts":[]})")),
            "no alert of the last seven days fits: is every label spelt right?\n");
  EXPECT_THAT(render_deliveries(AnswerJson::parse(kDeliveries), true), HasSubstr("\x1b[31mdead"));
}

}  // namespace
}  // namespace sonde::cli
