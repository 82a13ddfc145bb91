#include "serve/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "support/fake_clock.h"

namespace sonde::serve {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

const std::vector<User> kUsers{{"ann", Role::kRead, "token-of-ann", ""},
                               {"ben", Role::kOperate, "", "password-of-ben"},
                               {"cleo", Role::kAdmin, "token-of-cleo", "password-of-cleo"}};

class Gate : public testing::Test {
 protected:
  HttpResponse ask(const HttpRequest& request, const std::vector<User>& users = {}) {
    if (!gate_) gate_.emplace(users, clock_, [](const HttpRequest& passed) { return text_response(200, passed.user); });
    return (*gate_)(request);
  }

  static HttpRequest change(const std::string& path = "/api/v2/alerts") {
    HttpRequest request{"POST", path, {}};
    request.host = "127.0.0.1:10977";
    request.client = "127.0.0.1";
    request.from_loopback = true;
    request.content_type = "application/json";
    return request;
  }

  test::FakeClock clock_;
  std::optional<AccessGate> gate_;
};

TEST_F(Gate, without_users_lets_everybody_read) {
  HttpRequest request{"GET", "/api/v2/alerts", {}};
  request.client = "192.0.2.1";
  EXPECT_EQ(ask(request).status, 200u);
  request.method = "POST";
  request.path = "/api/v1/query";
  request.content_type = "application/x-www-form-urlencoded";
  EXPECT_EQ(ask(request).status, 200u);
}

TEST_F(Gate, without_users_takes_changes_from_this_host_only) {
  EXPECT_EQ(ask(change()).status, 200u);
  HttpRequest other = change();
  other.from_loopback = false;
  other.client = "192.0.2.1";
  const HttpResponse refused = ask(other);
  EXPECT_EQ(refused.status, 403u);
  EXPECT_THAT(*refused.body, HasSubstr("server.auth"));
  other.method = "DELETE";
  EXPECT_EQ(ask(other).status, 403u);
  other.path = "/a/path/that/nobody/knows";
  EXPECT_EQ(ask(other).status, 403u);
}

TEST_F(Gate, refuses_what_a_page_of_another_site_has_a_browser_send) {
  HttpRequest request = change();
  request.origin = "http://evil.example";
  EXPECT_EQ(ask(request).status, 403u);
  request.origin = "null";
  EXPECT_EQ(ask(request).status, 403u);
  request.origin = "http://127.0.0.1:10977";
  EXPECT_EQ(ask(request).status, 200u);
  request.origin = "http://127.0.0.1:8080";
  EXPECT_EQ(ask(request).status, 403u);
}

TEST_F(Gate, without_users_does_not_trust_a_name_that_a_page_brought_along) {
  HttpRequest request = change();
  request.host = "rebound.example:10977";
  request.origin = "http://rebound.example:10977";
  EXPECT_EQ(ask(request).status, 403u);
  for (const char* host : {"localhost:10977", "[::1]:10977", "127.0.0.1:10977"}) {
    request.host = host;
    request.origin = std::string("http://") + host;
    EXPECT_EQ(ask(request).status, 200u) << host;
  }
}

TEST_F(Gate, with_users_takes_a_name_that_a_page_brought_along) {
  HttpRequest request = change();
  request.host = "sonde.example";
  request.origin = "https://sonde.example";
  request.authorization = "Bearer token-of-cleo";
  EXPECT_EQ(ask(request, kUsers).status, 200u);
}

TEST_F(Gate, refuses_forms_that_change_something) {
  for (const char* type : {"application/x-www-form-urlencoded", "Multipart/Form-Data; boundary=x", "text/plain"}) {
    HttpRequest request = change();
    request.content_type = type;
    EXPECT_EQ(ask(request).status, 415u) << type;
  }
}

HttpRequest from_afar(const std::string& method, const std::string& path) {
  HttpRequest request{method, path, {}};
  request.host = "sonde.example";
  request.client = "192.0.2.1";
  // As a browser sends a form of a page that tells nobody where it is, and Slack what was pressed.
  request.origin = "null";
  request.content_type = "application/x-www-form-urlencoded";
  return request;
}

TEST_F(Gate, lets_through_what_shows_by_itself_that_it_may) {
  for (const char* path : {"/ack/token", "/api/sonde/v1/slack/interactions", "/api/sonde/v1/pagerduty/webhook"}) {
    EXPECT_EQ(ask(from_afar("POST", path)).status, 200u) << path;
  }
  EXPECT_EQ(ask(from_afar("GET", "/ack/token")).status, 200u);
  for (const char* path : {"/ack", "/acknowledge/token", "/api/sonde/v1/slack/interactions/more", "/x/ack/token"}) {
    EXPECT_NE(ask(from_afar("POST", path)).status, 200u) << path;
  }
}

TEST_F(Gate, with_users_lets_through_what_shows_by_itself_that_it_may_for_nobody) {
  const HttpResponse passed = ask(from_afar("POST", "/ack/token"), kUsers);
  EXPECT_EQ(passed.status, 200u);
  EXPECT_EQ(*passed.body, "");
  EXPECT_EQ(ask(from_afar("GET", "/ack/token"), kUsers).status, 200u);
}

TEST_F(Gate, counts_what_shows_by_itself_that_it_may_among_changes) {
  unsigned taken = 0;
  while (taken < 10'000 && ask(from_afar("POST", "/ack/token")).status == 200) ++taken;
  EXPECT_EQ(taken, 2000u);
  EXPECT_EQ(ask(from_afar("GET", "/ack/token")).status, 200u);
}

struct UserRow {
  const char* name;
  const char* method;
  const char* path;
  const char* authorization;
  unsigned status;
};

class UserCase : public Gate, public testing::WithParamInterface<UserRow> {};

TEST_P(UserCase, is_answered) {
  HttpRequest request = change(GetParam().path);
  request.method = GetParam().method;
  request.authorization = GetParam().authorization;
  request.from_loopback = false;
  EXPECT_EQ(ask(request, kUsers).status, GetParam().status);
}

constexpr const char* kBen = "Basic YmVuOnBhc3N3b3JkLW9mLWJlbg==";
constexpr const char* kBenAsCleo = "Basic Y2xlbzpwYXNzd29yZC1vZi1iZW4=";

INSTANTIATE_TEST_SUITE_P(
    Users, UserCase,
    testing::Values(UserRow{"nobody_reads", "GET", "/metrics", "", 401},
                    UserRow{"nobody_is_open_to_health", "GET", "/-/healthy", "", 200},
                    UserRow{"nobody_is_open_to_readiness", "HEAD", "/-/ready", "", 200},
                    UserRow{"nobody_posts_to_health", "POST", "/-/healthy", "", 401},
                    UserRow{"reader_reads", "GET", "/metrics", "Bearer token-of-ann", 200},
                    UserRow{"scheme_in_any_case", "GET", "/metrics", "bearer  token-of-ann ", 200},
                    UserRow{"reader_previews", "POST", "/api/sonde/v1/silences/preview", "Bearer token-of-ann", 200},
                    UserRow{"reader_changes", "POST", "/api/v2/silences", "Bearer token-of-ann", 403},
                    UserRow{"reader_deletes", "DELETE", "/api/v1/series", "Bearer token-of-ann", 403},
                    UserRow{"operator_changes", "POST", "/api/v2/silences", kBen, 200},
                    UserRow{"operator_reloads", "POST", "/-/reload", kBen, 403},
                    UserRow{"admin_reloads", "POST", "/-/reload", "Bearer token-of-cleo", 200},
                    UserRow{"wrong_token", "GET", "/metrics", "Bearer token-of-anna", 401},
                    UserRow{"empty_token", "GET", "/metrics", "Bearer ", 401},
                    UserRow{"password_as_token", "GET", "/metrics", "Bearer password-of-ben", 401},
                    UserRow{"another_ones_password", "GET", "/metrics", kBenAsCleo, 401},
                    UserRow{"no_base64", "GET", "/metrics", "Basic %%%", 401},
                    UserRow{"another_scheme", "GET", "/metrics", "Digest x", 401}),
    [](const auto& row) { return row.param.name; });

TEST_F(Gate, says_who_asks_and_how_to_ask) {
  HttpRequest request = change();
  request.authorization = kBen;
  EXPECT_EQ(*ask(request, kUsers).body, "ben");
  request.authorization = "";
  const HttpResponse refused = ask(request, kUsers);
  EXPECT_THAT(refused.headers, Contains(Pair("WWW-Authenticate", HasSubstr("Bearer"))));
  EXPECT_THAT(refused.headers, Contains(Pair("WWW-Authenticate", HasSubstr("Basic"))));
}

TEST_F(Gate, has_who_guesses_wait_and_nobody_else) {
  HttpRequest guess = change();
  guess.authorization = "Bearer guess";
  unsigned status = 0;
  for (int i = 0; i < 21; ++i) status = ask(guess, kUsers).status;
  EXPECT_EQ(status, 429u);
  HttpRequest other = change();
  other.client = "192.0.2.9";
  other.authorization = kBen;
  EXPECT_EQ(ask(other, kUsers).status, 200u);
  clock_.advance(10s);
  guess.authorization = kBen;
  EXPECT_EQ(ask(guess, kUsers).status, 200u);
}

TEST_F(Gate, has_who_changes_too_much_wait_while_reading_goes_on) {
  unsigned taken = 0;
  while (taken < 10'000 && ask(change()).status == 200) ++taken;
  EXPECT_EQ(taken, 2000u);
  const HttpResponse refused = ask(change());
  EXPECT_EQ(refused.status, 429u);
  EXPECT_THAT(refused.headers, Contains(Pair("Retry-After", "5")));
  HttpRequest reading = change();
  reading.method = "GET";
  EXPECT_EQ(ask(reading).status, 200u);
  clock_.advance(1s);
  EXPECT_EQ(ask(change()).status, 200u);
}

}  // namespace
}  // namespace sonde::serve
