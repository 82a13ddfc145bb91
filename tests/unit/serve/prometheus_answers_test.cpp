#include "serve/prometheus_answers.h"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sonde::serve {
namespace {

std::shared_ptr<const store::Labels> labels(store::Labels given) {
  return std::make_shared<const store::Labels>(std::move(given));
}

promql::QueryResult result(promql::ValueType type, std::vector<promql::ResultSeries> series) {
  promql::QueryResult made;
  made.value.type = type;
  made.value.series = std::move(series);
  return made;
}

TEST(QueryAnswer, of_a_vector) {
  const auto vector = result(promql::ValueType::kVector,
                             {{labels({{"__name__", "up"}, {"job", "a\"b"}}), {{1'435'781'451'781, 1}}},
                              {labels({}), {{1'435'781'451'781, std::numeric_limits<double>::quiet_NaN()}}}});
  EXPECT_EQ(query_json(vector), R"({"status":"success","data":{"resultType":"vector","result":[)"
                                R"({"metric":{"__name__":"up","job":"a\"b"},"value":[1435781451.781,"1"]},)"
                                R"({"metric":{},"value":[1435781451.781,"NaN"]}]}})");
}

TEST(QueryAnswer, of_a_matrix) {
  const auto matrix = result(promql::ValueType::kMatrix, {{labels({{"job", "a"}}), {{1'000, 0.5}, {2'500, 1e-9}}},
                                                          {labels({{"job", "b"}}), {{1'000, 2}}}});
  EXPECT_EQ(query_json(matrix), R"({"status":"success","data":{"resultType":"matrix","result":[)"
                                R"({"metric":{"job":"a"},"values":[[1,"0.5"],[2.500,"1e-09"]]},)"
                                R"({"metric":{"job":"b"},"values":[[1,"2"]]}]}})");
}

TEST(QueryAnswer, of_nothing) {
  EXPECT_EQ(query_json(result(promql::ValueType::kVector, {})),
            R"({"status":"success","data":{"resultType":"vector","result":[]}})");
  EXPECT_EQ(query_json(result(promql::ValueType::kMatrix, {})),
            R"({"status":"success","data":{"resultType":"matrix","result":[]}})");
}

TEST(QueryAnswer, of_a_scalar_has_no_exponent) {
  EXPECT_EQ(query_json(result(promql::ValueType::kScalar, {{labels({}), {{1'000, 1e-7}}}})),
            R"({"status":"success","data":{"resultType":"scalar","result":[1,"0.0000001"]}})");
}

TEST(QueryAnswer, of_a_string) {
  auto text = result(promql::ValueType::kString, {{labels({}), {{1'000, 0}}}});
  text.value.text = "a\nb";
  EXPECT_EQ(query_json(text), R"({"status":"success","data":{"resultType":"string","result":[1,"a\nb"]}})");
}

TEST(QueryAnswer, gives_ten_notes_of_each_kind_and_how_many_more) {
  auto noted = result(promql::ValueType::kVector, {});
  for (int i = 0; i < 12; ++i) noted.warnings.push_back("w" + std::to_string(i));
  noted.infos = {"i0"};
  EXPECT_EQ(query_json(noted),
            R"({"status":"success","data":{"resultType":"vector","result":[]},)"
            R"("warnings":["w0","w1","w2","w3","w4","w5","w6","w7","w8","w9","2 more warning annotations omitted"],)"
            R"("infos":["i0"]})");
}

TEST(ErrorAnswer, names_its_type) {
  EXPECT_EQ(error_json(ApiErrorType::kBadData, R"(invalid parameter "time")"),
            R"({"status":"error","errorType":"bad_data","error":"invalid parameter \"time\""})");
}

struct ErrorRow {
  ApiErrorType type;
  const char* name;
  unsigned status;
};

class ErrorCase : public testing::TestWithParam<ErrorRow> {};

TEST_P(ErrorCase, has_the_status_that_prometheus_gives_it) {
  EXPECT_EQ(name_of(GetParam().type), GetParam().name);
  EXPECT_EQ(status_of(GetParam().type), GetParam().status);
}

INSTANTIATE_TEST_SUITE_P(Types, ErrorCase,
                         testing::Values(ErrorRow{ApiErrorType::kBadData, "bad_data", 400},
                                         ErrorRow{ApiErrorType::kExecution, "execution", 422},
                                         ErrorRow{ApiErrorType::kTimeout, "timeout", 503},
                                         ErrorRow{ApiErrorType::kCanceled, "canceled", 499},
                                         ErrorRow{ApiErrorType::kInternal, "internal", 500},
                                         ErrorRow{ApiErrorType::kNotFound, "not_found", 404}),
                         [](const auto& row) { return row.param.name; });

TEST(ListAnswers, are_lists_also_when_they_are_empty) {
  EXPECT_EQ(strings_json({}), R"({"status":"success","data":[]})");
  EXPECT_EQ(series_json({}), R"({"status":"success","data":[]})");
  EXPECT_EQ(metadata_json({}), R"({"status":"success","data":{}})");
}

TEST(ListAnswers, tell_that_they_were_cut) {
  EXPECT_EQ(
      strings_json(std::vector<std::string>{"a", "b"}, std::vector<std::string>{"results truncated due to limit"}),
      R"({"status":"success","data":["a","b"],"warnings":["results truncated due to limit"]})");
}

TEST(ListAnswers, of_series_are_label_sets) {
  EXPECT_EQ(series_json(std::vector{labels({{"__name__", "up"}}), labels({{"a", "1"}, {"b", "2"}})}),
            R"({"status":"success","data":[{"__name__":"up"},{"a":"1","b":"2"}]})");
}

TEST(MetadataAnswer, says_unknown_of_untyped_metrics) {
  EXPECT_EQ(metadata_json({{"a_total", {{"a_total", measure::MetricType::kCounter, "Of \"a\"."}}},
                           {"b", {{"b", measure::MetricType::kUntyped, ""}}},
                           {"c", {{"c", measure::MetricType::kHistogram, "C."}}},
                           {"d", {{"d", measure::MetricType::kGauge, "D."}}}}),
            R"({"status":"success","data":{)"
            R"("a_total":[{"type":"counter","help":"Of \"a\".","unit":""}],)"
            R"("b":[{"type":"unknown","help":"","unit":""}],)"
            R"("c":[{"type":"histogram","help":"C.","unit":""}],)"
            R"("d":[{"type":"gauge","help":"D.","unit":""}]}})");
}

}  // namespace
}  // namespace sonde::serve
