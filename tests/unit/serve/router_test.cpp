#include "serve/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sonde::serve {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

Handler say(const std::string& text) {
  return [text](const HttpRequest&) { return text_response(200, text); };
}

TEST(Router, finds_paths_and_names_them_when_it_does_not) {
  Router router;
  router.add("/metrics", "Prometheus <metrics>", say("page"));
  router.add("/-/ready", "", say("ready"));
  EXPECT_EQ(*router({"GET", "/metrics", {}}).body, "page");
  EXPECT_EQ(*router({"GET", "/-/ready", {}}).body, "ready");
  const HttpResponse landing = router({"GET", "/", {}});
  EXPECT_EQ(landing.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(*landing.body, HasSubstr("<a href=\"/metrics\">/metrics</a> Prometheus &lt;metrics&gt;"));
  EXPECT_THAT(*landing.body, Not(HasSubstr("ready")));
  const HttpResponse missing = router({"GET", "/metric\n", {}});
  EXPECT_EQ(missing.status, 404u);
  EXPECT_THAT(*missing.body, AllOf(HasSubstr("'/metric\xEF\xBF\xBD'"), HasSubstr("\n  /metrics\n")));
}

struct MethodRow {
  const char* name;
  Methods methods;
  const char* method;
  unsigned status;
};

class MethodCase : public testing::TestWithParam<MethodRow> {};

TEST_P(MethodCase, is_answered) {
  Router router;
  router.add("/path", GetParam().methods, say("fine"));
  const HttpResponse response = router({GetParam().method, "/path", {}});
  EXPECT_EQ(response.status, GetParam().status);
  if (response.status != 405) return;
  EXPECT_THAT(response.headers, ElementsAre(Pair("Allow", HasSubstr("GET, HEAD"))));
}

INSTANTIATE_TEST_SUITE_P(Methods, MethodCase,
                         testing::Values(MethodRow{"head_as_get", Methods::kGet, "HEAD", 200},
                                         MethodRow{"no_post_where_only_get_is", Methods::kGet, "POST", 405},
                                         MethodRow{"post_where_both_are", Methods::kGetAndPost, "POST", 200},
                                         MethodRow{"delete_where_it_is", Methods::kGetAndDelete, "DELETE", 200},
                                         MethodRow{"no_post_where_delete_is", Methods::kGetAndDelete, "POST", 405},
                                         MethodRow{"no_delete_elsewhere", Methods::kAny, "DELETE", 405},
                                         MethodRow{"no_put_anywhere", Methods::kGetAndPost, "PUT", 405},
                                         MethodRow{"any_is_not_options", Methods::kAny, "OPTIONS", 405}),
                         [](const auto& row) { return row.param.name; });

TEST(Router, hands_over_what_stands_for_the_star) {
  Router router;
  router.add_pattern("/label/*/values", Methods::kGet,
                     [](const HttpRequest&, const std::string& part) { return text_response(200, "[" + part + "]"); });
  EXPECT_EQ(*router({"GET", "/label/job/values", {}}).body, "[job]");
  EXPECT_EQ(*router({"GET", "/label/a values/values", {}}).body, "[a values]");
  for (const char* path : {"/label//values", "/label/values", "/label/a/b/values", "/label/job/value"}) {
    EXPECT_EQ(router({"GET", path, {}}).status, 404u) << path;
  }
  EXPECT_EQ(router({"POST", "/label/job/values", {}}).status, 405u);
}

TEST(Router, gives_the_rest_below_a_prefix_and_its_options_to_one_handler) {
  Router router;
  router.add("/api/known", Methods::kGet, say("known"));
  router.add_rest("/api/", say("rest"));
  EXPECT_EQ(*router({"GET", "/api/known", {}}).body, "known");
  EXPECT_EQ(*router({"GET", "/api/unknown", {}}).body, "rest");
  EXPECT_EQ(*router({"OPTIONS", "/api/known", {}}).body, "rest");
  EXPECT_EQ(router({"GET", "/apix", {}}).status, 404u);
  EXPECT_EQ(router({"OPTIONS", "/apix", {}}).status, 405u);
}

}  // namespace
}  // namespace sonde::serve
