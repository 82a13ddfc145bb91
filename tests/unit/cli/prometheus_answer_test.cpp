#include "cli/prometheus_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "unit/cli/sample_results.h"

namespace sonde::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(PrometheusAnswer, hands_the_data_through_in_its_order_and_its_notes) {
  const auto answer =
      parse_prometheus_answer(R"({"status":"success","data":{"resultType":"scalar","result":[1435781451.781,"1"]},)"
                              R"("warnings":["slow"],"infos":["PromQL info: metric might not be a counter"]})");
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->data, R"({"resultType":"scalar","result":[1435781451.781,"1"]})");
  EXPECT_THAT(answer->warnings, ElementsAre("slow"));
  EXPECT_THAT(answer->infos, ElementsAre("PromQL info: metric might not be a counter"));
}

TEST(PrometheusAnswer, tells_the_error_of_the_daemon_without_its_control_characters) {
  const char* json = R"({"status":"error","errorType":"bad_data","error":"1:2: parse error: \u001b[2J"})";
  const auto answer = parse_prometheus_answer(json);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().what, "1:2: parse error: \xEF\xBF\xBD[2J");
  EXPECT_TRUE(is_prometheus_answer(json));
  EXPECT_FALSE(is_prometheus_answer("<html>"));
  EXPECT_FALSE(is_prometheus_answer(R"({"error":"no such path"})"));
}

TEST(QueryResult, holds_the_series_of_a_vector) {
  const auto result = parse_query_result(kVectorData);
  ASSERT_TRUE(result) << result.error().what;
  EXPECT_EQ(result->kind, ResultKind::kVector);
  ASSERT_EQ(result->series.size(), 2u);
  EXPECT_EQ(result->series[0].labels.at("service_name"), "nginx");
  const Sample& sample = result->series[0].samples.at(0);
  EXPECT_EQ(sample.text, "20.033333333333335");
  EXPECT_EQ(sample.value, 20.033333333333335);
  EXPECT_EQ(sample.at, WallTime{std::chrono::milliseconds{1'772'373'787'250}});
}

TEST(QueryResult, holds_every_value_of_a_matrix) {
  const auto result = parse_query_result(kMatrixData);
  ASSERT_TRUE(result) << result.error().what;
  EXPECT_EQ(result->kind, ResultKind::kMatrix);
  EXPECT_EQ(result->series.at(1).samples.size(), 3u);
}

TEST(QueryResult, reads_numbers_as_go_writes_them) {
  const auto value = [](const std::string& text) {
    const auto result = parse_query_result(R"({"resultType":"scalar","result":[1,")" + text + "\"]}");
    return result ? result->series.at(0).samples.at(0).value : -1;
  };
  EXPECT_EQ(value("1e+06"), 1e6);
  EXPECT_EQ(value("+Inf"), INFINITY);
  EXPECT_EQ(value("-Inf"), -INFINITY);
  EXPECT_TRUE(std::isnan(value("NaN")));
}

struct SenselessRow {
  const char* name;
  const char* data;
  const char* says;
};

class SenselessData : public testing::TestWithParam<SenselessRow> {};

TEST_P(SenselessData, is_named) {
  const auto result = parse_query_result(GetParam().data);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kBadInput);
  EXPECT_THAT(result.error().what, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Data, SenselessData,
    testing::Values(
        SenselessRow{"no_json", "<", "it is not JSON"},
        SenselessRow{"unknown_kind", R"({"resultType":"cube","result":[]})", "resultType 'cube' is unknown"},
        SenselessRow{"no_list", R"({"resultType":"vector","result":{}})", "its result is no list"},
        SenselessRow{"no_metric", R"({"resultType":"vector","result":[{"value":[1,"1"]}]})", "result[0] lacks"},
        SenselessRow{"label_is_a_number", R"({"resultType":"vector","result":[{"metric":{"a":1},"value":[1,"1"]}]})",
                     "result[0].metric.a is not a text"},
        SenselessRow{"value_is_no_pair", R"({"resultType":"vector","result":[{"metric":{},"value":[1]}]})",
                     "result[0].value is no pair"},
        SenselessRow{"time_out_of_reach", R"({"resultType":"scalar","result":[1e300,"1"]})", "too far from today"},
        SenselessRow{"values_are_no_list", R"({"resultType":"matrix","result":[{"metric":{},"values":7}]})",
                     "result[0].values is no list"},
        SenselessRow{"native_histogram", R"({"resultType":"vector","result":[{"metric":{},"histogram":[1,{}]}]})",
                     "only --output json shows"}),
    [](const auto& row) { return row.param.name; });

TEST(ParseSeries, names_what_is_no_set_of_labels) {
  ASSERT_TRUE(parse_series(R"([{"__name__":"up","job":"x"}])"));
  EXPECT_THAT(parse_series(R"({})").error().what, HasSubstr("its data is no list"));
  EXPECT_THAT(parse_series(R"([{},3])").error().what, HasSubstr("data[1] is no object"));
}

}  // namespace
}  // namespace sonde::cli
