#include <gtest/gtest.h>

#include <string>

#include "promql/parser.h"

namespace sonde::promql {
namespace {

std::string pretty(std::string_view text) {
  const auto expression = parse(text);
  return expression ? to_pretty_text(**expression) : expression.error().what;
}

const std::string kLong = "a_metric_with_a_name_of_some_length{job=\"a_job_with_a_name\",instance=\"a_host_of_ours\"}";

TEST(PrettyPrinter, leaves_what_fits_on_one_line) {
  EXPECT_EQ(pretty("sum(a)+b"), "sum(a) + b");
  EXPECT_EQ(pretty(std::string(100, 'a')), std::string(100, 'a'));
}

TEST(PrettyPrinter, cannot_break_a_selector) {
  const std::string selector = std::string(90, 'a') + R"({job="a"}[5m] offset 1h30m)";
  EXPECT_EQ(pretty(selector), selector);
}

TEST(PrettyPrinter, puts_the_arguments_of_a_call_on_lines_of_their_own) {
  const std::string matrix = to_text(**parse(kLong + "[5m]"));
  EXPECT_EQ(pretty("quantile_over_time(0.5, " + kLong + "[5m])"), "quantile_over_time(\n  0.5,\n  " + matrix + "\n)");
}

TEST(PrettyPrinter, indents_an_aggregation_with_its_parameter) {
  const std::string matrix = to_text(**parse(kLong + "[5m]"));
  EXPECT_EQ(pretty("topk by (job) (3, rate(" + kLong + "[5m]))"), "topk by (job) (\n  3,\n  rate(" + matrix + ")\n)");
}

TEST(PrettyPrinter, gives_an_operator_a_line_between_its_sides) {
  const std::string selector = to_text(**parse(kLong));
  EXPECT_EQ(pretty(kLong + " > bool on (job) group_left () b"),
            "  " + selector + "\n> bool on (job) group_left ()\n  b");
  EXPECT_EQ(pretty("-(" + kLong + "+ the_other_metric)"), "-(\n    " + selector + "\n  +\n    the_other_metric\n)");
}

TEST(PrettyPrinter, leaves_the_range_of_a_subquery_behind_it) {
  const std::string call = "rate(" + to_text(**parse(kLong + "[15m] offset 1h")) + ")";
  const std::string matrix = call.substr(5, call.size() - 6);
  EXPECT_EQ(pretty("max_over_time(" + call + "[1h:] @ end())"),
            "max_over_time(\n  rate(\n    " + matrix + "\n  )[1h:] @ end()\n)");
}

TEST(PrettyPrinter, does_not_indent_a_subquery_that_fits) {
  const std::string subquery = "rate(" + std::string(80, 'a') + "[5m])[1h:]";
  EXPECT_EQ(pretty("max_over_time(" + subquery + ")"), "max_over_time(\n" + subquery + "\n)");
}

}  // namespace
}  // namespace sonde::promql
