#include "promql/lexer.h"

#include <gtest/gtest.h>

#include <string>

namespace sonde::promql {
namespace {

/// Every word as a fault would call it, or what is wrong with the first bad one: "@5: ...".
std::string words_of(std::string_view text) {
  Lexer lexer(text);
  std::string words;
  while (true) {
    const auto token = lexer.next();
    if (!token) return "@" + std::to_string(token.error().at) + ": " + token.error().what;
    if (token->kind == TokenKind::kEnd) return words;
    words += (words.empty() ? "" : " | ") + describe(*token);
  }
}

struct WordRow {
  const char* text;
  const char* words;
};

class WordCase : public testing::TestWithParam<WordRow> {};

TEST_P(WordCase, is_cut_as_prometheus_cuts_it) { EXPECT_EQ(words_of(GetParam().text), GetParam().words); }

INSTANTIATE_TEST_SUITE_P(
    Words, WordCase,
    testing::Values(
        WordRow{"a+ b", R"(identifier "a" | <op:+> | identifier "b")"},
        WordRow{"a # rest + of line\n-1", R"(identifier "a" | <op:-> | number "1")"},
        WordRow{"job:rate:5m", R"(metric identifier "job:rate:5m")"},
        WordRow{"sum BY Bool OffSet", "<aggr:sum> | <BY> | <Bool> | <OffSet>"},
        WordRow{"== != <= < >= > = ^ @ atan2",
                R"(<op:==> | <op:!=> | <op:<=> | <op:<> | <op:>=> | <op:>> | "=" | <op:^> | <op:@> | <op:atan2>)"},
        WordRow{"0x1F 1_000 .5 1e-3 Inf nAn",
                R"(number "0x1F" | number "1_000" | number ".5" | number "1e-3" | number "Inf" | number "nAn")"},
        WordRow{"1h30m 5ms 2y", R"(duration "1h30m" | duration "5ms" | duration "2y")"},
        WordRow{
            R"({sum=~"x", b!~'y'})",
            R"("{" | identifier "sum" | <op:=~> | string "\"x\"" | "," | identifier "b" | <op:!~> | string "'y'" | "}")"},
        WordRow{"x[5m:1m]", R"(identifier "x" | "[" | duration "5m" | ":" | duration "1m" | "]")"},
        WordRow{"x[ step ( ) ]", R"_(identifier "x" | "[" | "step" | "(" | ")" | "]")_"},
        WordRow{R"("a long string indeed")", R"(string "\"a long st"...)"}));

INSTANTIATE_TEST_SUITE_P(
    Faults, WordCase,
    testing::Values(
        WordRow{"1.2.3", R"(@0: bad number or duration syntax: "1.2.")"},
        WordRow{"1__0", R"(@0: bad number or duration syntax: "1__")"},
        WordRow{"3x", R"(@0: bad number or duration syntax: "3")"},
        WordRow{"a =~ b", "@2: unexpected character after '=': '~'"},
        WordRow{"a ! b", "@2: unexpected character after '!': ' '"}, WordRow{"a ; b", "@2: unexpected character: ';'"},
        WordRow{"(a", "@2: unclosed left parenthesis"}, WordRow{"a)", "@2: unexpected right parenthesis ')'"},
        WordRow{"a[5m", "@4: unclosed left bracket"}, WordRow{"a]", "@1: unexpected right bracket ']'"},
        WordRow{"a[5m[", "@4: unexpected left bracket '['"},
        WordRow{"a[x]", "@2: unexpected character in duration expression: 'x'"},
        WordRow{"a[:5m]", "@3: unexpected colon before duration in duration expression"},
        WordRow{"a[5m:5m:", "@7: unexpected colon ':'"},
        WordRow{"a[5m x", "@5: unexpected character: 'x', expected ':'"},
        WordRow{"a[", "@2: unexpected end of input in duration expression"},
        WordRow{"{a", "@2: unexpected end of input inside braces"}, WordRow{"{{", "@1: unexpected left brace '{'"},
        WordRow{"{a!b", "@2: unexpected character after '!' inside braces: 'b'"},
        WordRow{"{a+", "@2: unexpected character inside braces: '+'"},
        WordRow{"'abc", "@0: unterminated quoted string"}, WordRow{"'ab\nc'", "@0: unterminated quoted string"},
        WordRow{"`abc", "@0: unterminated raw string"}, WordRow{R"("\q")", "@0: unknown escape sequence U+0071 'q'"},
        WordRow{R"("\'")", "@0: unknown escape sequence U+0027 '''"},
        WordRow{R"("\xg0")", "@0: illegal character U+0067 'g' in escape sequence"},
        WordRow{R"("\400")", "@0: escape sequence is an invalid Unicode code point"},
        WordRow{R"("\ud800")", "@0: escape sequence is an invalid Unicode code point"},
        WordRow{R"("\u12)", "@0: escape sequence not terminated"}, WordRow{"\"a\xff\"", "@0: invalid UTF-8 rune"},
        WordRow{"`a\xc3`", "@0: invalid UTF-8 rune"}));

TEST(Lexer, at_the_end_stays_there) {
  Lexer lexer("a");
  ASSERT_TRUE(lexer.next());
  EXPECT_EQ(lexer.next()->kind, TokenKind::kEnd);
  EXPECT_EQ(lexer.next()->kind, TokenKind::kEnd);
}

}  // namespace
}  // namespace sonde::promql
