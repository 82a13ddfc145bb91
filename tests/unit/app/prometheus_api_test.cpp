#include "app/prometheus_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/app/prometheus_fixture.h"

namespace sonde::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

using PrometheusApi = PrometheusFixture;

TEST_F(PrometheusApi, answers_an_instant_query) {
  EXPECT_EQ(
      ask("query", {{"query", "load"}, {"time", "1800000055.5"}}),
      fine(R"({"resultType":"vector","result":[{"metric":{"__name__":"load"},"value":[1800000055.500,"0.5"]}]})"));
  EXPECT_EQ(ask("query", {{"query", "1+1"}}), fine(R"({"resultType":"scalar","result":[1800000060,"2"]})"));
  EXPECT_EQ(ask("query", {{"query", "\"a\""}}), fine(R"({"resultType":"string","result":[1800000060,"a"]})"));
}

TEST_F(PrometheusApi, answers_a_range_query) {
  EXPECT_EQ(ask("query_range", {{"query", "sum(requests_total)"},
                                {"start", "1800000000"},
                                {"end", "2027-01-15T08:00:20Z"},
                                {"step", "10s"}}),
            fine(R"({"resultType":"matrix","result":[{"metric":{},"values":)"
                 R"([[1800000000,"0"],[1800000010,"30"],[1800000020,"60"]]}]})"));
}

TEST_F(PrometheusApi, cuts_results_to_the_limit_and_says_so) {
  EXPECT_EQ(ask("query", {{"query", "sum by (service_name) (requests_total)"}, {"limit", "1"}}),
            R"(200 {"status":"success","data":{"resultType":"vector","result":)"
            R"([{"metric":{"service_name":"api"},"value":[1800000060,"60"]}]},)"
            R"("warnings":["results truncated due to limit"]})");
}

TEST_F(PrometheusApi, lists_series) {
  EXPECT_EQ(ask("series", {{"match[]", "load"}, {"match[]", R"(requests_total{service_name="web"})"}}),
            fine(R"([{"__name__":"load"},{"__name__":"requests_total","service_name":"web"}])"));
}

TEST_F(PrometheusApi, lists_label_names) {
  EXPECT_EQ(ask("labels"), fine(R"(["__name__","http.route","service_name"])"));
  EXPECT_EQ(ask("labels", {{"match[]", "load"}}), fine(R"(["__name__"])"));
  EXPECT_EQ(ask("labels", {{"start", "1"}, {"end", "2"}}), fine("[]"));
  EXPECT_EQ(ask("labels", {{"limit", "1"}}),
            R"(200 {"status":"success","data":["__name__"],"warnings":["results truncated due to limit"]})");
}

TEST_F(PrometheusApi, lists_label_values) {
  EXPECT_EQ(ask("label/__name__/values"), fine(R"(["load","requests_total"])"));
  EXPECT_EQ(ask("label/service_name/values", {{"match[]", R"({service_name!="api",__name__!=""})"}}),
            fine(R"(["web"])"));
  EXPECT_EQ(ask("label/U__http_2e_route/values"), fine(R"(["/a"])"));
  EXPECT_EQ(ask("label/absent/values"), fine("[]"));
}

TEST_F(PrometheusApi, tells_of_metrics) {
  const std::string load = R"("load":[{"type":"gauge","help":"Load.","unit":""}])";
  EXPECT_EQ(ask("metadata"),
            fine("{" + load + R"(,"requests_total":[{"type":"counter","help":"Requests.","unit":""}]})"));
  EXPECT_EQ(ask("metadata", {{"metric", "load"}, {"limit_per_metric", "1"}}), fine("{" + load + "}"));
  EXPECT_EQ(ask("metadata", {{"limit", "1"}}), fine("{" + load + "}"));
  EXPECT_EQ(ask("metadata", {{"limit", "0"}}), fine("{}"));
}

