#include "probe/http_verdict.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sonde::probe {
namespace {

/// What is thought of a body by a probe with these expectations.
std::string thought(const std::vector<JsonExpectation>& json, const std::string& body,
                    const std::string& matches = "") {
  ProbeTarget target;
  target.http.json = json;
  target.http.body_matches = matches;
  const auto patterns = Patterns::compile(target);
  EXPECT_TRUE(patterns) << patterns.error().what;
  return describe_body(target.http, *patterns, body);
}

TEST(HttpVerdict, of_a_status_says_which_are_wanted) {
  HttpProbe http;
  http.statuses = {{200, 299}, {404, 404}};
  EXPECT_EQ(describe_status(http, 204), "");
  EXPECT_EQ(describe_status(http, 404), "");
  EXPECT_EQ(describe_status(http, 503), "status 503, not 200-299, 404");
}

TEST(HttpVerdict, of_a_body_looks_for_the_expression_anywhere) {
  EXPECT_EQ(thought({}, "all is ok here", "is (ok|fine)"), "");
  EXPECT_EQ(thought({}, "maintenance", "^ok$"), "the body does not match ^ok$");
  EXPECT_EQ(thought({}, ""), "");
}

TEST(HttpVerdict, of_json_looks_at_each_pointer) {
  const std::string body = R"({"state": "ok", "checks": [{"up": true, "lag": 1.5}], "a/b": null, "n": {}})";
  EXPECT_EQ(thought({{"/state", "ok|degraded"}, {"/checks/0/up", "true"}, {"/checks/0/lag", "1\\.5"}}, body), "");
  EXPECT_EQ(thought({{"/a~1b", "null"}, {"/n", "\\{\\}"}}, body), "");
  EXPECT_EQ(thought({{"/state", "o"}}, body), "what the body has at /state does not match o");
  EXPECT_EQ(thought({{"/gone", ".*"}}, body), "the body has nothing at /gone");
  EXPECT_EQ(thought({{"/checks/1/up", ".*"}}, body), "the body has nothing at /checks/1/up");
  EXPECT_EQ(thought({{"/checks/x", ".*"}}, body), "the body has nothing at /checks/x");
  EXPECT_EQ(thought({{"/state/deeper", ".*"}}, body), "the body has nothing at /state/deeper");
}

TEST(HttpVerdict, of_what_is_no_json_says_so) {
  for (const char* body : {"", "<html>", "{\"state\": \"ok\"", "{} {}"}) {
    EXPECT_EQ(thought({{"/state", "ok"}}, body), "the body is not JSON") << body;
  }
}

TEST(HttpVerdict, is_not_shaken_by_depth_or_odd_bytes) {
  const std::string deep(100'000, '[');
  EXPECT_NE(thought({{"/0", ".*"}}, deep), "");
  EXPECT_NE(thought({{"/0/0", "x"}}, deep + std::string(100'000, ']')), "");
  EXPECT_NE(thought({{"/a", "ok"}}, "{\"a\": \"\xff\xfe\"}"), "");
}

TEST(Patterns, that_are_none_are_refused_with_the_name_of_the_probe) {
  ProbeTarget target;
  target.name = "web";
  target.http.json = {{"/a", "("}};
  const auto patterns = Patterns::compile(target);
  ASSERT_FALSE(patterns);
  EXPECT_EQ(patterns.error().what, "probe web: ( is no regular expression (RE2): missing ): (");
}

}  // namespace
}  // namespace sonde::probe
