// Real transfers to servers of this process.
#include "probe/prober.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "support/loopback_http_server.h"

namespace sonde::probe {
namespace {

using namespace std::chrono_literals;
using test::Behaviour;
using test::LoopbackHttpServer;
using test::ScriptedReply;

std::string address_of(const LoopbackHttpServer& server) { return "127.0.0.1:" + std::to_string(server.port()); }

ProbeTarget http(const LoopbackHttpServer& server, const std::string& path = "/health?token=secret") {
  ProbeTarget target;
  target.name = "web";
  target.address = "http://" + address_of(server) + path;
  target.interval = 1h;
  target.timeout = 5s;
  return target;
}

/// The states once each target has a result.
std::vector<ProbeState> probed(std::vector<ProbeTarget> targets) {
  const SystemClock clock;
  auto prober = Prober::create(std::move(targets), "sonde/test", clock);
  EXPECT_TRUE(prober) << prober.error().what;
  std::vector<ProbeState> states;
  std::stop_source stop;
  (*prober)->run(stop.get_token(), [&](bool has_news) {
    if (!has_news) return;
    states = (*prober)->states();
    if (std::ranges::all_of(states, [](const ProbeState& state) { return state.last.has_value(); }))
      stop.request_stop();
  });
  return states;
}

ProbeResult probed(const ProbeTarget& target) { return *probed(std::vector{target}).at(0).last; }

TEST(Prober, tells_what_an_answer_was_and_how_long_each_phase_took) {
  const LoopbackHttpServer server({}, {.body = "status: fine"});
  ProbeTarget target = http(server);
  target.http.body_matches = "status: (fine|ok)";
  const ProbeResult result = probed(target);
  EXPECT_TRUE(result.success) << result.reason;
  EXPECT_EQ(result.reason, "");
  EXPECT_EQ(result.status, 200);
  EXPECT_EQ(result.http_version, 1.1);
  EXPECT_EQ(result.ip_protocol, 4);
  EXPECT_FALSE(result.used_tls);
  EXPECT_FALSE(result.earliest_expiry);
  ASSERT_EQ(result.phases.size(), 5U);
  EXPECT_EQ(result.phases[3].name, "processing");
  EXPECT_GT(result.phases[3].took, 0ns);
  std::chrono::nanoseconds sum{0};
  for (const ProbePhase& phase : result.phases) sum += phase.took;
  EXPECT_LE(sum, result.duration);
}

TEST(Prober, says_why_an_answer_is_not_what_was_wanted) {
  const LoopbackHttpServer broken({}, {.status = 503});
  EXPECT_EQ(probed(http(broken)).reason, "status 503, not 200-299");
  const LoopbackHttpServer odd({}, {.body = "maintenance"});
  ProbeTarget target = http(odd);
  target.http.body_matches = "^ok$";
  const ProbeResult result = probed(target);
  EXPECT_EQ(result.reason, "the body does not match ^ok$");
  EXPECT_TRUE(result.failed_by_body);
}

TEST(Prober, says_why_there_is_no_answer) {
  const LoopbackHttpServer silent({}, {.behaviour = Behaviour::kNeverReplies});
  ProbeTarget target = http(silent);
  target.timeout = 100ms;
  EXPECT_EQ(probed(target).reason, "connected, and no answer within 100ms");
  const LoopbackHttpServer closing({}, {.behaviour = Behaviour::kClosesWithoutReply});
  EXPECT_EQ(probed(http(closing)).reason, "the connection was closed without an answer");
  const LoopbackHttpServer halfway({}, {.behaviour = Behaviour::kClosesHalfway});
  EXPECT_EQ(probed(http(halfway)).reason, "the connection was closed before the answer was complete");
}

TEST(Prober, follows_redirects_only_if_it_may_and_not_for_ever) {
  const ScriptedReply moved{.status = 302, .headers = "Location: /elsewhere\r\n"};
  const LoopbackHttpServer twice({moved, moved});
  const ProbeResult followed = probed(http(twice));
  EXPECT_TRUE(followed.success) << followed.reason;
  EXPECT_EQ(followed.redirects, 2U);
  const LoopbackHttpServer once({moved});
  ProbeTarget target = http(once);
  target.http.follows_redirects = false;
  EXPECT_EQ(probed(target).reason, "status 302, not 200-299");
  const LoopbackHttpServer endless({}, moved);
  EXPECT_EQ(probed(http(endless)).reason, "it redirects for ever");
}

TEST(Prober, of_tcp_only_connects) {
  ProbeTarget target;
  target.kind = ProbeKind::kTcp;
  target.name = "port";
  target.interval = 1h;
  std::string gone;
  {
    const LoopbackHttpServer server({}, {.behaviour = Behaviour::kNeverReplies});
    target.address = gone = address_of(server);
    const ProbeResult result = probed(target);
    EXPECT_TRUE(result.success) << result.reason;
    EXPECT_EQ(result.status, 0);
  }
  target.address = gone;
  EXPECT_EQ(probed(target).reason, "connection refused: nobody listens there");
}

ProbeTarget tcp(const LoopbackHttpServer& server) {
  ProbeTarget target;
  target.kind = ProbeKind::kTcp;
  target.name = "port";
  target.interval = 1h;
  target.address = address_of(server);
  return target;
}

TEST(Prober, of_tcp_says_something_and_looks_for_the_answer) {
  const LoopbackHttpServer server({}, {.body = "hello"});
  ProbeTarget target = tcp(server);
  target.tcp.send = "GET / HTTP/1.1\r\n\r\n";
  target.tcp.expect = "hel+o$";
  const ProbeResult found = probed(target);
  EXPECT_TRUE(found.success) << found.reason;
  ASSERT_EQ(found.phases.size(), 3U);
  EXPECT_EQ(found.phases[2].name, "dialogue");
  target.tcp.expect = "bye";
  const ProbeResult missed = probed(target);
  EXPECT_EQ(missed.reason, "the answer does not match bye");
  EXPECT_TRUE(missed.failed_by_body);
}

TEST(Prober, of_tcp_does_not_wait_for_ever_for_an_answer) {
  const LoopbackHttpServer silent({}, {.behaviour = Behaviour::kNeverReplies});
  ProbeTarget target = tcp(silent);
  target.timeout = 100ms;
  target.tcp.expect = "220";
  EXPECT_EQ(probed(target).reason, "connected, and no answer within 100ms");
  const LoopbackHttpServer closing({}, {.behaviour = Behaviour::kClosesWithoutReply});
  target = tcp(closing);
  target.tcp.send = "GET / HTTP/1.1\r\n\r\n";
  target.tcp.expect = "200";
  EXPECT_EQ(probed(target).reason, "the connection was closed without an answer");
}

TEST(Prober, sends_the_request_that_was_asked_for) {
  const LoopbackHttpServer server({}, {.body = R"({"state": "ok"})"});
  ProbeTarget target = http(server, "/pay");
  target.http.method = "PUT";
  target.http.headers = {{"X-Key", "abc"}, {"Content-Type", "application/json"}, {"X-Empty", ""}};
  target.http.body = R"({"amount": 1})";
  target.http.json = {{"/state", "ok"}};
  target.user = "me";
  target.password = "pw";
  const ProbeResult result = probed(target);
  EXPECT_TRUE(result.success) << result.reason;
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].method, "PUT");
  EXPECT_EQ(requests[0].body, target.http.body);
  auto headers = requests[0].headers;
  EXPECT_EQ(headers["x-key"], "abc");
  EXPECT_EQ(headers["content-type"], "application/json");
  EXPECT_EQ(headers.count("x-empty"), 1U);
  EXPECT_EQ(headers["authorization"], "Basic bWU6cHc=");
  EXPECT_EQ(headers["user-agent"], "sonde/test");
  EXPECT_EQ(headers.count("expect"), 0U);
}

