#include "promql/matcher_pattern.h"

#include <re2/re2.h>

#include <cstdlib>
#include <string_view>

namespace sonde::promql {
namespace {

using store::MatchOperator;

bool is_pattern(const store::Matcher& matcher) {
  return matcher.op == MatchOperator::kRegex || matcher.op == MatchOperator::kNotRegex;
}

/// As labels.NewFastRegexMatcher compiles it: anchored by RE2::FullMatch, `.` matches a line's end too.
RE2::Options pattern_options() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  return options;
}

/// The ErrorCode texts of Go's regexp/syntax.
std::string_view go_text(RE2::ErrorCode code) {
  switch (code) {
    case RE2::NoError:
    case RE2::ErrorInternal:
      return "regexp/syntax: internal error";
    case RE2::ErrorBadEscape:
      return "invalid escape sequence";
    case RE2::ErrorBadCharClass:
      return "invalid character class";
    case RE2::ErrorBadCharRange:
      return "invalid character class range";
    case RE2::ErrorMissingBracket:
      return "missing closing ]";
    case RE2::ErrorMissingParen:
      return "missing closing )";
    case RE2::ErrorUnexpectedParen:
      return "unexpected )";
    case RE2::ErrorTrailingBackslash:
      return "trailing backslash at end of expression";
    case RE2::ErrorRepeatArgument:
      return "missing argument to repetition operator";
    case RE2::ErrorRepeatSize:
      return "invalid repeat count";
    case RE2::ErrorRepeatOp:
      return "invalid nested repetition operator";
    case RE2::ErrorBadPerlOp:
      return "invalid or unsupported Perl syntax";
    case RE2::ErrorBadUTF8:
      return "invalid UTF-8";
    case RE2::ErrorBadNamedCapture:
      return "invalid named capture";
    case RE2::ErrorPatternTooLarge:
      return "expression too large";
  }
  std::abort();
}

}  // namespace

Expected<Ok, std::string> check_pattern(const store::Matcher& matcher) {
  if (!is_pattern(matcher)) return Ok{};
  const RE2 pattern(matcher.value, pattern_options());
  if (pattern.ok()) return Ok{};
  return "error parsing regexp: " + std::string(go_text(pattern.error_code())) + ": `" + pattern.error_arg() + "`";
}

bool matches_empty(const store::Matcher& matcher) {
  switch (matcher.op) {
    case MatchOperator::kEqual:
      return matcher.value.empty();
    case MatchOperator::kNotEqual:
      return !matcher.value.empty();
    case MatchOperator::kRegex:
      return RE2::FullMatch("", RE2(matcher.value, pattern_options()));
    case MatchOperator::kNotRegex:
      return !RE2::FullMatch("", RE2(matcher.value, pattern_options()));
  }
  std::abort();
}

}  // namespace sonde::promql
