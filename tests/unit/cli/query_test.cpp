#include "cli/query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/figures.h"
#include "unit/cli/sample.h"

namespace sonde::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

QueryView view_of(std::vector<Figure> figures, QueryFormat format) {
  return QueryView{std::move(figures), 5min, format};
}

TEST(Query, prints_the_figures_asked_for_in_their_order) {
  EXPECT_EQ(
      render_query(sample_rows(), view_of({Figure::kP95, Figure::kErrors, Figure::kRequests}, QueryFormat::kTable)),
      "SERVICE                            ROLE       P95  ERRORS  REQUESTS\n"
      "nginx                              server  12.3ms      0%      1200\n"
      "payments-gateway-worker-eu-west-1  client  4.50ms    0.4%     72000\n"
      "reports                            server   6.50s   10.0%        30\n");
}

TEST(Query, prints_json_in_base_units_and_full_precision) {
  std::vector<TopRow> rows{sample_rows()[0], TopRow{"idle", "client", 0, 0.0, {}, {}, {}, {}, {}, 60}};
  EXPECT_EQ(render_query(rows, view_of({Figure::kRequests, Figure::kRate, Figure::kP50}, QueryFormat::kJson)),
            "{\n"
            "  \"window_seconds\": 300.0,\n"
            "  \"services\": [\n"
            "    {\n"
            "      \"service\": \"idle\",\n"
            "      \"role\": \"client\",\n"
            "      \"requests\": 0,\n"
            "      \"requests_per_second\": 0.0,\n"
            "      \"p50_seconds\": null,\n"
            "      \"covered_seconds\": 60.0\n"
            "    },\n"
            "    {\n"
            "      \"service\": \"nginx\",\n"
            "      \"role\": \"server\",\n"
            "      \"requests\": 1200,\n"
            "      \"requests_per_second\": 20.0,\n"
            "      \"p50_seconds\": 0.00085,\n"
            "      \"covered_seconds\": 60.0\n"
            "    }\n"
            "  ]\n"
            "}\n");
}

TEST(Query, prints_csv_with_quoted_fields_and_empty_unknowns) {
  std::vector<TopRow> rows{TopRow{"a,\"b\"", "server", 3, 0.1, 1.0 / 3, {}, {}, {}, {}, 60}};
  EXPECT_EQ(render_query(rows, view_of({Figure::kRate, Figure::kP50, Figure::kP95}, QueryFormat::kCsv)),
            "service,role,requests_per_second,p50_seconds,p95_seconds\r\n"
            "\"a,\"\"b\"\"\",server,0.1,0.3333333333333333,\r\n");
}

TEST(Query, keeps_every_format_whole_without_traffic) {
  EXPECT_EQ(render_query({}, view_of(all_figures(), QueryFormat::kTable)),
            "No HTTP request was seen in the last 5m.\n");
  EXPECT_EQ(render_query({}, view_of({Figure::kRate}, QueryFormat::kCsv)), "service,role,requests_per_second\r\n");
  EXPECT_THAT(render_query({}, view_of({Figure::kRate}, QueryFormat::kJson)), HasSubstr("\"services\": []"));
}

TEST(Query, reads_its_own_json_back) {
  const auto rows = parse_services(services_as_json(sample_rows(), all_figures(), 5min));
  ASSERT_TRUE(rows) << rows.error().what;
  EXPECT_EQ(rows->size(), 3u);
  EXPECT_EQ((*rows)[2].p99_seconds, 75.0);
}

TEST(SelectService, keeps_both_roles_of_the_service_or_everything) {
  std::vector<TopRow> rows = sample_rows();
  rows.push_back(TopRow{"nginx", "client"});
  EXPECT_EQ(select_service(rows, "nginx")->size(), 2u);
  EXPECT_EQ(select_service(rows, std::nullopt)->size(), 4u);
  EXPECT_EQ(select_service({}, std::nullopt)->size(), 0u);
}

TEST(SelectService, says_which_services_there_are) {
  const auto misspelt = select_service(sample_rows(), "ngimx");
  ASSERT_FALSE(misspelt);
  EXPECT_EQ(misspelt.error().code, Code::kNotFound);
  EXPECT_EQ(misspelt.error().what, "no service 'ngimx' had requests in the window; did you mean 'nginx'?");
  EXPECT_THAT(select_service(sample_rows(), "x").error().what,
              HasSubstr("those that had: nginx payments-gateway-worker-eu-west-1 reports"));
  EXPECT_THAT(select_service({}, "x").error().what, HasSubstr("none had any"));
}

}  // namespace
}  // namespace sonde::cli
