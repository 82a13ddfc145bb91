#include "serve/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "unit/serve/http_connection.h"

namespace sonde::serve {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

ServerOptions on(std::string listen) {
  ServerOptions options;
  options.listen = std::move(listen);
  return options;
}

std::unique_ptr<HttpServer> serve(Handler handler, const ServerOptions& options = on("127.0.0.1:0")) {
  auto server = HttpServer::start(options, std::move(handler));
  EXPECT_TRUE(server) << server.error().what;
  return server ? *std::move(server) : nullptr;
}

HttpResponse echo(const HttpRequest& request) {
  std::string text = request.method + " " + request.path;
  for (const auto& [name, value] : request.query) text += " " + name + "=" + value;
  if (!request.body.empty()) text += " [" + request.body + "]";
  return text_response(200, text);
}

struct RequestRow {
  const char* name;
  const char* method;
  const char* target;
  const char* more;  // headers and body
  const char* status_line;
  const char* body;
};

constexpr const char* kTooLong =
    "{\"error\":\"the body is longer than 1048576 bytes: send less at once, or raise server.max_body_size\"}\n";

class RequestCase : public testing::TestWithParam<RequestRow> {};

TEST_P(RequestCase, is_answered) {
  const auto server = serve(&echo);
  const std::string answer = fetch(server->port(), GetParam().method, GetParam().target, GetParam().more);
  EXPECT_THAT(answer, StartsWith(std::string("HTTP/1.1 ") + GetParam().status_line));
  EXPECT_THAT(answer, EndsWith(std::string("\r\n\r\n") + GetParam().body));
}

INSTANTIATE_TEST_SUITE_P(
    Requests, RequestCase,
    testing::Values(
        RequestRow{"get", "GET", "/metrics", "\r\n", "200", "GET /metrics"},
        RequestRow{"get_with_query", "GET", "/a?window=60s&flag&x=1%202", "\r\n", "200",
                   "GET /a window=60s flag= x=1 2"},
        RequestRow{"first_of_two_equal_arguments", "GET", "/a?x=1&x=2", "\r\n", "200", "GET /a x=1 x=2"},
        RequestRow{"head_without_body", "HEAD", "/metrics", "\r\n", "200", ""},
        RequestRow{"post", "POST", "/a", "Content-Length: 3\r\n\r\nabc", "200", "POST /a [abc]"},
        RequestRow{"form_before_address", "POST", "/a?x=3&y",
                   "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 11\r\n\r\nx=1+2&x=%26", "200",
                   "POST /a x=1 2 x=& x=3 y="},
        RequestRow{"form_with_charset", "POST", "/a",
                   "Content-Type: Application/X-WWW-Form-Urlencoded; charset=utf-8\r\nContent-Length: 3\r\n"
                   "\r\nx=1",
                   "200", "POST /a x=1"},
        RequestRow{"form_that_is_too_long", "POST", "/a",
                   "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1048577\r\n\r\n", "413",
                   kTooLong},
        RequestRow{"bad_escape_in_the_form", "POST", "/a",
                   "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5\r\n\r\nx=%4g", "400",
                   R"({"error":"invalid URL escape \"%4g\""})"
                   "\n"},
        RequestRow{"bad_escape_in_the_query", "GET", "/a?x=%", "\r\n", "400",
                   R"({"error":"invalid URL escape \"%\""})"
                   "\n"},
        RequestRow{"encoded_path", "GET", "/a%20b/%2f", "\r\n", "200", "GET /a b//"},
        RequestRow{"zero_byte_in_the_path", "GET", "/a%00b", "\r\n", "400",
                   R"({"error":"a zero byte is no part of a path"})"
                   "\n"},
        RequestRow{"post_without_body", "POST", "/a", "Content-Length: 0\r\n\r\n", "200", "POST /a"},
        RequestRow{"put", "PUT", "/a", "Content-Length: 2\r\n\r\n{}", "200", "PUT /a [{}]"},
        RequestRow{"delete", "DELETE", "/a", "\r\n", "200", "DELETE /a"},
        RequestRow{"options", "OPTIONS", "/a", "\r\n", "200", "OPTIONS /a"},
        RequestRow{"patch", "PATCH", "/a", "Content-Length: 0\r\n\r\n", "405",
                   R"({"error":"only GET, HEAD, POST, PUT, DELETE, OPTIONS are understood here"})"
                   "\n"},
        RequestRow{"too_long_body", "POST", "/a", "Content-Length: 99999999\r\n\r\n", "413", kTooLong},
        RequestRow{"body_in_chunks", "POST", "/a", "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
                   "200", "POST /a [abc]"}),
    [](const auto& row) { return row.param.name; });

