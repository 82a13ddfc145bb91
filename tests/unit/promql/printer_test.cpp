#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include "promql/parser.h"

namespace sonde::promql {
namespace {

struct TextRow {
  const char* text;
  const char* printed;
};

class TextCase : public testing::TestWithParam<TextRow> {};

TEST_P(TextCase, is_printed_as_prometheus_does_and_reads_back_the_same) {
  const auto expression = parse(GetParam().text);
  ASSERT_TRUE(expression) << expression.error().what;
  EXPECT_EQ(to_text(**expression), GetParam().printed);
  const auto again = parse(to_text(**expression));
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(to_text(**again), GetParam().printed);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, TextCase,
    testing::Values(
        TextRow{"sum  by(a,b)(up)", "sum by (a, b) (up)"}, TextRow{"sum by() (up)", "sum(up)"},
        TextRow{"sum without() (up)", "sum without () (up)"}, TextRow{"SUM(up) BY ('a.b')", R"(sum by ("a.b") (up))"},
        TextRow{"topk(5,up)", "topk(5, up)"}, TextRow{"count_values('x',up)", R"(count_values("x", up))"},
        TextRow{"a-b", "a - b"}, TextRow{"a==bool 1", "a == bool 1"}, TextRow{"a+on()b", "a + on () b"},
        TextRow{"a+ignoring()b", "a + b"}, TextRow{"a/on(x)group_left b", "a / on (x) group_left () b"},
        TextRow{"a/ignoring(x)group_right(y)b", "a / ignoring (x) group_right (y) b"}, TextRow{"a and b", "a and b"},
        TextRow{"-  a", "-a"}, TextRow{"(  a)", "(a)"}, TextRow{"up{b='x',a!~\"y\"}", R"(up{a!~"y",b="x"})"},
        TextRow{"{'up'}", R"({__name__="up"})"}, TextRow{"{'a b'='c',__name__=~'x'}", R"({"a b"="c",__name__=~"x"})"},
        TextRow{"up[90s]offset 60@5", "up[1m30s] @ 5.000 offset 1m"}, TextRow{"up offset -1d", "up offset -1d"},
        TextRow{"up@start()", "up @ start()"}, TextRow{"up[3600:]", "up[1h:]"},
        TextRow{"(a+b)[1h:90s] @ end()", "(a + b)[1h:1m30s] @ end()"}, TextRow{"90s", "1m30s"}, TextRow{"-5m", "-5m"},
        TextRow{"1e3+Inf*-NaN", "1000 + +Inf * NaN"}, TextRow{"'it\\'s'", R"("it's")"}, TextRow{"abs(up)", "abs(up)"},
        TextRow{"time()", "time()"}, TextRow{"clamp(up,1,2)", "clamp(up, 1, 2)"}));

std::vector<std::string> shared_expressions() {
  const std::filesystem::path folder = std::filesystem::path(SONDE_TESTS_DIR) / "../../shared/promql";
  const std::regex evaluation(R"(\s*eval\S*\s+(?:instant at \S+|range from \S+ to \S+ step \S+)\s+(.*\S)\s*)");
  std::vector<std::string> expressions;
  if (!std::filesystem::is_directory(folder)) return expressions;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".test") continue;
    std::ifstream file(entry.path());
    std::smatch match;
    for (std::string line; std::getline(file, line);) {
      if (std::regex_match(line, match, evaluation)) expressions.push_back(match[1]);
    }
  }
  return expressions;
}

TEST(Printer, writes_what_reads_back_the_same_for_all_of_prometheus_own_cases) {
  const std::vector<std::string> expressions = shared_expressions();
  if (expressions.empty()) GTEST_SKIP() << "Prometheus' .test files are not here";
  std::size_t read = 0;
  for (const std::string& text : expressions) {
    const auto expression = parse(text);
    if (!expression) {
      const std::string& what = expression.error().what;
      EXPECT_TRUE(what.ends_with("is not enabled") || what.find("is experimental") != std::string::npos)
          << text << ": " << what;
      continue;
    }
    ++read;
    for (const std::string& printed : {to_text(**expression), to_pretty_text(**expression)}) {
      const auto again = parse(printed);
      ASSERT_TRUE(again) << printed << ": " << again.error().what;
      EXPECT_EQ(to_text(**again), to_text(**expression));
    }
  }
  EXPECT_GT(read, 900u);
}

}  // namespace
}  // namespace sonde::promql
