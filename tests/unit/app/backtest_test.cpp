#include "app/backtest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/backtest_report.h"
#include "app/daemon_ranges.h"
#include "support/loopback_http_server.h"
#include "unit/app/rule_fixture.h"

namespace sonde::app {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// What was recorded is what a test has put into the store; counts what is asked.
class StoredRanges final : public RangeSource {
 public:
  explicit StoredRanges(const promql::Engine& engine) : engine_(engine) {}

  [[nodiscard]] Expected<std::vector<promql::ResultSeries>, promql::QueryError> range(
      const std::string& expression, const EvaluationGrid& grid) const override {
    ++asked_[expression];
    promql::QueryRequest request;
    request.expression = expression;
    request.start_ms = grid.start_ms;
    request.end_ms = grid.end_ms;
    request.step_ms = grid.step_ms;
    auto result = engine_.run(request);
    if (!result) return std::move(result).error();
    return std::move(result->value.series);
  }

  [[nodiscard]] const std::map<std::string, int>& asked() const { return asked_; }

 private:
  const promql::Engine& engine_;
  mutable std::map<std::string, int> asked_;
};

class Backtest : public RuleFixture {
 protected:
  /// The load of a service, each ten seconds from the beginning on.
  void record(const std::string& service, const std::vector<double>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      put("load", {{"service_name", service}}, static_cast<std::int64_t>(i) * 10, values[i]);
    }
  }

  std::vector<BacktestedRule> run(const std::string& rules, std::chrono::seconds length) {
    const BacktestPeriod period{story_time(0), story_time(0) + length, {}};
    return backtest(groups_of("groups: [{name: g, interval: 10s, rules: [" + rules + "]}]"), period, *language_,
                    source_);
  }

  /// "fired 2, 40s, median 20s, 2 short, 0 pages"
  static std::string text(const FiringTally& tally) {
    const auto seconds = [](auto duration) {
      return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count()) + "s";
    };
    return "fired " + std::to_string(tally.fired) + ", " + seconds(tally.total) + ", median " + seconds(tally.median) +
           ", " + std::to_string(tally.brief) + " short, " + std::to_string(tally.pages) + " pages";
  }

  static std::string variation(const BacktestedRule& rule, const std::string& what) {
    for (const Variation& each : rule.variations) {
      if (each.what.starts_with(what)) return text(each.tally);
    }
    return "not tried";
  }

  StoredRanges source_{*engine_};
};

std::vector<double> repeat(std::vector<std::pair<int, double>> runs) {
  std::vector<double> values;
  for (const auto& [count, value] : runs) values.insert(values.end(), static_cast<std::size_t>(count), value);
  return values;
}

TEST_F(Backtest, counts_how_often_and_how_long_an_alert_fired) {
  record("a", repeat({{3, 0}, {2, 5}, {5, 0}, {15, 5}, {5, 0}}));
  record("b", repeat({{30, 0}}));
  const auto rules = run("{alert: A, expr: load > 1}", 290s);
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_EQ(text(rules[0].tally), "fired 2, 170s, median 150s, 1 short, 0 pages");
  ASSERT_EQ(rules[0].alerts.size(), 1U);
  EXPECT_EQ(rules[0].alerts[0].labels, (store::Labels{{"alertname", "A"}, {"service_name", "a"}}));
}

TEST_F(Backtest, lets_what_still_fires_fire_to_the_end) {
  record("a", repeat({{3, 0}, {10, 5}}));
  EXPECT_EQ(text(run("{alert: A, expr: load > 1}", 120s)[0].tally), "fired 1, 90s, median 90s, 1 short, 0 pages");
}

TEST_F(Backtest, counts_what_is_worth_waking_somebody) {
  record("a", repeat({{3, 0}, {2, 5}, {5, 0}, {2, 5}, {5, 0}}));
  EXPECT_EQ(run("{alert: A, expr: load > 1, annotations: {sonde_page: 'true'}}", 160s)[0].tally.pages, 2U);
}

TEST_F(Backtest, tries_other_thresholds) {
  record("a", repeat({{3, 0}, {2, 5}, {5, 0}, {2, 9}, {5, 0}}));
  const auto rules = run("{alert: A, expr: load > 4}", 160s);
  EXPECT_EQ(text(rules[0].tally), "fired 2, 40s, median 20s, 2 short, 0 pages");
  EXPECT_EQ(variation(rules[0], "threshold 2 (0.5x)"), "fired 2, 40s, median 20s, 2 short, 0 pages");
  EXPECT_EQ(variation(rules[0], "threshold 5 (1.25x)"), "fired 1, 20s, median 20s, 1 short, 0 pages");
  EXPECT_EQ(variation(rules[0], "threshold 8 (2x)"), "fired 1, 20s, median 20s, 1 short, 0 pages");
}

TEST_F(Backtest, moves_the_threshold_that_clears_along) {
  record("a", repeat({{1, 0}, {2, 9}, {2, 5}, {2, 9}, {4, 1}}));
  const auto rules = run("{alert: A, expr: load > 4, annotations: {sonde_clear: load < 3}}", 100s);
  EXPECT_EQ(text(rules[0].tally), "fired 1, 60s, median 60s, 1 short, 0 pages");
  EXPECT_EQ(variation(rules[0], "threshold 8 (2x)"), "fired 2, 40s, median 20s, 2 short, 0 pages");
}

TEST_F(Backtest, tries_no_other_value_of_nothing) {
  record("a", repeat({{4, 0}}));
  EXPECT_EQ(variation(run("{alert: A, expr: load == 0}", 30s)[0], "threshold"), "not tried");
}

