#include "host/fields.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace sonde::host {
namespace {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (const std::string_view line : Lines(text)) lines.emplace_back(line);
  return lines;
}

TEST(Lines, come_without_their_ends) { EXPECT_EQ(lines_of("a b\nc\n"), (std::vector<std::string>{"a b", "c"})); }

TEST(Lines, keep_empty_lines) { EXPECT_EQ(lines_of("\na\n\n"), (std::vector<std::string>{"", "a", ""})); }

TEST(Lines, leave_out_a_last_line_that_was_cut) {
  EXPECT_EQ(lines_of("pgfault 123\npgmajfa"), std::vector<std::string>{"pgfault 123"});
  EXPECT_TRUE(lines_of("pgfault 12").empty());
  EXPECT_TRUE(lines_of("").empty());
}

TEST(FirstLine, is_complete) {
  EXPECT_EQ(first_line("0.18 1.08\nmore\n"), "0.18 1.08");
  EXPECT_EQ(first_line("0.18 1.0"), "");
  EXPECT_EQ(first_line(""), "");
}

TEST(Fields, are_apart_by_any_blanks) {
  Fields fields("  cpu0\t12   7 ");
  EXPECT_EQ(fields.next(), "cpu0");
  EXPECT_EQ(fields.next(), "12");
  EXPECT_EQ(fields.next(), "7");
  EXPECT_EQ(fields.next(), "");
  EXPECT_EQ(fields.next(), "");
}

TEST(Fields, can_be_passed_over) {
  Fields fields("a b c d");
  EXPECT_EQ(fields.skip(2).next(), "c");
  EXPECT_EQ(fields.skip(5).next(), "");
}

TEST(Fields, give_the_rest_of_a_line_that_is_not_for_splitting) {
  Fields fields("12: My Device Name \t");
  fields.next();
  EXPECT_EQ(fields.rest(), "My Device Name");
  EXPECT_EQ(Fields(" \t").rest(), "");
}

TEST(Trim, takes_blanks_and_line_ends_off_both_sides) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim("\n"), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Split, cuts_at_the_first_mark) {
  EXPECT_EQ(split("a=b=c", '=')->before, "a");
  EXPECT_EQ(split("a=b=c", '=')->after, "b=c");
  EXPECT_EQ(split("=", '=')->before, "");
  EXPECT_FALSE(split("abc", '='));
}

TEST(Word, is_what_a_metric_may_be_named) {
  EXPECT_TRUE(is_word("TCP_mem6"));
  for (const std::string_view text : {"", "a b", "a-b", "Active(anon)", "\xff"}) EXPECT_FALSE(is_word(text)) << text;
}

TEST(Count, fills_the_text) {
  EXPECT_EQ(to_count("0"), 0U);
  EXPECT_EQ(to_count("18446744073709551615"), 18446744073709551615U);
  EXPECT_EQ(to_count("0000fF", 16), 255U);
}

TEST(Count, is_nothing_else) {
  for (const std::string_view text : {"", " 1", "1 ", "+1", "-1", "0x1", "1.0", "18446744073709551616", "a"}) {
    EXPECT_FALSE(to_count(text)) << text;
  }
  EXPECT_FALSE(to_count("10000000000000000", 16));
}

TEST(Integer, may_be_negative) {
  EXPECT_EQ(to_integer("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(to_integer("12"), 12);
  for (const std::string_view text : {"", "-", "--1", "1-", "9223372036854775808"})
    EXPECT_FALSE(to_integer(text)) << text;
}

TEST(Number, is_decimal_and_finite) {
  EXPECT_EQ(to_number("0.18"), 0.18);
  EXPECT_EQ(to_number("-3"), -3);
  EXPECT_EQ(to_number("1e3"), 1000);
  EXPECT_EQ(to_number("18446744073709551615"), 18446744073709551615.0);
  for (const std::string_view text : {"", "nan", "inf", "-inf", "1e999", "0x10", "1,5", "1.5s"}) {
    EXPECT_FALSE(to_number(text)) << text;
  }
}

}  // namespace
}  // namespace sonde::host
