#include "app/prometheus_tree.h"

#include <gtest/gtest.h>

#include <string>

#include "promql/parser.h"

namespace sonde::app {
namespace {

struct TreeRow {
  const char* name;
  const char* expression;
  const char* json;
};

class TreeCase : public testing::TestWithParam<TreeRow> {};

TEST_P(TreeCase, is_written_as_prometheus_does) {
  const auto expression = promql::parse(GetParam().expression);
  ASSERT_TRUE(expression) << expression.error().what;
  EXPECT_EQ(tree_json(**expression), GetParam().json);
}

INSTANTIATE_TEST_SUITE_P(
    Trees, TreeCase,
    testing::Values(
        TreeRow{"number", "1e3", R"({"type":"numberLiteral","val":"1000"})"},
        TreeRow{"string", R"("a")", R"({"type":"stringLiteral","val":"a"})"},
        TreeRow{"vector_selector", R"(up{job!~"a"} offset 1m)",
                R"({"type":"vectorSelector","name":"up","matchers":[{"name":"job","value":"a","type":"!~"},)"
                R"({"name":"__name__","value":"up","type":"="}],"offset":60000,"timestamp":null,"startOrEnd":null})"},
        TreeRow{"matrix_selector", "up[5m] @ end()",
                R"({"type":"matrixSelector","name":"up","matchers":[{"name":"__name__","value":"up","type":"="}],)"
                R"("offset":0,"timestamp":null,"startOrEnd":"end","range":300000})"},
        TreeRow{"subquery", "(-a)[1h:5m] @ 10",
                R"({"type":"subquery","expr":{"type":"parenExpr","expr":{"type":"unaryExpr","op":"-","expr":)"
                R"({"type":"vectorSelector","name":"a","matchers":[{"name":"__name__","value":"a","type":"="}],)"
                R"("offset":0,"timestamp":null,"startOrEnd":null}}},"range":3600000,"step":300000,"offset":0,)"
                R"("timestamp":10000,"startOrEnd":null})"},
        TreeRow{"binary_of_scalars", "1 > bool 2",
                R"({"type":"binaryExpr","op":">","lhs":{"type":"numberLiteral","val":"1"},)"
                R"("rhs":{"type":"numberLiteral","val":"2"},"matching":null,"bool":true})"},
        TreeRow{"call", "vector(1)",
                R"({"type":"call","func":{"name":"vector","argTypes":["scalar"],"variadic":0,"returnType":"vector"},)"
                R"("args":[{"type":"numberLiteral","val":"1"}]})"},
        TreeRow{"aggregation", "topk without (a) (2, vector(1))",
                R"({"type":"aggregation","op":"topk","expr":{"type":"call","func":{"name":"vector","argTypes":)"
                R"(["scalar"],"variadic":0,"returnType":"vector"},"args":[{"type":"numberLiteral","val":"1"}]},)"
                R"("param":{"type":"numberLiteral","val":"2"},"grouping":["a"],"without":true})"}),
    [](const auto& row) { return row.param.name; });

TEST(Tree, shows_how_vectors_are_matched) {
  const auto expression = promql::parse("a * on(b) group_left(c) d");
  ASSERT_TRUE(expression);
  EXPECT_NE(tree_json(**expression)
                .find(R"("matching":{"card":"many-to-one","labels":["b"],"on":true,"include":["c"]},"bool":false)"),
            std::string::npos);
}

TEST(Tree, knows_whether_series_are_read) {
  for (const char* reads :
       {"up", "sum(rate(up[5m]))", "1 + (a)", "max_over_time((-a)[5m:])", "topk(scalar(a), vector(1))"}) {
    EXPECT_TRUE(has_selector(**promql::parse(reads))) << reads;
  }
  for (const char* reads_none : {"1", "vector(time())", "-(1 + 2)"}) {
    EXPECT_FALSE(has_selector(**promql::parse(reads_none))) << reads_none;
  }
}

}  // namespace
}  // namespace sonde::app
