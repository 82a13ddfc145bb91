#include "alerts/matcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "alerts/matcher_syntax.h"

namespace sonde::alerts {
namespace {

using store::Matcher;
using enum store::MatchOperator;
using Matchers = std::vector<Matcher>;
using testing::HasSubstr;

struct ReadCase {
  const char* name;
  std::string text;
  Matchers means;
};

std::string case_name(const testing::TestParamInfo<ReadCase>& info) { return info.param.name; }

class ReadMatchers : public testing::TestWithParam<ReadCase> {};

TEST_P(ReadMatchers, mean_what_alertmanager_says) {
  const auto found = parse_matchers(GetParam().text);
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(*found, GetParam().means) << text_of(*found);
}

TEST_P(ReadMatchers, are_the_same_when_written_and_read_again) {
  const auto again = parse_matchers(text_of(GetParam().means));
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(*again, GetParam().means);
}

// Out of Alertmanager's documentation and of the examples its two parsers are compared by.
INSTANTIATE_TEST_SUITE_P(
    Alertmanager, ReadMatchers,
    testing::Values(
        ReadCase{"equal", R"({foo="bar"})", {{"foo", kEqual, "bar"}}},
        ReadCase{"not_equal", R"(foo!=bar)", {{"foo", kNotEqual, "bar"}}},
        ReadCase{"regex", R"({foo=~bar.*})", {{"foo", kRegex, "bar.*"}}},
        ReadCase{"not_regex", R"({foo!~"bar.*"})", {{"foo", kNotRegex, "bar.*"}}}, ReadCase{"nothing", "", {}},
        ReadCase{"empty_braces", "{}", {}},
        ReadCase{"several", R"({a="b",c=~"d|e"})", {{"a", kEqual, "b"}, {"c", kRegex, "d|e"}}},
        ReadCase{"blanks_and_a_last_comma",
                 R"({ foo = "bar" , dings != "bums", })",
                 {{"foo", kEqual, "bar"}, {"dings", kNotEqual, "bums"}}},
        ReadCase{"a_comma_in_quotes",
                 R"({foo="bar,quux", job="job1"})",
                 {{"foo", kEqual, "bar,quux"}, {"job", kEqual, "job1"}}},
        ReadCase{"quotes_in_quotes",
                 R"({quote="She said: \"Hi, ladies! That's gender-neutral…\""})",
                 {{"quote", kEqual, R"(She said: "Hi, ladies! That's gender-neutral…")"}}},
        ReadCase{"an_empty_value", R"({foo=""})", {{"foo", kEqual, ""}}},
        ReadCase{"no_value", R"({foo=,bar=}})", {{"foo", kEqual, ""}, {"bar", kEqual, "}"}}},
        ReadCase{"only_one_brace", R"(foo=bar})", {{"foo", kEqual, "bar"}}},
        ReadCase{"a_brace_too_many", R"({foo=bar}})", {{"foo", kEqual, "bar}"}}},
        ReadCase{"a_line_end", R"({foo=bar\n})", {{"foo", kEqual, "bar\n"}}},
        ReadCase{"an_escape_that_is_none", R"({foo=bar\t})", {{"foo", kEqual, R"(bar\t)"}}},
        ReadCase{"a_backslash_at_the_end", R"({foo=bar\})", {{"foo", kEqual, R"(bar\)"}}},
        ReadCase{"two_backslashes", R"({foo=bar\\})", {{"foo", kEqual, R"(bar\)"}}},
        ReadCase{"an_escaped_quote_without_quotes", R"({foo=\"})", {{"foo", kEqual, R"(")"}}},
        ReadCase{"many_tildes", R"(tricky=~~~)", {{"tricky", kRegex, "~~"}}},
        ReadCase{"operators_in_the_value", R"(trickier==\\=\=\")", {{"trickier", kEqual, R"(=\=\=")"}}},
        ReadCase{"quoted_commas_and_quotes",
                 R"(contains_quote != "\"" , contains_comma !~ "foo,bar" , )",
                 {{"contains_quote", kNotEqual, R"(")"}, {"contains_comma", kNotRegex, "foo,bar"}}},
        ReadCase{"a_colon_in_the_name", R"(a:b=c)", {{"a:b", kEqual, "c"}}},
        ReadCase{"a_dash_in_the_name", R"({name-with-dashes = "bar"})", {{"name-with-dashes", kEqual, "bar"}}},
        ReadCase{"a_name_in_quotes", R"({"foo bar"!="baz"})", {{"foo bar", kNotEqual, "baz"}}},
        ReadCase{
            "names_of_any_letters", R"(größe=~1,"🙂"="🙂")", {{"größe", kRegex, "1"}, {"🙂", kEqual, "🙂"}}},
        ReadCase{"escapes_of_go", R"({"a\"b"="\u00e9\x41\101\t"})", {{"a\"b", kEqual, "éAA\t"}}},
        ReadCase{"where_both_read_it_the_classic_one_counts", R"(foo="\x41")", {{"foo", kEqual, R"(\x41)"}}}),
    case_name);

struct RefusedCase {
  const char* name;
  std::string text;
  std::string says;
};

class RefusedMatchers : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedMatchers, say_what_is_wrong) {
  const auto found = parse_matchers(GetParam().text);
  ASSERT_FALSE(found) << text_of(*found);
  EXPECT_EQ(found.error().code, Code::kBadInput);
  EXPECT_THAT(found.error().what, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Alertmanager, RefusedMatchers,
    testing::Values(RefusedCase{"only_a_comma", "{,}", "column 2"},
                    RefusedCase{"no_operator", "foo", "expected one of =, !=, =~, !~"},
                    RefusedCase{"no_name", "=bar", "expected the name of a label"},
                    RefusedCase{"an_empty_name", R"(""="bar")", "needs the name of a label"},
                    RefusedCase{"an_open_quote", R"(job="value)", "the quote that opens here is never closed"},
                    RefusedCase{"a_stray_quote", R"(job=value")", "column 10"},
                    RefusedCase{"a_quote_within", R"(contains_unescaped_quote = foo"bar)", "the quote that opens here"},
                    RefusedCase{"half_an_operator", "-foo!bar", "'!' must be followed by '=' or '~'"},
                    RefusedCase{"no_regex", R"({foo=~"invalid[regexp"})", "missing ]: [regexp"},
                    RefusedCase{"no_regex_with_other_names", R"({"a b"=~"("})", "the regular expression of 'a b'"},
                    RefusedCase{"quotes_around_all", R"("{foo=\"bar"})", "expected one of"},
                    RefusedCase{"a_brace_that_is_not_closed", R"({"a b"="c")", "or '}' for the '{'"},
                    RefusedCase{"a_brace_that_is_not_opened", R"("a b"="c"})", "no '}'"},
                    RefusedCase{"more_behind_it", R"({"a b"="c"} d)", "expected a comma or the end"},
                    RefusedCase{"an_escape_of_no_language", R"("a b"="\q")", "none that Go knows"},
                    RefusedCase{"a_surrogate", R"("a b"="\ud800")", "none that Go knows"},
                    RefusedCase{"bytes_in_quotes", R"("a b"="\xff")", "is not UTF-8"},
                    RefusedCase{"bytes", "a=\xff", "UTF-8"},
                    RefusedCase{"a_single_quote", "'a'=b", "must stand in double quotes"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Matcher, a_single_one_has_no_braces_and_is_one) {
  EXPECT_EQ(*parse_matcher("a=b"), (Matcher{"a", kEqual, "b"}));
  EXPECT_EQ(*parse_matcher("größe!=b"), (Matcher{"größe", kNotEqual, "b"}));
  // As classic Alertmanager has it: everything behind the operator is the value.
  EXPECT_EQ(*parse_matcher("a=b,c=d"), (Matcher{"a", kEqual, "b,c=d"}));
  for (const std::string text : {"{a=b}", "a=b}", "", "ä=b,ö=d"}) EXPECT_FALSE(parse_matcher(text)) << text;
}

bool matches(const std::string& text, const store::Labels& labels) {
  const auto parsed = parse_matchers(text);
  EXPECT_TRUE(parsed) << parsed.error().what;
  const auto set = MatcherSet::compile(*parsed);
  EXPECT_TRUE(set) << set.error().what;
  return set && set->matches(labels);
}

TEST(Matcher, S07_a_regex_is_anchored) {
  EXPECT_TRUE(matches(R"(host=~"web")", {{"host", "web"}}));
  EXPECT_FALSE(matches(R"(host=~"web")", {{"host", "web1"}}));
  EXPECT_FALSE(matches(R"(host=~"web")", {{"host", "myweb"}}));
  EXPECT_TRUE(matches(R"(host=~"a|b")", {{"host", "b"}}));
  EXPECT_FALSE(matches(R"(host=~"a|b")", {{"host", "ab"}}));
}

TEST(Matcher, a_label_that_is_not_there_is_empty) {
  EXPECT_TRUE(matches("team=\"\"", {{"host", "web"}}));
  EXPECT_FALSE(matches("team!=\"\"", {{"host", "web"}}));
  EXPECT_TRUE(matches("team!=a", {}));
  EXPECT_TRUE(matches("team=~\"a|\"", {}));
  EXPECT_FALSE(matches("team!~\".*\"", {}));
}

TEST(Matcher, all_of_a_set_must_hold) {
  EXPECT_TRUE(matches("a=b,c!=d", {{"a", "b"}}));
  EXPECT_FALSE(matches("a=b,c!=d", {{"a", "b"}, {"c", "d"}}));
  EXPECT_TRUE(matches("", {{"a", "b"}}));
}

// Alertmanager compiles "^(?:" + value + ")$" without (?s), PromQL with it.
TEST(Matcher, a_dot_is_no_line_end) {
  EXPECT_FALSE(matches("a=~\"b.c\"", {{"a", "b\nc"}}));
  EXPECT_TRUE(matches("a=~\"b.c\"", {{"a", "b c"}}));
}

TEST(Matcher, a_set_without_a_positive_matcher_fits_what_has_no_labels) {
  const Matchers loose{{"a", kNotEqual, "b"}, {"c", kRegex, ".*"}};
  EXPECT_TRUE(MatcherSet::compile(loose)->matches_nothing_given());
  const Matchers strict{{"a", kNotEqual, "b"}, {"c", kRegex, ".+"}};
  EXPECT_FALSE(MatcherSet::compile(strict)->matches_nothing_given());
}

TEST(Matcher, a_bad_pattern_names_its_label) {
  const Matchers bad{{"host", kRegex, "(web"}};
  ASSERT_FALSE(MatcherSet::compile(bad));
  EXPECT_THAT(MatcherSet::compile(bad).error().what, HasSubstr("the regular expression of 'host'"));
  EXPECT_FALSE(check_matcher({"", kEqual, "a"}));
  EXPECT_FALSE(check_matcher({"a\xff", kEqual, "a"}));
  EXPECT_TRUE(check_matcher({"a", kEqual, "("}));
}

}  // namespace
}  // namespace sonde::alerts
