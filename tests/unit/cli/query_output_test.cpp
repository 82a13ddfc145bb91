#include "cli/query_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <sstream>

#include "cli/human.h"
#include "unit/cli/sample_results.h"

namespace sonde::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

QueryResult read(const std::string& data) {
  auto result = parse_query_result(data);
  EXPECT_TRUE(result) << result.error().what;
  return result ? *std::move(result) : QueryResult{};
}

TEST(HumanValue, is_exact_enough) {
  EXPECT_EQ(human_value(1'234'567'890), "1234567890");
  EXPECT_EQ(human_value(-0.0), "0");
  EXPECT_EQ(human_value(0.1 + 0.2), "0.3");
  EXPECT_EQ(human_value(0.0000012345678), "1.23457e-06");
  EXPECT_EQ(human_value(1234567.891), "1234567.89");
  EXPECT_EQ(human_value(1e300), "1e+300");
  EXPECT_EQ(human_value(NAN), "NaN");
  EXPECT_EQ(human_value(-INFINITY), "-Inf");
}

TEST(RenderResult, aligns_a_vector_in_the_order_of_the_answer) {
  EXPECT_EQ(render_result(read(kVectorData), ResultView{}),
            "SERIES                      VALUE\n"
            "{service_name=\"nginx\"}    20.0333\n"
            "{service_name=\"reports\"}      0.5\n");
}

TEST(RenderResult, prints_scalars_and_strings_alone) {
  EXPECT_EQ(render_result(read(R"({"resultType":"scalar","result":[1,"0.5"]})"), ResultView{}), "0.5\n");
  EXPECT_EQ(render_result(read("{\"resultType\":\"string\",\"result\":[1,\"a\\u001bb\"]}"), ResultView{}),
            "a\xEF\xBF\xBD"
            "b\n");
}

TEST(RenderResult, draws_a_range_as_curves_with_gaps) {
  ::setenv("TZ", "UTC", 1);
  EXPECT_EQ(render_result(read(kMatrixData), ResultView{.width = 80, .curve = sample_grid()}),
            "2026-03-01 13:58:00 to 2026-03-01 14:03:00, a value each 1m\n"
            "SERIES                    TREND    MIN  MAX  LAST\n"
            "{service_name=\"nginx\"}    ▁▁▃█▆▄    12   33    20\n"
            "{service_name=\"reports\"}  █▁   █  0.25  0.5   0.5\n");
}

TEST(RenderResult, keeps_curves_within_the_terminal) {
  RangeGrid grid = sample_grid();
  grid.step = std::chrono::seconds{1};
  for (const std::size_t width : {40, 60, 100}) {
    std::istringstream lines(render_result(read(kMatrixData), ResultView{.width = width, .curve = grid}));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), width) << line;
  }
}

TEST(RenderResult, prints_value_by_value_where_no_curve_can_be_drawn) {
  ::setenv("TZ", "UTC", 1);
  const std::string text = render_result(read(kMatrixData), ResultView{});
  EXPECT_THAT(text, HasSubstr("{service_name=\"reports\"}  2026-03-01 13:59:00   0.25\n"));
  EXPECT_THAT(text, Not(HasSubstr("▁")));
}

TEST(ResultAsCsv, has_a_column_for_every_label_of_any_series) {
  EXPECT_EQ(result_as_csv(read(R"({"resultType":"vector","result":[)"
                               R"({"metric":{"__name__":"up","job":"a,\"b\""},"value":[1772373787.25,"1"]},)"
                               R"({"metric":{"zone":"x"},"value":[1772373787.25,"+Inf"]}]})")),
            "time,__name__,job,zone,value\r\n"
            "2026-03-01T14:03:07.250Z,up,\"a,\"\"b\"\"\",,1\r\n"
            "2026-03-01T14:03:07.250Z,,,x,+Inf\r\n");
}

}  // namespace
}  // namespace sonde::cli
