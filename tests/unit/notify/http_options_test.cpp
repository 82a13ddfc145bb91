#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "notify/curl_http_client.h"
#include "notify/curl_options.h"
#include "support/fake_transports.h"
#include "support/loopback_http_server.h"
#include "support/sample_notification.h"

namespace sonde::notify {
namespace {

using namespace std::chrono_literals;
using test::Behaviour;
using test::LoopbackHttpServer;
using test::ReceivedRequest;
using test::ScriptedReply;

class HttpOptionsTest : public testing::Test {
 protected:
  HttpOutcome post(const std::string& url, HttpOptions options) {
    return (*client_)->post({.url = url, .body = R"({"a":1})", .http = std::move(options), .timeout = 60s});
  }

  static ScriptedReply redirect(int status, const std::string& where) {
    return {status, "Location: " + where + "\r\n", ""};
  }

  Result<std::unique_ptr<CurlHttpClient>> client_ = CurlHttpClient::create("sonde/test");
};

TEST_F(HttpOptionsTest, log_in_either_way) {
  const LoopbackHttpServer server;
  ASSERT_TRUE(post(server.url(), {.authorization = "Key hush"}));
  ASSERT_TRUE(post(server.url(), {.user = "u", .password = "p"}));
  EXPECT_EQ(server.requests().at(0).headers.at("authorization"), "Key hush");
  EXPECT_EQ(server.requests().at(1).headers.at("authorization"), "Basic dTpw");
}

TEST_F(HttpOptionsTest, send_by_a_proxy) {
  const LoopbackHttpServer proxy;
  const auto reply = post("http://nowhere.invalid/x", {.proxy_url = proxy.url("")});
  ASSERT_TRUE(reply) << reply.error().error.what;
  EXPECT_EQ(proxy.requests().at(0).path, "http://nowhere.invalid/x");
  EXPECT_EQ(proxy.requests().at(0).body, R"({"a":1})");
}

TEST_F(HttpOptionsTest, post_again_where_a_message_is_redirected_to) {
  const LoopbackHttpServer there;
  for (const int status : {301, 302, 307, 308}) {
    const LoopbackHttpServer here({redirect(status, there.url("/there"))});
    const auto reply = post(here.url("/here"), {.follows_redirects = true});
    ASSERT_TRUE(reply) << status << reply.error().error.what;
    EXPECT_EQ(reply->status, 200) << status;
    EXPECT_EQ(there.requests().back().method, "POST") << status;
    EXPECT_EQ(there.requests().back().body, R"({"a":1})") << status;
  }
  EXPECT_EQ(there.requests().size(), 4U);
}

TEST_F(HttpOptionsTest, fetch_what_comes_after_a_message_that_has_arrived) {
  const LoopbackHttpServer there;
  const LoopbackHttpServer here({redirect(303, there.url("/there"))});
  ASSERT_TRUE(post(here.url(), {.follows_redirects = true}));
  EXPECT_EQ(there.requests().at(0).method, "GET");
}

TEST_F(HttpOptionsTest, give_no_login_to_another_host) {
  const LoopbackHttpServer there;
  const LoopbackHttpServer here({redirect(307, there.url())});
  ASSERT_TRUE(post(here.url(), {.authorization = "Key hush", .follows_redirects = true}));
  EXPECT_EQ(there.requests().at(0).headers.count("authorization"), 0U);
}

TEST_F(HttpOptionsTest, take_a_redirect_that_leads_nowhere_for_no_answer) {
  const LoopbackHttpServer there({{200, "", "", Behaviour::kClosesWithoutReply}});
  const LoopbackHttpServer here({redirect(307, there.url())});
  const auto reply = post(here.url(), {.follows_redirects = true});
  ASSERT_FALSE(reply) << reply->status;
  EXPECT_EQ(reply.error().error.code, Code::kIo);
}

TEST_F(HttpOptionsTest, reach_the_address_under_the_name_of_its_certificate) {
  const LoopbackHttpServer server;
  const std::string host = server.url("").substr(std::string("http://").size());
  const auto reply = post(server.url("/x"), {.tls = {.server_name = "certified.invalid"}});
  ASSERT_TRUE(reply) << reply.error().error.what;
  EXPECT_EQ(server.requests().at(0).headers.at("host"), host);
  EXPECT_EQ(server.requests().at(0).path, "/x");
}

TEST(AddressOf, puts_the_name_of_the_certificate_in_place_of_the_host) {
  const TlsOptions options{.server_name = "name.example"};
  const Address with_port = address_of("https://10.0.0.1:8443/x?y", options);
  EXPECT_EQ(with_port.url, "https://name.example:8443/x?y");
  EXPECT_EQ(with_port.host, "10.0.0.1:8443");
  ASSERT_TRUE(with_port.connect_to);
  EXPECT_STREQ(with_port.connect_to->data, "name.example:8443:10.0.0.1:8443");
  const Address without = address_of("https://[::1]/x", options);
  EXPECT_EQ(without.url, "https://name.example/x");
  EXPECT_STREQ(without.connect_to->data, "name.example:443:[::1]:443");
  const Address mail = address_of("smtp://[::1]:25/me.x", options);
  EXPECT_EQ(mail.url, "smtp://name.example:25/me.x");
  EXPECT_EQ(address_of("https://h/x", {}).url, "https://h/x");
}

/// What every kind of channel hands on to whoever carries it.
TEST(Senders, hand_on_how_a_server_is_spoken_to) {
  const HttpOptions options{.user = "u", .follows_redirects = true, .tls = {.ca_file = "/ca"}};
  FakeTransports fake;
  const Notification notification = firing();
  for (const Destination& to : {Destination(SlackWebhook{.url = "http://a/", .http = options}),
                                Destination(SlackBot{.token = "t", .channel = "c", .http = options}),
                                Destination(Webhook{.url = "http://b/", .http = options}),
                                Destination(PagerDuty{.routing_key = "k", .http = options})}) {
    const Channel channel{"a", to};
    static_cast<void>(make_sender(channel, fake.all(), 1s)->send(first_attempt(notification)));
    EXPECT_EQ(fake.http.sent.back().http, options) << to.index();
  }
  EXPECT_EQ(fake.http.sent.size(), 4U);
}

}  // namespace
}  // namespace sonde::notify
