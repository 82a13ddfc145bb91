#include "cli/expression_fault.h"

#include <gtest/gtest.h>

namespace sonde::cli {
namespace {

TEST(ExplainFault, puts_a_caret_below_the_place) {
  EXPECT_EQ(explain_fault("invalid parameter \"query\": 1:7: parse error: unclosed left parenthesis", "rate(x"),
            "invalid parameter \"query\": 1:7: parse error: unclosed left parenthesis\n"
            "  rate(x\n"
            "        ^");
}

TEST(ExplainFault, shows_the_line_that_is_meant) {
  EXPECT_EQ(explain_fault("2:3: parse error: x", "sum(\n  +\n)"), "2:3: parse error: x\n    +\n    ^");
}

TEST(ExplainFault, counts_bytes_of_the_expression_but_columns_of_the_terminal) {
  EXPECT_EQ(explain_fault("1:7: parse error: x", "{a=\"ü\"!"), "1:7: parse error: x\n  {a=\"ü\"!\n       ^");
  EXPECT_EQ(explain_fault("1:3: parse error: x", "\t\x1b)"), "1:3: parse error: x\n  \xEF\xBF\xBD\xEF\xBF\xBD)\n    ^");
}

TEST(ExplainFault, leaves_alone_what_names_no_place_in_the_expression) {
  for (const char* fault : {"query timed out", "parse error: x", "7: parse error: x", "0:0: parse error: x",
                            "3:1: parse error: x", "1:9: parse error: x", "99999999999999999999:1: parse error: x"}) {
    EXPECT_EQ(explain_fault(fault, "up"), fault);
  }
}

TEST(HintForFigure, is_given_for_the_bare_names_alone) {
  EXPECT_NE(hint_for_figure("p95"), "");
  EXPECT_NE(hint_for_figure("error_ratio"), "");
  EXPECT_NE(hint_for_figure("all"), "");
  EXPECT_EQ(hint_for_figure("up"), "");
  EXPECT_EQ(hint_for_figure("rate(p95[5m])"), "");
}

}  // namespace
}  // namespace sonde::cli
