#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "alerts/matcher.h"
#include "alerts/matcher_syntax.h"
#include "base/utf8.h"

namespace sonde::alerts {
namespace {

using store::Matcher;
using store::MatchOperator;

constexpr std::string_view kBlanks = "\t\n\f\r ";  // \s of Go's regular expressions

// The longer of two that begin alike comes first.
constexpr std::array kOperators{
    std::pair{std::string_view("=~"), MatchOperator::kRegex},
    std::pair{std::string_view("!~"), MatchOperator::kNotRegex},
    std::pair{std::string_view("!="), MatchOperator::kNotEqual},
    std::pair{std::string_view("="), MatchOperator::kEqual},
};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool is_name_letter(char letter, bool is_first) {
  const bool alphabetic = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
  return alphabetic || letter == '_' || letter == ':' || (!is_first && letter >= '0' && letter <= '9');
}

std::size_t name_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && is_name_letter(text[length], length == 0)) ++length;
  return length;
}

Error fault(std::string_view text, const std::string& what) {
  return Error{Code::kBadInput, "'" + sanitise_utf8(text) + "' is no matcher: " + what +
                                    "; write LABEL=\"VALUE\", with =, !=, =~ or !~"};
}

/// What a value stands for; nothing if a quote is where it cannot be.
std::optional<std::string> read_value(std::string_view raw) {
  const bool quoted = raw.starts_with('"');
  if (quoted) {
    if (raw.size() < 2) return std::nullopt;
    raw.remove_prefix(1);
  }
  std::string value;
  bool closed = false;
  for (std::size_t at = 0; at < raw.size(); ++at) {
    const bool last = at + 1 == raw.size();
    if (raw[at] == '\\' && !last) {
      const char next = raw[++at];
      // A `\` before anything else means itself.
      if (next != 'n' && next != '"' && next != '\\') value += '\\';
      value += next == 'n' ? '\n' : next;
    } else if (raw[at] == '"') {
      if (!quoted || !last) return std::nullopt;
      closed = true;
    } else {
      value += raw[at];
    }
  }
  if (quoted && !closed) return std::nullopt;
  return value;
}

/// Cuts at the commas that no quotes hold.
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  bool quoted = false;
  bool escaped = false;
  std::size_t start = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == ',' && !quoted) {
      parts.push_back(text.substr(start, at - start));
      start = at + 1;
    } else if (text[at] == ',') {
      continue;
    } else if (text[at] == '"') {
      quoted = escaped ? quoted : !quoted;
      escaped = false;
    } else {
      escaped = text[at] == '\\' && !escaped;
    }
  }
  const std::string_view rest = text.substr(start);
  if (!trimmed(rest).empty()) parts.push_back(rest);
  return parts;
}

}  // namespace

bool is_classic_name(std::string_view name) { return !name.empty() && name_length(name) == name.size(); }

Result<Matcher> parse_classic_matcher(std::string_view text) {
  std::string_view rest = trimmed(text);
  const std::size_t length = name_length(rest);
  if (length == 0) return fault(text, "it does not begin with the name of a label");
  Matcher matcher;
  matcher.name = rest.substr(0, length);
  rest = trimmed(rest.substr(length));
  const auto* found = std::ranges::find_if(kOperators, [&](const auto& row) { return rest.starts_with(row.first); });
  if (found == kOperators.end()) return fault(text, "there is no operator behind the label");
  matcher.op = found->second;
  auto value = read_value(trimmed(rest.substr(found->first.size())));
  if (!value) return fault(text, "its value holds a \" that is neither escaped nor around it");
  matcher.value = *std::move(value);
  SONDE_TRY(check_matcher(matcher));
  return matcher;
}

Result<std::vector<Matcher>> parse_classic_matchers(std::string_view text) {
  if (text.starts_with('{')) text.remove_prefix(1);
  if (text.ends_with('}')) text.remove_suffix(1);
  std::vector<Matcher> matchers;
  for (const std::string_view part : split(text)) matchers.push_back(SONDE_TRY(parse_classic_matcher(part)));
  return matchers;
}

}  // namespace sonde::alerts
