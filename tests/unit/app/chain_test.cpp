// From exchanges to the message, with every stage as the daemon has it and time in the test's hands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "app/alerting.h"
#include "app/store_source.h"
#include "config/types.h"
#include "measure/measurements.h"
#include "promql/engine.h"
#include "protocol/route.h"
#include "store/database.h"

namespace sonde::app {
namespace {

using namespace std::chrono_literals;
using protocol::ExchangeError;
using testing::ElementsAre;

class Chain : public testing::Test {
 protected:
  /// One second of traffic, then a tick.
  void second(int requests, std::uint16_t status, std::chrono::nanoseconds duration,
              ExchangeError error = ExchangeError::kNone) {
    for (int i = 0; i < requests; ++i) {
      protocol::Exchange exchange;
      exchange.method = protocol::HttpMethod::kGet;
      exchange.status = status;
      exchange.error = error;
      exchange.path = "/pay";
      exchange.duration = duration;
      measurements_.observe(exchange, {.service_name = "payments", .service = 1, .server_port = 8080});
    }
    now_ += 1s;
    const auto snapshot = measurements_.snapshot(now_);
    database_->append(*snapshot, now_);
    for (const alerts::Notice& notice : alerting_.tick(*snapshot, now_)) {
      const bool is_over = notice.kind == alerts::NoticeKind::kResolved;
      const alerts::Problem& problem = notice.problem;
      heard_.push_back((is_over ? "resolved " : "firing ") +
                       std::string(rules::name_of(is_over ? problem.told_severity : problem.severity)) + " " +
                       std::string(measure::value_of(problem.labels, "alertname")) + " " +
                       std::string(measure::value_of(problem.labels, "service_name")));
    }
  }

  static config::Config quick() {
    config::Config config;
    config.store.interval = 1s;
    config.rules.defaults = {{"interval", "1s"}, {"settle", "0s"}, {"settle_boot", "0s"},
                             {"window", "10s"},  {"for", "3s"},    {"keep_firing_for", "10s"}};
    config.alerts.start_delay = 0s;
    return config;
  }

  std::unique_ptr<store::Database> open() {
    std::vector<std::string> notices;
    return *store::Database::open(config_.store, notices);
  }

  void SetUp() override {
    const Result<> started = alerting_.start(now_);
    ASSERT_TRUE(started) << started.error().what;
  }

  const config::Config config_ = quick();
  measure::Measurements measurements_{
      config_.measure,
      {.route = [](std::string_view path, std::string& into) { protocol::collapse_route(path, into); },
       .method = &protocol::name_of,
       .error = &protocol::name_of}};
  host::EventLog events_{config_.host.keep_events};
  WallTime now_{std::chrono::seconds{1'800'000'000}};
  const SystemClock clock_{};
  const std::unique_ptr<store::Database> database_ = open();
  const StoreSource source_{*database_};
  const promql::Engine engine_{{}, source_, clock_};
  Alerting alerting_{{.config = config_,
                      .engine = engine_,
                      .database = *database_,
                      .events = events_,
                      .host = "host",
                      .boot_clock = [this] { return now_ - WallTime{1'799'000'000s}; },
                      .sleep_clock = [] { return std::chrono::nanoseconds{0}; }}};
  std::vector<std::string> heard_;
};

TEST_F(Chain, tells_of_an_outage_once_and_of_its_end_once) {
  for (int i = 0; i < 20; ++i) second(50, 200, 5ms);
  for (int i = 0; i < 10; ++i) second(50, 502, 5ms);
  EXPECT_THAT(heard_, ElementsAre("firing critical HighErrorRate payments"));
  for (int i = 0; i < 30; ++i) second(50, 200, 5ms);
  EXPECT_THAT(heard_,
              ElementsAre("firing critical HighErrorRate payments", "resolved critical HighErrorRate payments"));
}

TEST_F(Chain, tells_of_slowness_by_how_slow_it_is) {
  for (int i = 0; i < 20; ++i) second(50, 200, 2s);
  EXPECT_THAT(heard_, ElementsAre("firing warning HighResponseTime payments"));
  for (int i = 0; i < 20; ++i) second(50, 200, 6s);
  EXPECT_THAT(heard_,
              ElementsAre("firing warning HighResponseTime payments", "firing critical HighResponseTime payments"));
}

TEST_F(Chain, stays_quiet_when_clients_leave_in_mid_download) {
  for (int i = 0; i < 30; ++i) second(50, 200, 50ms, ExchangeError::kConnectionReset);
  for (int i = 0; i < 30; ++i) second(50, 200, 50ms, ExchangeError::kTimeout);
  EXPECT_THAT(heard_, ElementsAre());
}

TEST_F(Chain, counts_a_server_that_breaks_off_as_failing) {
  for (int i = 0; i < 20; ++i) second(50, 200, 50ms, ExchangeError::kConnectionClosed);
  EXPECT_THAT(heard_, ElementsAre("firing critical HighErrorRate payments"));
}

TEST_F(Chain, says_nothing_of_a_handful_of_requests) {
  for (int i = 0; i < 30; ++i) second(1, 500, 9s);
  EXPECT_THAT(heard_, ElementsAre());
}

TEST_F(Chain, what_people_do_before_the_first_sample_happens_now) {
  alerts::SilenceRequest request{.matchers = {{"alertname", store::MatchOperator::kEqual, "HighErrorRate"}},
                                 .ends_at = now_ + 1h,
                                 .author = "ann",
                                 .comment = "why"};
  const auto made = alerting_.set_silence(request);
  ASSERT_TRUE(made) << made.error().what;
  const auto view = alerting_.view();
  ASSERT_EQ(view->silences.size(), 1U);
  EXPECT_EQ(view->silences[0].starts_at, now_);
  for (int i = 0; i < 20; ++i) second(50, 502, 5ms);
  EXPECT_THAT(heard_, ElementsAre());
}

}  // namespace
}  // namespace sonde::app
