#include "promql/engine.h"

#include <gtest/gtest.h>

#include <ostream>

#include "promql/functions.h"
#include "unit/promql/engine_query.h"

namespace sonde::promql {
namespace {

test::MemorySeries make_series() {
  test::MemorySeries series;
  series.add({{"__name__", "m"}, {"a", "1"}}, every_10s({1, 2, 3}));
  series.add({{"__name__", "m"}, {"a", "2"}}, every_10s({4, 5, 6}));
  series.add({{"__name__", "n"}, {"a", "1"}}, every_10s({7, 8, 9}));
  series.add({{"__name__", "b_bucket"}, {"le", "1"}}, every_10s({5, 5, 5}));
  series.add({{"__name__", "b_bucket"}, {"le", "2"}}, every_10s({3, 3, 3}));
  series.add({{"__name__", "b_bucket"}, {"le", "+Inf"}}, every_10s({9, 9, 9}));
  series.add({{"__name__", "bad"}, {"le", "wide"}}, every_10s({1, 1, 1}));
  return series;
}

struct ErrorRow {
  const char* name;
  QueryRequest request;
  QueryErrorKind kind;
  const char* what;
};

std::ostream& operator<<(std::ostream& out, const ErrorRow& row) { return out << row.name; }

class EngineErrors : public testing::TestWithParam<ErrorRow> {};

TEST_P(EngineErrors, AreWordedAsPrometheusWordsThem) {
  const test::MemorySeries series = make_series();
  const test::FakeClock clock;
  const auto answer = Engine(EngineOptions{}, series, clock).run(GetParam().request);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, GetParam().kind);
  EXPECT_EQ(answer.error().what, GetParam().what);
}

INSTANTIATE_TEST_SUITE_P(
    All, EngineErrors,
    testing::Values(
        ErrorRow{"two on the one side", at("n * on () m", 20'000), QueryErrorKind::kExecution,
                 "found duplicate series for the match group {} on the right hand-side of the operation: "
                 "[{__name__=\"m\", a=\"1\"}, {__name__=\"m\", a=\"2\"}];many-to-many matching not allowed: matching "
                 "labels must be unique on one side"},
        ErrorRow{"two on the left of group_right", at("m * on () group_right () n", 20'000), QueryErrorKind::kExecution,
                 "found duplicate series for the match group {} on the left hand-side of the operation: "
                 "[{__name__=\"m\", a=\"1\"}, {__name__=\"m\", a=\"2\"}];many-to-many matching not allowed: matching "
                 "labels must be unique on one side"},
        ErrorRow{"two on the many side without group_left", at("m * on () n", 20'000), QueryErrorKind::kExecution,
                 "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"},
        ErrorRow{"group_left that makes two alike", at("m * on () group_left (a) n", 20'000),
                 QueryErrorKind::kExecution, "multiple matches for labels: grouping labels must ensure unique matches"},
        ErrorRow{"two names dropped", at("abs({a=\"1\"})", 20'000), QueryErrorKind::kExecution,
                 "vector cannot contain metrics with the same labelset"},
        ErrorRow{"topk of infinity", at("topk(Inf, m)", 20'000), QueryErrorKind::kExecution,
                 "Scalar value +Inf overflows int64"},
        ErrorRow{"a pattern that is none", at("label_replace(m, \"b\", \"$1\", \"a\", \"(\")", 0),
                 QueryErrorKind::kExecution, "invalid regular expression in label_replace(): ("},
        ErrorRow{"no label name", at("label_join(m, \"\", \"-\", \"a\")", 0), QueryErrorKind::kExecution,
                 "invalid destination label name in label_join(): "},
        ErrorRow{"a range vector over a range",
                 {"m[1m]", 0, 10'000, 1'000},
                 QueryErrorKind::kBadData,
                 "invalid expression type \"range vector\" for range query, must be Scalar or instant Vector"},
        ErrorRow{"a range without steps",
                 {"m", 0, 10'000, 0},
                 QueryErrorKind::kBadData,
                 "zero or negative query resolution step widths are not accepted. Try a positive integer"},
        ErrorRow{"a range that ends before it begins",
                 {"m", 10'000, 0, 1'000},
                 QueryErrorKind::kBadData,
                 "end timestamp must not be before start time"}));

struct NoteRow {
  const char* name;
  const char* expression;
  std::vector<std::string> warnings;
  std::vector<std::string> infos;
};

std::ostream& operator<<(std::ostream& out, const NoteRow& row) { return out << row.name; }

class EngineNotes : public testing::TestWithParam<NoteRow> {};

TEST_P(EngineNotes, SayWhereTheyAreAbout) {
  const test::MemorySeries series = make_series();
  const test::FakeClock clock;
  const auto answer = Engine(EngineOptions{}, series, clock).run(at(GetParam().expression, 20'000));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->warnings, GetParam().warnings);
  EXPECT_EQ(answer->infos, GetParam().infos);
}

INSTANTIATE_TEST_SUITE_P(
    All, EngineNotes,
    testing::Values(
        NoteRow{"nothing to say", "sum(m)", {}, {}},
        NoteRow{"a quantile beyond one",
                "quantile((1.5), m)",
                {"PromQL warning: quantile value should be between 0 and 1, got 1.5 (1:11)"},
                {}},
        NoteRow{"each warning once, sorted",
                "quantile(-1, m) + quantile(-1, m)",
                {"PromQL warning: quantile value should be between 0 and 1, got -1 (1:10)",
                 "PromQL warning: quantile value should be between 0 and 1, got -1 (1:28)"},
                {}},
        NoteRow{"a rate of no counter, on the second line",
                "1 +\n  rate(m[1m])",
                {},
                {"PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"m\" "
                 "(2:8)"}},
        NoteRow{"a rate of a subquery of no counter",
                "rate(m[1m:10s])",
                {},
                {"PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"m\" "
                 "(1:1)"}},
        NoteRow{"buckets that are not cumulative",
                "histogram_quantile(0.5, b_bucket)",
                {},
                {"PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see "
                 "https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile) for metric name "
                 "\"b_bucket\" (1:25)"}},
        NoteRow{"a bucket without a bound",
                "histogram_fraction(0, 1, bad)",
                {"PromQL warning: bucket label \"le\" is missing or has a malformed value of \"wide\" for metric name "
                 "\"bad\" (1:26)"},
                {}}));

TEST(EngineShape, AStringHasItsTextAndTime) {
  const test::MemorySeries series;
  const test::FakeClock clock;
  const auto answer = Engine(EngineOptions{}, series, clock).run(at("(\"hello\")", 5'000));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->value.type, ValueType::kString);
  EXPECT_EQ(answer->value.text, "hello");
  EXPECT_EQ(answer->value.series.front().samples.front().at_ms, 5'000);
}

TEST(EngineShape, EveryStableFunctionCanBeCalled) {
  const test::MemorySeries series = make_series();
  const test::FakeClock clock;
  const Engine engine(EngineOptions{}, series, clock);
  for (int number = 0; number < static_cast<int>(Function::kCount); ++number) {
    const FunctionSpec& spec = spec_of(static_cast<Function>(number));
    std::string text(spec.name);
    for (std::size_t index = 0; index < spec.arguments.size(); ++index) {
      const ValueType type = spec.arguments[index];
      text += index == 0 ? "(" : ", ";
      if (type == ValueType::kScalar) text += "1";
      if (type == ValueType::kVector) text += "m";
      if (type == ValueType::kMatrix) text += "m[1m]";
      if (type == ValueType::kString) text += "\"a\"";
    }
    text += spec.arguments.empty() ? "()" : ")";
    const auto answer = engine.run(at(text, 20'000));
    EXPECT_TRUE(answer) << text << ": " << answer.error().what;
  }
}

struct FineRow {
  const char* name;
  const char* expression;
  std::vector<bool> fine;  ///< of each selection, in order
};

std::ostream& operator<<(std::ostream& out, const FineRow& row) { return out << row.name; }

class EngineFineBuckets : public testing::TestWithParam<FineRow> {};

TEST_P(EngineFineBuckets, AreAskedForWhereAllBetweenKeepsThem) {
  const test::MemorySeries series = make_series();
  const test::FakeClock clock;
  ASSERT_TRUE(Engine(EngineOptions{}, series, clock).run(at(GetParam().expression, 20'000)));
  std::vector<bool> fine;
  for (const store::Selection& selection : series.selections()) fine.push_back(selection.fine_buckets);
  EXPECT_EQ(fine, GetParam().fine);
}

INSTANTIATE_TEST_SUITE_P(
    All, EngineFineBuckets,
    testing::Values(
        FineRow{"not outside of histogram functions", "rate(b_bucket[1m])", {false}},
        FineRow{"a quantile of a selector", "histogram_quantile(0.9, b_bucket)", {true}},
        FineRow{"a fraction of a rate", "histogram_fraction(0, 1, rate(b_bucket[1m]))", {true}},
        FineRow{"sums by le", "histogram_quantile(0.9, sum by (le) (rate(b_bucket[1m])))", {true}},
        FineRow{"sums without others", "histogram_quantile(0.9, sum without (a) (b_bucket))", {true}},
        FineRow{"sums that drop le", "histogram_quantile(0.9, sum by (a) (b_bucket))", {false}},
        FineRow{"sums without le", "histogram_quantile(0.9, sum without (le) (b_bucket))", {false}},
        FineRow{"the largest only", "histogram_quantile(0.9, topk by (le) (1, b_bucket))", {false}},
        FineRow{"a matcher on le", "histogram_quantile(0.9, b_bucket{le!=\"2\"})", {false}},
        FineRow{"times a number", "histogram_quantile(0.9, 2 * b_bucket)", {true}},
        FineRow{"against other buckets", "histogram_quantile(0.9, b_bucket / b_bucket)", {false, false}},
        FineRow{"in the quantile itself", "histogram_quantile(scalar(n), b_bucket)", {false, true}},
        FineRow{"over a subquery", "histogram_quantile(0.9, max_over_time(rate(b_bucket[1m])[1m:10s]))", {true}}));

TEST(EngineFineBuckets, AreNotAskedForIfTheRequestSaysSo) {
  const test::MemorySeries series = make_series();
  const test::FakeClock clock;
  QueryRequest request = at("histogram_quantile(0.9, b_bucket)", 20'000);
  request.fine_buckets = false;
  ASSERT_TRUE(Engine(EngineOptions{}, series, clock).run(request));
  EXPECT_FALSE(series.selections().front().fine_buckets);
}

TEST(EngineSelections, CoverWhatTheStepsLookAtAndNoMore) {
  const test::MemorySeries series = make_series();
  const test::FakeClock clock;
  const Engine engine(EngineOptions{}, series, clock);
  ASSERT_TRUE(engine.run({"m offset 10s", 20'000, 40'000, 10'000, std::chrono::seconds{15}}));
  ASSERT_TRUE(engine.run({"rate(m[20s] @ 30)", 20'000, 40'000, 10'000}));
  EXPECT_EQ(series.selections()[0].from_ms, 20'000 - 10'000 - 15'000 + 1);
  EXPECT_EQ(series.selections()[0].to_ms, 30'000);
  EXPECT_EQ(series.selections()[1].from_ms, 10'001);
  EXPECT_EQ(series.selections()[1].to_ms, 30'000);
  EXPECT_EQ(series.selections().size(), 2U) << "what is the same at all steps is read once";
}

}  // namespace
}  // namespace sonde::promql
