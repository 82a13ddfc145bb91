#include "cli/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "cli/daemon.h"
#include "cli/daemon_address.h"
#include "unit/cli/loopback_server.h"

namespace sonde::cli {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

TEST(HttpGet, returns_the_body_of_what_was_asked_for) {
  LoopbackServer server({LoopbackServer::ok("{\"a\":1}")});
  const auto body = http_get(server.address(), "/api/x?window=1m&y=a%20b");
  ASSERT_TRUE(body) << body.error().what;
  EXPECT_EQ(*body, "{\"a\":1}");
  EXPECT_THAT(server.requests(), ElementsAre(AllOf(StartsWith("GET /api/x?window=1m&y=a%20b HTTP/1.1\r\n"),
                                                   HasSubstr("Host: " + to_text(server.address()) + "\r\n"))));
}

TEST(HttpGet, joins_the_chunks_of_a_body) {
  LoopbackServer server({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"});
  const auto body = http_get(server.address(), "/");
  ASSERT_TRUE(body) << body.error().what;
  EXPECT_EQ(*body, "abcde");
}

TEST(HttpGet, says_how_to_start_a_daemon_where_none_answers) {
  const LoopbackSocket nobody_listens;
  const auto body = http_get(nobody_listens.address(), "/");
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().code, Code::kIo);
  EXPECT_EQ(body.error().what, "no Sonde answers at " + to_text(nobody_listens.address()) +
                                   ": is it running? start it with `sudo sonde run`, or name another with --address");
}

TEST(HttpGet, does_not_ask_the_proxy_of_the_environment) {
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  LoopbackServer server({LoopbackServer::ok("direct")});
  const auto body = http_get(server.address(), "/");
  ::unsetenv("http_proxy");
  ASSERT_TRUE(body) << body.error().what;
  EXPECT_EQ(*body, "direct");
}

TEST(HttpGet, gives_up_on_one_that_accepts_and_stays_silent) {
  const LoopbackSocket silent;
  ASSERT_EQ(::listen(silent.fd(), 1), 0);
  const auto body = http_get(silent.address(), "/", HttpLimits{.timeout = 20ms});
  ASSERT_FALSE(body);
  EXPECT_THAT(body.error().what, HasSubstr("did not answer in time"));
}

TEST(HttpGet, does_not_read_more_than_the_limit) {
  LoopbackServer server({LoopbackServer::ok(std::string(1001, 'x')), LoopbackServer::ok(std::string(1000, 'x'))});
  const auto longer = http_get(server.address(), "/", HttpLimits{.body_bytes = 1000});
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().code, Code::kLimit);
  EXPECT_THAT(longer.error().what, HasSubstr("longer than 1000 bytes"));
  EXPECT_TRUE(http_get(server.address(), "/", HttpLimits{.body_bytes = 1000}));
}

struct AnswerRow {
  const char* name;
  const char* answer;
  Code code;
  const char* says;
};

class BadAnswer : public testing::TestWithParam<AnswerRow> {};

TEST_P(BadAnswer, is_an_error_that_says_what_answered) {
  LoopbackServer server({GetParam().answer});
  const auto body = http_get(server.address(), "/p");
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().code, GetParam().code);
  EXPECT_THAT(body.error().what, AllOf(HasSubstr(GetParam().says), HasSubstr(to_text(server.address()))));
}

INSTANTIATE_TEST_SUITE_P(
    Answers, BadAnswer,
    testing::Values(
        AnswerRow{"unknown_path", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", Code::kNotFound,
                  "/p answered 404; is it a Sonde of another version?"},
        AnswerRow{"refused_question", "HTTP/1.1 400 Bad Request\r\nContent-Length: 18\r\n\r\nbad window: \x1b[2J\nx",
                  Code::kBadInput, "/p answered 400: bad window: \xEF\xBF\xBD[2J"},
        AnswerRow{"redirect_is_not_followed",
                  "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", Code::kBadInput,
                  "answered 302"},
        AnswerRow{"another_protocol", "SSH-2.0-OpenSSH_9.2\r\n", Code::kIo, "is no Sonde"},
        AnswerRow{"closed_without_a_word", "", Code::kIo, "is no Sonde"},
        AnswerRow{"body_cut_short", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", Code::kIo, "is no Sonde"}),
    [](const auto& row) { return row.param.name; });

TEST(Fetch, asks_for_the_window_and_reads_the_services) {
  LoopbackServer server({LoopbackServer::ok(
      R"({"services":[{"service":"nginx","role":"server","requests":1,"requests_per_second":1}]})")});
  const auto rows = fetch_services(server.address(), 90s);
  ASSERT_TRUE(rows) << rows.error().what;
  EXPECT_EQ(rows->at(0).service, "nginx");
  EXPECT_THAT(server.requests(), ElementsAre(StartsWith("GET /api/sonde/v1/services?window=1m30s HTTP/1.1\r\n")));
}

TEST(Fetch, asks_for_the_sensors) {
  LoopbackServer server({LoopbackServer::ok(R"({"sensors":[],"losses":[{"reason":"gap","count":2}]})")});
  const auto sensors = fetch_sensors(server.address());
  ASSERT_TRUE(sensors) << sensors.error().what;
  EXPECT_EQ(sensors->losses.at(0).count, 2u);
  EXPECT_THAT(server.requests(), ElementsAre(StartsWith("GET /api/sonde/v1/sensors HTTP/1.1\r\n")));
}

TEST(Fetch, says_whose_answer_makes_no_sense) {
  LoopbackServer server({LoopbackServer::ok("<html>")});
  const auto rows = fetch_services(server.address(), 60s);
  ASSERT_FALSE(rows);
  EXPECT_THAT(rows.error().what, StartsWith("services of " + to_text(server.address()) + ": the answer is not JSON"));
}

}  // namespace
}  // namespace sonde::cli