TEST(Prober, reads_a_body_only_so_far) {
  const LoopbackHttpServer server({}, {.body = std::string(3U << 20U, 'x') + "end"});
  ProbeTarget target = http(server);
  EXPECT_TRUE(probed(target).success);
  target.http.body_matches = "end";
  const ProbeResult result = probed(target);
  EXPECT_EQ(result.reason, "the body does not match end");
  EXPECT_LT(result.body_bytes, 2U << 20U);
  EXPECT_EQ(result.content_length, (3 << 20) + 3);
}

TEST(Prober, tries_again_what_failed_as_often_as_it_may) {
  const ScriptedReply busy{.status = 503};
  const LoopbackHttpServer recovers({busy, busy});
  ProbeTarget target = http(recovers);
  target.interval = 1s;
  target.timeout = 200ms;
  target.retries = 2;
  const ProbeState state = probed(std::vector{target}).at(0);
  EXPECT_TRUE(state.last->success) << state.last->reason;
  EXPECT_EQ(state.last->attempts, 3U);
  EXPECT_EQ(state.retries, 2U);
  EXPECT_EQ(state.failures, 0U);
  const LoopbackHttpServer broken({}, busy);
  target.address = broken.url();
  const ProbeState failed = probed(std::vector{target}).at(0);
  EXPECT_EQ(failed.last->attempts, 3U);
  EXPECT_EQ(failed.failures, 1U);
  EXPECT_EQ(broken.requests().size(), 3U);
}

