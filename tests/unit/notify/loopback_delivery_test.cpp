#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "notify/curl_http_client.h"
#include "notify/delivery_queue.h"
#include "notify/notification.h"
#include "notify/senders.h"
#include "support/fake_clock.h"
#include "support/fake_transports.h"
#include "support/loopback_http_server.h"

namespace sonde::notify {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::Behaviour;
using test::LoopbackHttpServer;
using test::ScriptedReply;

std::unique_ptr<CurlHttpClient> new_client() {
  auto client = CurlHttpClient::create("sonde/test");
  return client ? std::move(*client) : nullptr;
}

HttpPost post_to(const std::string& url, std::chrono::nanoseconds timeout = 30s) {
  return HttpPost{.url = url, .body = R"({"a":1})", .timeout = timeout};
}

TEST(CurlHttpClient, posts_the_body_and_says_who_it_is) {
  const LoopbackHttpServer server;
  const auto reply = new_client()->post(post_to(server.url("/services/T0/B0")));
  ASSERT_TRUE(reply) << reply.error().error.what;
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "ok");
  ASSERT_TRUE(server.wait_for(1));
  const auto request = server.requests().at(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/services/T0/B0");
  EXPECT_EQ(request.body, R"({"a":1})");
  EXPECT_EQ(request.headers.at("content-type"), "application/json");
  EXPECT_EQ(request.headers.at("user-agent"), "sonde/test");
  EXPECT_EQ(request.headers.count("expect"), 0u);
}

TEST(CurlHttpClient, hands_over_status_body_and_retry_after_whatever_the_status) {
  const LoopbackHttpServer server({{429, "retry-after: 17\r\n", "rate_limited"},
                                   {302, "Location: /elsewhere\r\n", ""},
                                   {200, "", std::string(100'000, 'x')},
                                   {200, "", std::string(3U << 20U, 'x')}});
  const auto client = new_client();
  const auto limited = client->post(post_to(server.url()));
  ASSERT_TRUE(limited);
  EXPECT_EQ(limited->status, 429);
  EXPECT_EQ(limited->body, "rate_limited");
  EXPECT_EQ(limited->retry_after, "17");
  const auto redirected = client->post(post_to(server.url()));
  ASSERT_TRUE(redirected);
  EXPECT_EQ(redirected->status, 302);
  EXPECT_EQ(redirected->retry_after, std::nullopt);
  for (int i = 0; i < 2; ++i) {
    const auto long_answer = client->post(post_to(server.url()));
    ASSERT_TRUE(long_answer) << long_answer.error().error.what;
    EXPECT_EQ(long_answer->status, 200);
    EXPECT_EQ(long_answer->body.size(), 64u << 10U);
  }
  EXPECT_EQ(server.requests().size(), 4u) << "a redirect was followed";
}

TEST(CurlHttpClient, takes_a_status_for_the_answer_even_if_the_rest_never_comes) {
  const LoopbackHttpServer server({{200, "", "thank you", Behaviour::kClosesHalfway}});
  const auto reply = new_client()->post(post_to(server.url()));
  ASSERT_TRUE(reply) << reply.error().error.what;
  EXPECT_EQ(reply->status, 200);
}

TEST(CurlHttpClient, fails_without_naming_the_url) {
  const LoopbackHttpServer closes({{200, "", "", Behaviour::kClosesWithoutReply}});
  const LoopbackHttpServer silent({{200, "", "", Behaviour::kNeverReplies}});
  std::string nobody_listens;
  {
    const LoopbackHttpServer gone;
    nobody_listens = gone.url("/secret");
  }
  const LoopbackHttpServer plain;
  const std::string tls_url = "https://127.0.0.1:" + std::to_string(plain.port()) + "/secret";
  struct Row {
    const char* name;
    HttpPost post;
    Code code;
    bool body_sent = false;
  };
  for (const Row& row : {Row{"closes", post_to(closes.url("/secret")), Code::kIo, true},
                         Row{"never replies", post_to(silent.url("/secret"), 200ms), Code::kIo, true},
                         Row{"nobody listens", post_to(nobody_listens), Code::kIo},
                         Row{"no TLS there", post_to(tls_url, 200ms), Code::kIo},
                         Row{"no such scheme", post_to("gopher://127.0.0.1/secret"), Code::kBadConfig},
                         Row{"no file", post_to("file:///secret"), Code::kBadConfig},
                         Row{"no URL", post_to("http://[secret"), Code::kBadConfig}}) {
    const auto reply = new_client()->post(row.post);
    ASSERT_FALSE(reply) << row.name;
    EXPECT_EQ(reply.error().error.code, row.code) << row.name << ": " << reply.error().error.what;
    EXPECT_EQ(reply.error().body_sent, row.body_sent) << row.name;
    EXPECT_FALSE(reply.error().error.what.empty());
    EXPECT_EQ(reply.error().error.what.find("secret"), std::string::npos) << reply.error().error.what;
    EXPECT_EQ(reply.error().error.what.find("127.0.0.1"), std::string::npos) << reply.error().error.what;
  }
}

alerts::Notice notice_of(alerts::NoticeKind kind, WallTime at) {
  alerts::Notice notice;
  notice.kind = kind;
  notice.problem.labels = {{"alertname", "HighErrorRate"}, {"service_name", "checkout"}};
  notice.problem.severity = rules::Severity::kCritical;
  notice.problem.told_severity = rules::Severity::kCritical;
  notice.problem.annotations = {{"summary", "50 % of requests to checkout fail"}};
  notice.problem.started_at.wall = WallTime{1'800'000'000s};
  notice.at.wall = at;
  return notice;
}

TEST(Delivery, brings_one_firing_and_one_resolved_through_every_kind_of_trouble) {
  const LoopbackHttpServer slack({{429, "Retry-After: 30\r\n", "rate_limited"},
                                  {500, "", "rollup_error"},
                                  {200, "", "", Behaviour::kClosesWithoutReply},
                                  {200, "", "", Behaviour::kNeverReplies}});
  const LoopbackHttpServer webhook;
  NotifyOptions options;
  options.timeout = 1s;
  options.channels = {{"ops", SlackWebhook{slack.url()}}, {"hub", Webhook{.url = webhook.url()}}};
  test::FakeClock clock;
  const auto client = new_client();
  FakeMailClient mail;
  FakeProgramRunner programs;
  DeliveryQueue queue(options, make_senders(options, {*client, mail, programs}), clock, 1);
  queue.enqueue(make_notification(notice_of(alerts::NoticeKind::kFiring, clock.now()), "web-1"));
  const auto go_on = [&] {
    for (int step = 0; step < 20; ++step) {
      const auto next = queue.attempt_due();
      if (!next) break;
      clock.advance(*next - clock.kernel_now());
    }
  };
  go_on();
  queue.enqueue(make_notification(notice_of(alerts::NoticeKind::kResolved, clock.now() + 5min), "web-1"));
  go_on();

  ASSERT_TRUE(slack.wait_for(6));
  std::vector<std::string> heard;
  for (const auto& request : slack.requests()) heard.push_back(json::parse(request.body).at("text"));
  const std::string firing = "FIRING critical: HighErrorRate on checkout";
  // Of the third and fourth nobody knows whether they arrived.
  const std::string again = firing + " (may be a repeat)";
  EXPECT_EQ(heard, (std::vector<std::string>{firing, firing, firing, again, again,
                                             "RESOLVED critical: HighErrorRate on checkout"}));
  ASSERT_TRUE(webhook.wait_for(2));
  ASSERT_EQ(webhook.requests().size(), 2u);
  EXPECT_EQ(json::parse(webhook.requests()[0].body).at("status"), "firing");
  EXPECT_EQ(json::parse(webhook.requests()[1].body).at("status"), "resolved");
  const auto counters = queue.counters();
  EXPECT_EQ(counters[0].delivered, 2u);
  EXPECT_EQ(counters[0].retries, 4u);
  EXPECT_EQ(counters[0].failed + counters[0].queued, 0u);
  EXPECT_EQ(counters[1].delivered, 2u);
  EXPECT_EQ(counters[1].retries, 0u);
}

TEST(Delivery, goes_on_in_the_background_while_one_receiver_hangs) {
  auto hangs = std::make_unique<LoopbackHttpServer>(std::deque<ScriptedReply>{},
                                                    ScriptedReply{200, "", "", Behaviour::kNeverReplies});
  const LoopbackHttpServer answers;
  NotifyOptions options;
  options.timeout = 10min;
  options.channels = {{"hangs", Webhook{.url = hangs->url()}}, {"fine", Webhook{.url = answers.url()}}};
  const SystemClock clock;
  const auto client = new_client();
  FakeMailClient mail;
  FakeProgramRunner programs;
  DeliveryQueue queue(options, make_senders(options, {*client, mail, programs}), clock, 1);
  std::optional<Result<>> ended;
  std::jthread delivery([&](const std::stop_token& stop) { ended = queue.run(stop); });
  queue.enqueue(make_notification(notice_of(alerts::NoticeKind::kFiring, clock.now()), "web-1"));
  EXPECT_TRUE(hangs->wait_for(1));
  EXPECT_TRUE(answers.wait_for(1));
  queue.enqueue(make_notification(notice_of(alerts::NoticeKind::kResolved, clock.now()), "web-1"));
  EXPECT_TRUE(answers.wait_for(2));
  delivery.request_stop();
  hangs.reset();  // ends its connections, so the attempt under way need not wait for its timeout
  delivery.join();
  ASSERT_TRUE(ended && *ended);
  EXPECT_EQ(queue.counters()[0].queued, 2u);
  EXPECT_EQ(queue.counters()[0].retries, 1u);
  EXPECT_EQ(queue.counters()[1].delivered, 2u);
}

}  // namespace
}  // namespace sonde::notify