ServerOptions with_room_for(std::uint64_t body_bytes) {
  ServerOptions options = on("127.0.0.1:0");
  options.max_body_bytes = body_bytes;
  return options;
}

TEST(HttpServer, tells_of_a_body_in_chunks_that_grows_too_long) {
  const auto server = serve(&echo, with_room_for(4));
  EXPECT_THAT(fetch(server->port(), "POST", "/a", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 413"), HasSubstr("longer than 4 bytes")));
}

TEST(HttpServer, cuts_off_who_does_not_end_a_body_that_is_far_too_long) {
  const auto server = serve(&echo, with_room_for(4));
  const std::string chunk = "40\r\n" + std::string(64, 'x') + "\r\n";
  EXPECT_EQ(fetch(server->port(), "POST", "/a", "Transfer-Encoding: chunked\r\n\r\n" + chunk), "");
}

TEST(HttpServer, hands_over_the_headers_that_handlers_look_at_and_who_asks) {
  const auto server = serve([](const HttpRequest& request) {
    return text_response(200, request.content_type + "|" + request.authorization + "|" + request.origin + "|" +
                                  request.if_match + "|" + request.idempotency_key + "|" + request.client + "|" +
                                  (request.from_loopback ? "here" : "elsewhere"));
  });
  EXPECT_THAT(fetch(server->port(), "POST", "/",
                    "content-type: application/json\r\nauthorization: Bearer t\r\norigin: http://a\r\n"
                    "if-match: \"3\"\r\nidempotency-key: k\r\nContent-Length: 0\r\n\r\n"),
              EndsWith("application/json|Bearer t|http://a|\"3\"|k|127.0.0.1|here"));
}

TEST(HttpServer, sends_type_and_length_and_says_what_is_allowed) {
  const auto server = serve(&echo);
  EXPECT_THAT(fetch(server->port(), "HEAD", "/abc"),
              AllOf(HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"), HasSubstr("Content-Length: 9\r\n")));
  EXPECT_THAT(fetch(server->port(), "PATCH", "/"), HasSubstr("Allow: GET, HEAD, POST, PUT, DELETE, OPTIONS\r\n"));
}

TEST(HttpServer, sends_a_large_body_whole_and_lets_go_of_it) {
  auto body = std::make_shared<std::string>();
  for (int i = 0; body->size() < 8U << 20U; ++i) *body += std::to_string(i) + "\n";
  const std::weak_ptr<std::string> watch = body;
  const std::string copy = *body;
  auto server = serve([body](const HttpRequest&) { return HttpResponse{200, "text/plain; charset=utf-8", body}; });
  body.reset();
  EXPECT_THAT(fetch(server->port(), "GET", "/").size(), testing::Gt(copy.size()));
  EXPECT_THAT(fetch(server->port(), "GET", "/").substr(0, 4096), HasSubstr("\r\n\r\n0\n1\n2\n"));
  const std::string answer = fetch(server->port(), "GET", "/");
  EXPECT_TRUE(answer.substr(answer.find("\r\n\r\n") + 4) == copy);
  server.reset();
  EXPECT_TRUE(watch.expired());
}

TEST(HttpServer, answers_many_requests_on_one_connection) {
  const auto server = serve(&echo);
  const HttpConnection connection(server->port());
  for (int i = 0; i < 50; ++i) {
    const std::string path = "/" + std::to_string(i) + "_";
    connection.write("GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n");
    EXPECT_THAT(connection.read_until("GET " + path), HasSubstr("GET " + path));
  }
}

TEST(HttpServer, turns_what_a_handler_throws_into_a_500_and_goes_on) {
  const auto server = serve([](const HttpRequest& request) -> HttpResponse {
    if (request.path == "/std") throw std::runtime_error("no snapshot");
    if (request.path == "/int") throw 1;
    return echo(request);
  });
  EXPECT_THAT(fetch(server->port(), "GET", "/std"),
              AllOf(StartsWith("HTTP/1.1 500"), EndsWith("{\"error\":\"this request failed: no snapshot\"}\n")));
  EXPECT_THAT(fetch(server->port(), "GET", "/int"), StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(fetch(server->port(), "GET", "/fine"), StartsWith("HTTP/1.1 200"));
}

TEST(HttpServer, sends_an_empty_body_for_a_response_without_one) {
  const auto server = serve([](const HttpRequest&) { return HttpResponse{204, "text/plain; charset=utf-8", nullptr}; });
  EXPECT_THAT(fetch(server->port(), "GET", "/"), StartsWith("HTTP/1.1 204"));
}

TEST(HttpServer, refuses_a_head_that_does_not_end) {
  const auto server = serve(&echo);
  const HttpConnection connection(server->port());
  connection.write("GET / HTTP/1.1\r\nHost: test\r\nX: " + std::string(200'000, 'x'));
  EXPECT_THAT(connection.read_all(), AllOf(StartsWith("HTTP/1.1 4"), Not(HasSubstr("gave up"))));
}

TEST(HttpServer, lets_connections_beyond_the_limit_wait) {
  ServerOptions options = on("127.0.0.1:0");
  options.max_connections = 2;
  const auto server = serve(&echo, options);
  auto first = std::make_unique<HttpConnection>(server->port());
  const HttpConnection second(server->port());
  for (const HttpConnection* held : {static_cast<const HttpConnection*>(first.get()), &second}) {
    held->write("GET /held HTTP/1.1\r\nHost: test\r\n\r\n");
    EXPECT_THAT(held->read_until("GET /held"), HasSubstr("200"));
  }
  const HttpConnection third(server->port());
  third.write("GET /third HTTP/1.1\r\nHost: test\r\n\r\n");
  EXPECT_FALSE(third.readable_within(std::chrono::milliseconds{50}));
  first.reset();
  EXPECT_THAT(third.read_until("GET /third"), HasSubstr("200"));
}

TEST(HttpServer, closes_idle_connections) {
  ServerOptions options = on("127.0.0.1:0");
  options.idle_timeout = std::chrono::milliseconds{200};
  const auto server = serve(&echo, options);
  const HttpConnection connection(server->port());
  EXPECT_THAT(connection.read_all(), Not(HasSubstr("gave up")));
}

TEST(HttpServer, stops_with_connections_open_and_frees_the_port) {
  auto server = serve(&echo);
  const std::string address = server->address();
  const HttpConnection idle(server->port());
  const HttpConnection halfway(server->port());
  halfway.write("GET / HTT");
  server.reset();
  EXPECT_EQ(idle.read_all(), "");
  EXPECT_NE(serve(&echo, on(address)), nullptr);
}

TEST(HttpServer, serves_both_families_when_no_host_is_given) {
  const auto server = serve(&echo, on(":0"));
  EXPECT_THAT(fetch(server->port(), "GET", "/"), StartsWith("HTTP/1.1 200"));
  const HttpConnection v6(server->port(), true);
  if (!v6.connected()) GTEST_SKIP() << "this host has no IPv6 loopback: the second family is NOT tested";
  v6.write("GET /six HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(v6.read_all(), EndsWith("GET /six"));
}

TEST(HttpServer, says_which_address_is_taken_and_what_to_do) {
  const auto server = serve(&echo);
  const auto second = HttpServer::start(on(server->address()), &echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().sys_errno, EADDRINUSE);
  EXPECT_THAT(second.error().what,
              AllOf(HasSubstr(server->address()), HasSubstr("in use"), HasSubstr("--listen"), HasSubstr("ss -ltnp")));
}

TEST(HttpServer, answers_others_while_a_handler_is_busy) {
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  const auto server = serve([released](const HttpRequest& request) {
    if (request.path == "/slow") released.wait();
    return echo(request);
  });
  const HttpConnection slow(server->port());
  slow.write("GET /slow HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(fetch(server->port(), "GET", "/quick"), EndsWith("GET /quick"));
  release.set_value();
  EXPECT_THAT(slow.read_all(), EndsWith("GET /slow"));
}

TEST(HttpServer, tells_the_handler_whom_the_client_asked) {
  const auto server = serve([](const HttpRequest& request) { return text_response(200, request.host); });
  EXPECT_THAT(fetch(server->port(), "GET", "/"), EndsWith("\r\n\r\ntest"));
}

TEST(HttpServer, hands_over_what_a_signature_is_checked_with) {
  const auto server = serve([](const HttpRequest& request) {
    return text_response(200, request.form + "|" + request.slack_signature + "|" + request.slack_timestamp + "|" +
                                  request.pagerduty_signature + "|" + request.body);
  });
  const std::string headers =
      "X-Slack-Signature: v0=1\r\nX-Slack-Request-Timestamp: 17\r\nX-PagerDuty-Signature: v1=2\r\n";
  EXPECT_THAT(fetch(server->port(), "POST", "/a",
                    headers + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\na=%20+b"),
              EndsWith("\r\n\r\na=%20+b|v0=1|17|v1=2|"));
  EXPECT_THAT(
      fetch(server->port(), "POST", "/a", headers + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"),
      EndsWith("\r\n\r\n|v0=1|17|v1=2|{}"));
}

TEST(HttpServer, reads_a_form_that_comes_in_parts) {
  const auto server = serve([](const HttpRequest& request) {
    return text_response(200, std::to_string(request.query.value("query").size()));
  });
  const std::string value(900'000, 'x');
  const std::string length = std::to_string(value.size() + 6);
  EXPECT_THAT(
      fetch(server->port(), "POST", "/",
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + length + "\r\n\r\nquery=" + value),
      EndsWith("\r\n\r\n900000"));
}

TEST(HttpServer, packs_long_compressible_answers_for_those_who_take_them) {
  const auto server = serve([](const HttpRequest& request) {
    HttpResponse response = text_response(200, std::string(request.path == "/short" ? 1024 : 1025, 'a'));
    response.compressible = request.path != "/plain";
    return response;
  });
  const auto ask = [&](const char* path, const char* accepted) {
    return fetch(server->port(), "GET", path, std::string("Accept-Encoding: ") + accepted + "\r\n\r\n");
  };
  const std::string packed = ask("/long", "deflate, gzip");
  EXPECT_THAT(packed, AllOf(HasSubstr("Content-Encoding: gzip\r\n"), HasSubstr("Vary: Accept-Encoding\r\n"),
                            HasSubstr("\r\n\r\n\x1f\x8b"), Not(HasSubstr("aaaa"))));
  for (const auto& [path, accepted] : {std::pair("/long", "identity"), {"/short", "gzip"}, {"/plain", "gzip"}}) {
    EXPECT_THAT(ask(path, accepted), AllOf(Not(HasSubstr("Content-Encoding")), EndsWith("aaaa"))) << path;
  }
}

}  // namespace
}  // namespace sonde::serve