TEST_F(PrometheusApi, formats_and_parses_expressions) {
  EXPECT_EQ(ask("format_query", {{"query", "sum(up)by(job)"}}), fine("\"sum by (job) (up)\""));
  EXPECT_EQ(ask("parse_query", {{"query", "(1)"}}),
            fine(R"({"type":"parenExpr","expr":{"type":"numberLiteral","val":"1"}})"));
}

TEST_F(PrometheusApi, has_no_exemplars) {
  EXPECT_EQ(ask("query_exemplars", {{"query", "rate(up[5m])"}, {"start", "1"}, {"end", "2"}}), fine("[]"));
  EXPECT_EQ(ask("query_exemplars", {{"query", "1"}}), "204 ");
}

TEST_F(PrometheusApi, describes_the_daemon) {
  EXPECT_THAT(ask("targets"),
              AllOf(HasSubstr(R"("scrapeUrl":"http://box:10977/metrics")"),
                    HasSubstr(R"("lastScrape":"2027-01-15T08:01:00Z")"), HasSubstr(R"("health":"up")")));
  EXPECT_THAT(ask("targets", {{"state", "DROPPED"}}), HasSubstr(R"("activeTargets":[])"));
  EXPECT_THAT(ask("targets", {{"scrapePool", "other"}}), HasSubstr(R"("activeTargets":[])"));
  EXPECT_THAT(ask("status/buildinfo"), HasSubstr(R"("version":"3.5.0")"));
  EXPECT_EQ(ask("status/config"), fine(R"({"yaml":"server: {}\n"})"));
  EXPECT_EQ(ask("status/flags"), fine(R"({"config.file":"sonde.yaml"})"));
  EXPECT_THAT(ask("status/runtimeinfo"), HasSubstr(R"("storageRetention":"6h or 48MiB")"));
  EXPECT_THAT(ask("status/tsdb", {{"limit", "1"}}),
              AllOf(HasSubstr(R"("numLabelPairs":5,)"),
                    HasSubstr(R"("seriesCountByMetricName":[{"name":"requests_total","value":2}],)"),
                    HasSubstr(R"("labelValueCountByLabelName":[{"name":"__name__","value":2}])")));
}

TEST_F(PrometheusApi, lets_pages_of_any_origin_ask) {
  const serve::HttpResponse response = respond("labels", {}, "OPTIONS");
  EXPECT_EQ(response.status, 204u);
  EXPECT_THAT(response.headers, testing::Contains(testing::Pair("Access-Control-Allow-Origin", "*")));
}

TEST_F(PrometheusApi, refuses_methods_and_knows_what_there_is_not) {
  EXPECT_EQ(respond("rules", {}, "POST").status, 405u);
  EXPECT_EQ(respond("query", {{"query", "1"}}, "POST").status, 200u);
  EXPECT_EQ(ask("absent"),
            R"(404 {"status":"error","errorType":"not_found","error":"there is no endpoint /api/v1/absent"})");
}

TEST_F(PrometheusApi, tells_an_evaluation_that_fails_from_a_bad_request) {
  EXPECT_THAT(ask("query", {{"query", "requests_total + on() requests_total"}}),
              StartsWith(R"(422 {"status":"error","errorType":"execution","error":")"));
}

struct FaultRow {
  const char* name;
  const char* path;
  serve::Parameters query;
  const char* what;
};

class BadRequest : public PrometheusFixture, public testing::WithParamInterface<FaultRow> {};

TEST_P(BadRequest, is_refused_as_prometheus_words_it) {
  EXPECT_EQ(ask(GetParam().path, GetParam().query), bad_data(GetParam().what));
}

INSTANTIATE_TEST_SUITE_P(
    Faults, BadRequest,
    testing::Values(
        FaultRow{
            "time",
            "query",
            {{"query", "1"}, {"time", "x"}},
            R"(invalid parameter \"time\": invalid time value for 'time': cannot parse \"x\" to a valid timestamp)"},
        FaultRow{"timeout",
                 "query",
                 {{"query", "1"}, {"timeout", "x"}},
                 R"(invalid parameter \"timeout\": cannot parse \"x\" to a valid duration)"},
        FaultRow{"lookback",
                 "query",
                 {{"query", "1"}, {"lookback_delta", "x"}},
                 R"(error parsing lookback delta duration: cannot parse \"x\" to a valid duration)"},
        FaultRow{"limit",
                 "query",
                 {{"query", "1"}, {"limit", "x"}},
                 R"(invalid parameter \"limit\": strconv.Atoi: parsing \"x\": invalid syntax)"},
        FaultRow{"negative_limit",
                 "query",
                 {{"query", "1"}, {"limit", "-1"}},
                 R"(invalid parameter \"limit\": limit must be non-negative)"},
        FaultRow{"fine_buckets",
                 "query",
                 {{"query", "1"}, {"sonde_fine_buckets", "no"}},
                 R"(invalid parameter \"sonde_fine_buckets\": it must be true or false)"},
        FaultRow{"no_query",
                 "query",
                 {},
                 R"(invalid parameter \"query\": unknown position: parse error: no expression found in input)"},
        FaultRow{"no_start",
                 "query_range",
                 {{"query", "1"}, {"end", "1"}, {"step", "1"}},
                 R"(invalid parameter \"start\": cannot parse \"\" to a valid timestamp)"},
        FaultRow{"end_before_start",
                 "query_range",
                 {{"query", "1"}, {"start", "2"}, {"end", "1"}, {"step", "1"}},
                 R"(invalid parameter \"end\": end timestamp must not be before start time)"},
        FaultRow{
            "no_step",
            "query_range",
            {{"query", "1"}, {"start", "1"}, {"end", "2"}, {"step", "0"}},
            R"(invalid parameter \"step\": zero or negative query resolution step widths are not accepted. Try a positive integer)"},
        FaultRow{
            "too_many_steps",
            "query_range",
            {{"query", "1"}, {"start", "0"}, {"end", "11001"}, {"step", "1"}},
            R"(exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX))"},
        FaultRow{
            "range_of_a_range_vector",
            "query_range",
            {{"query", "up[5m]"}, {"start", "0"}, {"end", "1"}, {"step", "1"}},
            R"(invalid parameter \"query\": invalid expression type \"range vector\" for range query, must be Scalar or instant Vector)"},
        FaultRow{"no_match", "series", {}, "no match[] parameter provided"},
        FaultRow{"empty_match_of_series",
                 "series",
                 {{"match[]", "{}"}},
                 R"(invalid parameter \"match[]\": match[] must contain at least one non-empty matcher)"},
        FaultRow{"empty_match",
                 "labels",
                 {{"match[]", R"({job=~".*"})"}},
                 "match[] must contain at least one non-empty matcher"},
        FaultRow{"metadata_limit", "metadata", {{"limit", "x"}}, "limit must be a number"},
        FaultRow{
            "metadata_limit_per_metric", "metadata", {{"limit_per_metric", "x"}}, "limit_per_metric must be a number"},
        FaultRow{"tsdb_limit", "status/tsdb", {{"limit", "0"}}, "limit must be a positive number"},
        FaultRow{
            "rules_type", "rules", {{"type", "all"}}, R"(invalid parameter \"type\": not supported value \"all\")"},
        FaultRow{
            "exclude_alerts",
            "rules",
            {{"exclude_alerts", "x"}},
            R"(invalid parameter \"exclude_alerts\": error converting exclude_alerts: strconv.ParseBool: parsing \"x\": invalid syntax)"},
        FaultRow{"exemplars_range",
                 "query_exemplars",
                 {{"query", "up"}, {"start", "2"}, {"end", "1"}},
                 "end timestamp must not be before start timestamp"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::app
