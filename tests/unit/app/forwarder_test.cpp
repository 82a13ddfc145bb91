#include "app/forwarder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "notify/curl_handles.h"
#include "serve/handler.h"
#include "serve/http_server.h"

namespace sonde::app {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsSupersetOf;
using testing::Not;
using testing::Pair;

constexpr std::chrono::milliseconds kPatience{10'000};

/// A Sonde that remembers what it was asked.
class Forwarder : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(notify::start_curl());
    auto server = serve::HttpServer::start({.listen = "127.0.0.1:0"}, [this](const serve::HttpRequest& request) {
      asked_ = request;
      serve::HttpResponse response = serve::json_response(412, R"({"error":"stale"})");
      response.headers = {{"ETag", "\"7\""}, {"Retry-After", "3"}};
      return response;
    });
    ASSERT_TRUE(server) << server.error().what;
    server_ = *std::move(server);
  }

  Result<serve::HttpResponse> forwarded(const serve::HttpRequest& request) {
    return forward("http://" + server_->address(), request, kPatience);
  }

  serve::HttpRequest asked_{};
  std::unique_ptr<serve::HttpServer> server_{};
};

TEST_F(Forwarder, a_request_arrives_as_it_was_and_the_answer_comes_back) {
  serve::HttpRequest request{.method = "POST", .path = "/api/sonde/v1/incidents/7/note a", .query = {}};
  request.query.add("a b", "c&d");
  request.query.add("a b", "e");
  request.host = "hub.example";
  request.body = std::string("{\"text\":\"x\"}\0", 13);
  request.content_type = "application/json";
  request.authorization = "Bearer secret";
  request.origin = "https://hub.example";
  request.if_match = "\"6\"";
  request.idempotency_key = "k1";
  request.slack_signature = "v0=1";
  request.slack_timestamp = "5";
  request.pagerduty_signature = "v1=2";
  const auto answer = forwarded(request);
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->status, 412U);
  EXPECT_EQ(*answer->body, R"({"error":"stale"})");
  EXPECT_EQ(answer->content_type, "application/json; charset=utf-8");
  EXPECT_THAT(answer->headers, IsSupersetOf({Pair("ETag", "\"7\""), Pair("Retry-After", "3")}));
  EXPECT_THAT(answer->headers, Not(Contains(Pair("Content-Length", testing::_))));
  EXPECT_EQ(asked_.method, request.method);
  EXPECT_EQ(asked_.path, request.path);
  EXPECT_EQ(asked_.query.values("a b"), request.query.values("a b"));
  EXPECT_EQ(asked_.body, request.body);
  for (const auto field :
       {&serve::HttpRequest::host, &serve::HttpRequest::content_type, &serve::HttpRequest::authorization,
        &serve::HttpRequest::origin, &serve::HttpRequest::if_match, &serve::HttpRequest::idempotency_key,
        &serve::HttpRequest::slack_signature, &serve::HttpRequest::slack_timestamp,
        &serve::HttpRequest::pagerduty_signature}) {
    EXPECT_EQ(asked_.*field, request.*field);
  }
}

TEST_F(Forwarder, a_form_arrives_once) {
  serve::HttpRequest request{.method = "POST", .path = "/api/v1/query", .query = {}};
  request.query.add("query", "up + 1");
  request.query.add("time", "5");
  request.form = "query=up+%2B+1";
  request.content_type = "application/x-www-form-urlencoded";
  ASSERT_TRUE(forwarded(request));
  EXPECT_THAT(asked_.query.values("query"), ElementsAre("up + 1"));
  EXPECT_THAT(asked_.query.values("time"), ElementsAre("5"));
}

TEST_F(Forwarder, other_methods_arrive_too) {
  for (const char* method : {"GET", "HEAD", "DELETE", "PUT"}) {
    const auto answer = forwarded({.method = method, .path = "/x", .query = {}});
    ASSERT_TRUE(answer) << method << ": " << answer.error().what;
    EXPECT_EQ(answer->status, 412U);
    EXPECT_EQ(asked_.method, method);
  }
}

TEST_F(Forwarder, where_nobody_listens_there_is_no_answer) {
  const std::string address = server_->address();
  server_.reset();
  const auto answer = forward("http://" + address, {.method = "GET", .path = "/", .query = {}}, kPatience);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kIo);
}

}  // namespace
}  // namespace sonde::app
