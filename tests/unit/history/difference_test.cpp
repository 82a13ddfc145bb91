#include "history/difference.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace sonde::history {
namespace {

using Row = std::pair<int, char>;
using Rows = std::vector<Row>;

/// "+" written, "-" removed.
std::string text_of(const Rows& before, const Rows& after) {
  const auto less = [](const Row& left, const Row& right) { return left.first < right.first; };
  const auto found = difference(before, after, less, [](const Row& left, const Row& right) { return left == right; });
  std::string text;
  for (const Row* row : found.removed) text += "-" + std::to_string(row->first) + row->second;
  for (const Row* row : found.written) text += "+" + std::to_string(row->first) + row->second;
  EXPECT_EQ(found.empty(), text.empty());
  return text;
}

TEST(Difference, is_what_was_added_changed_and_removed) {
  struct Case {
    const char* name;
    Rows before;
    Rows after;
    std::string expected;
  };
  const std::vector<Case> cases{
      {"nothing and nothing", {}, {}, ""},
      {"the same", {{1, 'a'}, {2, 'b'}}, {{1, 'a'}, {2, 'b'}}, ""},
      {"all new", {}, {{1, 'a'}, {2, 'b'}}, "+1a+2b"},
      {"all gone", {{1, 'a'}, {2, 'b'}}, {}, "-1a-2b"},
      {"one changed", {{1, 'a'}, {2, 'b'}}, {{1, 'a'}, {2, 'c'}}, "+2c"},
      {"first gone", {{1, 'a'}, {2, 'b'}}, {{2, 'b'}}, "-1a"},
      {"last gone", {{1, 'a'}, {2, 'b'}}, {{1, 'a'}}, "-2b"},
      {"one between", {{1, 'a'}, {3, 'c'}}, {{1, 'a'}, {2, 'b'}, {3, 'c'}}, "+2b"},
      {"another order", {{2, 'b'}, {1, 'a'}}, {{1, 'a'}, {2, 'b'}}, ""},
      {"all at once", {{1, 'a'}, {2, 'b'}, {4, 'd'}}, {{5, 'e'}, {2, 'x'}, {3, 'c'}}, "-1a-4d+2x+3c+5e"},
  };
  for (const Case& one : cases) EXPECT_EQ(text_of(one.before, one.after), one.expected) << one.name;
}

}  // namespace
}  // namespace sonde::history
