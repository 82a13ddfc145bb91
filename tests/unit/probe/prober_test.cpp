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
  target.body_matches = "status: (fine|ok)";
  const ProbeResult result = probed(target);
  EXPECT_TRUE(result.success) << result.reason;
  EXPECT_EQ(result.reason, "");
  EXPECT_EQ(result.status, 200);
  EXPECT_EQ(result.http_version, 1.1);
  EXPECT_EQ(result.ip_protocol, 4);
  EXPECT_FALSE(result.used_tls);
  EXPECT_FALSE(result.earliest_expiry);
  EXPECT_GT(result.phases.processing, 0ns);
  EXPECT_LE(result.phases.resolve + result.phases.connect + result.phases.processing, result.duration);
}

TEST(Prober, says_why_an_answer_is_not_what_was_wanted) {
  const LoopbackHttpServer broken({}, {.status = 503});
  EXPECT_EQ(probed(http(broken)).reason, "status 503, not 200-299");
  const LoopbackHttpServer odd({}, {.body = "maintenance"});
  ProbeTarget target = http(odd);
  target.body_matches = "^ok$";
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
  target.follows_redirects = false;
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
  target.body_matches = "(";
  const auto prober = Prober::create({target}, "sonde/test", clock);
  ASSERT_FALSE(prober);
  EXPECT_EQ(prober.error().what, "probe web: ( is no regular expression (RE2): missing ): (");
}

}  // namespace
}  // namespace sonde::probe