TEST(Prober, looks_names_up_for_itself) {
  const LoopbackHttpServer server;
  ProbeTarget target = tcp(server);
  target.address = "localhost:" + std::to_string(server.port());
  target.ip_protocol = 4;
  EXPECT_TRUE(probed(target).success);
}

TEST(Prober, keeps_uptime_over_a_restart) {
  const LoopbackHttpServer server;
  const SystemClock clock;
  const std::vector<UptimeStep> past{{"web", 2, clock.now(), {9, 1}}, {"gone", 2, clock.now(), {5, 5}}};
  auto prober = Prober::create({http(server)}, "sonde/test", clock, past);
  ASSERT_TRUE(prober) << prober.error().what;
  EXPECT_EQ((*prober)->states().at(0).windows[2], (ProbeCounts{9, 1}));
  EXPECT_TRUE((*prober)->take_uptime_changes().empty());
  std::stop_source stop;
  (*prober)->run(stop.get_token(), [&](bool has_news) {
    if (has_news) stop.request_stop();
  });
  EXPECT_EQ((*prober)->states().at(0).windows[2], (ProbeCounts{10, 1}));
  const std::vector<UptimeStep> changes = (*prober)->take_uptime_changes();
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[2].counts, (ProbeCounts{10, 1}));
}

TEST(Prober, asks_many_at_once_and_counts_what_came_of_it) {
  const LoopbackHttpServer fine;
  const LoopbackHttpServer broken({}, {.status = 500});
  std::vector<ProbeTarget> targets;
  for (int i = 0; i < 40; ++i) {
    targets.push_back(http(i % 4 == 0 ? broken : fine));
    targets.back().interval = 1s;
  }
  int failed = 0;
  for (const ProbeState& state : probed(std::move(targets))) {
    EXPECT_GE(state.successes + state.failures, 1U);
    EXPECT_TRUE(state.successes == 0 || state.failures == 0);
    failed += state.failures > 0 ? 1 : 0;
  }
  EXPECT_EQ(failed, 10);
}

TEST(Prober, refuses_a_pattern_that_is_none) {
  const SystemClock clock;
  ProbeTarget target;
  target.name = "web";
  target.http.body_matches = "(";
  const auto prober = Prober::create({target}, "sonde/test", clock);
  ASSERT_FALSE(prober);
  EXPECT_EQ(prober.error().what, "probe web: ( is no regular expression (RE2): missing ): (");
}

}  // namespace
}  // namespace sonde::probe