TEST_F(Backtest, tries_other_values_of_for) {
  record("a", repeat({{3, 0}, {2, 5}, {5, 0}, {15, 5}, {5, 0}}));
  const auto rules = run("{alert: A, expr: load > 1, for: 1m}", 290s);
  EXPECT_EQ(text(rules[0].tally), "fired 1, 90s, median 90s, 1 short, 0 pages");
  EXPECT_EQ(variation(rules[0], "for 0s"), "fired 2, 170s, median 150s, 1 short, 0 pages");
  EXPECT_EQ(variation(rules[0], "for 5m"), "fired 0, 0s, median 0s, 0 short, 0 pages");
  EXPECT_EQ(variation(rules[0], "for 1m"), "not tried");
}

TEST_F(Backtest, heeds_settings_as_a_daemon_does) {
  record("a", repeat({{20, 5}}));
  put("requests", {{"service_name", "a"}}, 0, 3);
  put("requests", {{"service_name", "a"}}, 100, 30);
  const auto rules =
      run("{alert: A, expr: load > 1, annotations: {sonde_requires: requests > 10, sonde_settle: 1h}}", 190s);
  EXPECT_EQ(text(rules[0].tally), "fired 1, 90s, median 90s, 1 short, 0 pages");
}

TEST_F(Backtest, asks_for_no_coverage) {
  record("a", repeat({{20, 5}}));
  const auto rules = run("{alert: A, expr: 'avg_over_time(load[1h]) > 1', annotations: {sonde_coverage: 80%}}", 190s);
  EXPECT_EQ(rules[0].tally.fired, 1U);
}

TEST_F(Backtest, reads_what_was_recorded_at_each_moment_and_nothing_beyond) {
  record("a", {1, 2, 3});
  const RecordedLanguage language(*language_, source_, {kStoryMs, kStoryMs + 20'000, 10'000});
  const auto at = [&](int ms) {
    const auto result = language.query("load", kStoryMs + ms);
    if (!result || result->value.series.empty()) return std::string("nothing");
    return std::to_string(static_cast<int>(result->value.series[0].samples.at(0).value));
  };
  EXPECT_EQ(at(0), "1");
  EXPECT_EQ(at(20'000), "3");
  EXPECT_EQ(at(-10'000), "nothing");
  EXPECT_EQ(at(30'000), "nothing");
  EXPECT_EQ(at(5'000), "nothing");
}

TEST_F(Backtest, asks_for_each_expression_once) {
  record("a", repeat({{20, 5}}));
  run("{alert: A, expr: load > 1, annotations: {sonde_clear: load < 1}}", 190s);
  for (const auto& [expression, times] : source_.asked()) EXPECT_EQ(times, 1) << expression;
}

TEST_F(Backtest, tells_which_rule_cannot_be_judged) {
  record("a", repeat({{2, 5}}));
  record("b", repeat({{2, 5}}));
  const auto rules = run("{alert: A, expr: load + on () load}, {alert: B, expr: load > 1}", 10s);
  ASSERT_EQ(rules.size(), 2U);
  EXPECT_THAT(rules[0].error, HasSubstr("many-to-many"));
  EXPECT_EQ(rules[1].tally.fired, 2U);
  const BacktestPeriod period{story_time(0), story_time(10), {}};
  EXPECT_THAT(backtest_as_text(rules, period), HasSubstr("  cannot be judged: "));
  EXPECT_THAT(backtest_as_text(rules, period), testing::ContainsRegex("as it is +2 +20s +10s +2 +0\n"));
  EXPECT_THAT(backtest_as_json(rules, period), HasSubstr(R"("start": "2026-06-01T00:00:00.000Z")"));
}

TEST(DaemonRanges, asks_in_as_many_requests_as_the_api_takes) {
  const auto answer = [](const char* at, const char* value) {
    return test::ScriptedReply{.headers = {},
                               .body = std::string(R"({"status":"success","data":{"resultType":"matrix","result":)") +
                                       R"([{"metric":{"a":"b"},"values":[[)" + at + ",\"" + value + "\"]]}]}}"};
  };
  test::LoopbackHttpServer server({answer("0", "1"), answer("10000", "2")});
  const DaemonRanges ranges({"127.0.0.1", server.port()});
  const auto series = ranges.range("up", {0, 12'000'000, 1'000});
  ASSERT_TRUE(series) << series.error().what;
  ASSERT_EQ(series->size(), 1U);
  EXPECT_EQ(*series->at(0).labels, (store::Labels{{"a", "b"}}));
  ASSERT_EQ(series->at(0).samples.size(), 2U);
  EXPECT_EQ(series->at(0).samples[1].at_ms, 10'000'000);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].body.substr(requests[0].body.find("start")), "start=0.000&end=9999.000&step=1.000");
  EXPECT_EQ(requests[1].body.substr(requests[1].body.find("start")), "start=10000.000&end=12000.000&step=1.000");
}

TEST(DaemonRanges, gives_the_daemons_reason_if_there_is_no_answer) {
  test::LoopbackHttpServer server(
      {test::ScriptedReply{.status = 422, .headers = {}, .body = R"({"status":"error","error":"too many samples"})"}});
  const auto series = DaemonRanges({"127.0.0.1", server.port()}).range("up", {0, 1'000, 1'000});
  ASSERT_FALSE(series);
  EXPECT_THAT(series.error().what, HasSubstr("too many samples"));
}

}  // namespace
}  // namespace sonde::app
