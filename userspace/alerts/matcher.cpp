#include "alerts/matcher.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "alerts/label_set.h"
#include "alerts/matcher_syntax.h"
#include "base/utf8.h"

namespace sonde::alerts {
namespace {

using store::Matcher;
using store::MatchOperator;

bool is_pattern(const Matcher& matcher) {
  return matcher.op == MatchOperator::kRegex || matcher.op == MatchOperator::kNotRegex;
}

std::shared_ptr<const RE2> compile_pattern(const std::string& pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  return std::make_shared<const RE2>(pattern, options);
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') out += '\\';
    out += letter == '\n' ? std::string("\\n") : std::string(1, letter);
  }
  return out;
}

Result<> check_name(const Matcher& matcher) {
  if (matcher.name.empty()) return Error{Code::kBadInput, "a matcher needs the name of a label before the operator"};
  if (is_valid_utf8(matcher.name) && is_valid_utf8(matcher.value)) return Ok{};
  return Error{Code::kBadInput, "labels and their values must be UTF-8"};
}

Error pattern_fault(const Matcher& matcher, const RE2& pattern) {
  return Error{Code::kBadInput, "the regular expression of '" + sanitise_utf8(matcher.name) +
                                    "' cannot be read (RE2): " + sanitise_utf8(pattern.error())};
}

}  // namespace

Result<std::vector<Matcher>> parse_matchers(std::string_view text) {
  // As Alertmanager does since 0.27: where the two disagree, the classic meaning stands, so that no file changes its
  // meaning with an upgrade.
  auto classic = parse_classic_matchers(text);
  if (classic) return classic;
  return parse_utf8_matchers(text);
}

Result<Matcher> parse_matcher(std::string_view text) {
  if (text.starts_with('{') || text.ends_with('}')) {
    return Error{Code::kBadInput, "a single matcher has no braces: write LABEL=VALUE"};
  }
  auto classic = parse_classic_matcher(text);
  if (classic) return classic;
  auto found = SONDE_TRY(parse_utf8_matchers(text));
  if (found.size() == 1) return std::move(found.front());
  return Error{Code::kBadInput, found.empty() ? "no matcher is given: write LABEL=VALUE"
                                              : "more than one matcher is given where one is asked for"};
}

Result<> check_matcher(const Matcher& matcher) {
  SONDE_TRY(check_name(matcher));
  if (!is_pattern(matcher)) return Ok{};
  const auto pattern = compile_pattern(matcher.value);
  if (pattern->ok()) return Ok{};
  return pattern_fault(matcher, *pattern);
}

std::string text_of(const Matcher& matcher) {
  const std::string name = is_classic_name(matcher.name) ? matcher.name : "\"" + escaped(matcher.name) + "\"";
  return name + std::string(store::spelling(matcher.op)) + "\"" + escaped(matcher.value) + "\"";
}

std::string text_of(std::span<const Matcher> matchers) {
  std::string text = "{";
  for (const Matcher& matcher : matchers) text += (text.size() > 1 ? "," : "") + text_of(matcher);
  return text + "}";
}

Result<MatcherSet> MatcherSet::compile(std::span<const Matcher> matchers) {
  MatcherSet set;
  for (const Matcher& matcher : matchers) {
    SONDE_TRY(check_name(matcher));
    Compiled compiled{matcher, is_pattern(matcher) ? compile_pattern(matcher.value) : nullptr};
    if (compiled.pattern && !compiled.pattern->ok()) return pattern_fault(matcher, *compiled.pattern);
    set.all_.push_back(std::move(compiled));
  }
  return set;
}

bool MatcherSet::holds(const Compiled& compiled, std::string_view value) {
  const auto fits = [&] { return RE2::FullMatch(re2::StringPiece(value.data(), value.size()), *compiled.pattern); };
  switch (compiled.matcher.op) {
    case MatchOperator::kEqual:
      return value == compiled.matcher.value;
    case MatchOperator::kNotEqual:
      return value != compiled.matcher.value;
    case MatchOperator::kRegex:
      return fits();
    case MatchOperator::kNotRegex:
      return !fits();
  }
  std::abort();
}

bool MatcherSet::matches(const store::Labels& labels) const {
  return std::ranges::all_of(
      all_, [&](const Compiled& compiled) { return holds(compiled, value_of(labels, compiled.matcher.name)); });
}

}  // namespace sonde::alerts
