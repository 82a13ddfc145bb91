#include "cli/services.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/cli/sample.h"

namespace sonde::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Services, are_json_in_base_units_and_full_precision) {
  const std::vector<TopRow> rows{TopRow{"idle", "client", 0, 0.0, {}, {}, {}, {}, {}, 60}};
  EXPECT_EQ(services_as_json(rows, 5min),
            "{\n"
            "  \"window_seconds\": 300.0,\n"
            "  \"services\": [\n"
            "    {\n"
            "      \"service\": \"idle\",\n"
            "      \"role\": \"client\",\n"
            "      \"requests\": 0,\n"
            "      \"requests_per_second\": 0.0,\n"
            "      \"p50_seconds\": null,\n"
            "      \"p95_seconds\": null,\n"
            "      \"p99_seconds\": null,\n"
            "      \"client_error_ratio\": null,\n"
            "      \"error_ratio\": null,\n"
            "      \"covered_seconds\": 60.0\n"
            "    }\n"
            "  ]\n"
            "}\n");
}

TEST(Services, are_csv_with_quoted_fields_and_empty_unknowns) {
  const std::vector<TopRow> rows{TopRow{"a,\"b\"", "server", 3, 0.1, 1.0 / 3, {}, {}, {}, 0.5, 60}};
  EXPECT_EQ(services_as_csv(rows),
            "service,role,requests,requests_per_second,p50_seconds,p95_seconds,p99_seconds,client_error_ratio,"
            "error_ratio\r\n"
            "\"a,\"\"b\"\"\",server,3,0.1,0.3333333333333333,,,,0.5\r\n");
}

TEST(Services, can_be_read_back_from_json) {
  const auto rows = parse_services(services_as_json(sample_rows(), 5min));
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
