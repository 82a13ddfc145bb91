#include "host/name_filter.h"

#include <gtest/gtest.h>

namespace sonde::host {
namespace {

struct FilterRow {
  const char* expression;
  const char* name;
  bool matches;
};

TEST(NameFilter, matches_whole_names) {
  const FilterRow rows[] = {{"a|b+", "a", true}, {"a|b+", "bbb", true},   {"a|b+", "ab", false},
                            {"a|b+", "", false}, {"", "", false},         {"", "a", false},
                            {".*", "", true},    {"md\\d+", "md0", true}, {"md\\d+", "md0p1", false}};
  for (const FilterRow& row : rows) {
    NameFilter filter;
    ASSERT_TRUE(filter.use(row.expression));
    EXPECT_EQ(filter.matches(row.name), row.matches) << row.expression << " " << row.name;
    EXPECT_EQ(filter.matches(row.name), row.matches) << row.expression << " " << row.name << " again";
  }
}

TEST(NameFilter, forgets_what_another_expression_said) {
  NameFilter filter;
  ASSERT_TRUE(filter.use("a"));
  EXPECT_TRUE(filter.matches("a"));
  ASSERT_TRUE(filter.use("b"));
  EXPECT_FALSE(filter.matches("a"));
  EXPECT_TRUE(filter.matches("b"));
}

TEST(NameFilter, says_each_time_what_is_wrong_with_an_expression) {
  NameFilter filter;
  ASSERT_TRUE(filter.use("a"));
  for (int pass = 0; pass < 2; ++pass) {
    const Result<> used = filter.use("(a");
    ASSERT_FALSE(used);
    EXPECT_EQ(used.error().code, Code::kBadConfig);
    EXPECT_NE(used.error().what.find("'(a'"), std::string::npos) << used.error().what;
    EXPECT_FALSE(filter.matches("a"));
  }
}

TEST(NameFilter, judges_names_without_end_by_how_they_begin) {
  NameFilter filter;
  ASSERT_TRUE(filter.use("/(a|b)*($|/.*)"));
  EXPECT_TRUE(filter.matches("/a/" + std::string(1'000'000, 'x')));
  EXPECT_TRUE(filter.matches("/" + std::string(1'000'000, 'a')));
  EXPECT_FALSE(filter.matches("/x/" + std::string(1'000'000, 'a')));
}

}  // namespace
}  // namespace sonde::host
