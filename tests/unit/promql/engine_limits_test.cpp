#include <gtest/gtest.h>

#include <ostream>
#include <stop_token>

#include "unit/promql/engine_query.h"

namespace sonde::promql {
namespace {

struct LimitRow {
  const char* name;
  QueryRequest request;
  std::size_t max_samples;
  bool fits;
};

std::ostream& operator<<(std::ostream& out, const LimitRow& row) { return out << row.name; }

class EngineSampleLimit : public testing::TestWithParam<LimitRow> {};

TEST_P(EngineSampleLimit, CountsWhatIsHeldAtOnce) {
  test::MemorySeries series;
  for (const char* const instance : {"a", "b", "c"}) {
    series.add({{"__name__", "up"}, {"instance", instance}}, every_10s({1, 2, 3, 4, 5, 6}));
  }
  const test::FakeClock clock;
  EngineOptions options;
  options.max_samples = GetParam().max_samples;
  const auto answer = Engine(options, series, clock).run(GetParam().request);
  ASSERT_EQ(answer.has_value(), GetParam().fits);
  if (answer) return;
  EXPECT_EQ(answer.error().kind, QueryErrorKind::kExecution);
  EXPECT_EQ(answer.error().what, "query processing would load too many samples into memory in query execution");
}

INSTANTIATE_TEST_SUITE_P(
    All, EngineSampleLimit,
    testing::Values(LimitRow{"three series fit into three samples", at("up", 50'000), 3, true},
                    LimitRow{"three series do not fit into two", at("up", 50'000), 2, false},
                    LimitRow{"a range of six steps holds eighteen", {"up", 0, 50'000, 10'000}, 18, true},
                    LimitRow{"and not one less", {"up", 0, 50'000, 10'000}, 17, false},
                    LimitRow{"windows are let go of series by series", at("sum_over_time(up[1m])", 50'000), 10, true},
                    LimitRow{"a window of six and its result do not fit into six", at("rate(up[1m])", 50'000), 6,
                             false},
                    LimitRow{"a range vector counts as it is", at("up[1m]", 50'000), 17, false},
                    LimitRow{"a subquery of a century in milliseconds is refused at once", at("vector(1)[100y:1ms]", 0),
                             50'000'000, false},
                    LimitRow{"even of a number that never changes", at("sum_over_time(vector(1)[100y:1ms])", 0),
                             50'000'000, false}));

TEST(EngineTimeLimit, EndsTheQueryOnceItsTimeIsUp) {
  test::MemorySeries series;
  series.add({{"__name__", "up"}}, every_10s({1, 2}));
  const HurryingClock clock;
  EngineOptions options;
  options.timeout = std::chrono::seconds{3};
  const Engine engine(options, series, clock);
  EXPECT_TRUE(engine.run(at("up", 10'000)));
  const auto answer = engine.run(at("up + up + up + up", 10'000));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, QueryErrorKind::kTimeout);
  EXPECT_EQ(answer.error().what, "query timed out in expression evaluation");
}

TEST(EngineTimeLimit, IsNeverMoreThanTheEnginesOwn) {
  test::MemorySeries series;
  const HurryingClock clock;
  EngineOptions options;
  options.timeout = std::chrono::seconds{3};
  QueryRequest request = at("1 + 1 + 1 + 1", 0);
  request.timeout = std::chrono::hours{1};
  EXPECT_FALSE(Engine(options, series, clock).run(request));
}

TEST(EngineTimeLimit, IsLookedAtWithinASingleOperation) {
  test::MemorySeries series;
  series.add({{"__name__", "up"}}, every_10s(std::vector<double>(6'000, 1)));
  const HurryingClock clock;
  EngineOptions options;
  options.timeout = std::chrono::seconds{5};
  const auto answer = Engine(options, series, clock).run({"sum_over_time(up[10h])", 0, 60'000'000, 10'000});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, QueryErrorKind::kTimeout);
}

TEST(EngineCancel, EndsTheQueryThatNobodyWaitsFor) {
  test::MemorySeries series;
  const test::FakeClock clock;
  std::stop_source stop;
  stop.request_stop();
  const auto answer = Engine(EngineOptions{}, series, clock).run(at("up", 0), stop.get_token());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, QueryErrorKind::kCanceled);
  EXPECT_EQ(answer.error().what, "query was canceled in expression evaluation");
}

}  // namespace
}  // namespace sonde::promql
