#include <charconv>
#include <cstddef>
#include <cstdint>
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

enum class TokenKind : std::uint8_t { kEnd, kOpen, kClose, kComma, kOperator, kText, kBroken };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::size_t at = 0;  ///< in the text, from 0
  std::string text;    ///< kText: what it stands for; kBroken: what is wrong
  MatchOperator op = MatchOperator::kEqual;
};

void append_code_point(std::string& text, std::uint32_t code) {
  const auto add = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
  const auto tail = [&](unsigned shift) { add(0x80U | ((code >> shift) & 0x3FU)); };
  if (code < 0x80) {
    add(code);
  } else if (code < 0x800) {
    add(0xC0U | (code >> 6U));
    tail(0);
  } else if (code < 0x10000) {
    add(0xE0U | (code >> 12U));
    tail(6);
    tail(0);
  } else {
    add(0xF0U | (code >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

std::optional<std::uint32_t> take_number(std::string_view& text, std::size_t digits, int base) {
  std::uint32_t value = 0;
  if (text.size() < digits) return std::nullopt;
  const auto read = std::from_chars(text.data(), text.data() + digits, value, base);
  if (read.ec != std::errc{} || read.ptr != text.data() + digits) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

/// Reads an escape of a Go string behind its backslash. False if there is no such one.
bool append_escape(std::string& value, std::string_view& text) {
  constexpr std::string_view kLetters = "abfnrtv\\\"";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\\"";
  constexpr std::uint32_t kLastByte = 0xFF;
  constexpr std::uint32_t kLastCodePoint = 0x10FFFF;
  if (text.empty()) return false;
  if (text[0] >= '0' && text[0] <= '7') {
    const auto byte = take_number(text, 3, 8);
    if (!byte || *byte > kLastByte) return false;
    value += static_cast<char>(*byte);
    return true;
  }
  const char letter = text[0];
  text.remove_prefix(1);
  if (const std::size_t at = kLetters.find(letter); at != std::string_view::npos) {
    value += kMeanings[at];
    return true;
  }
  if (letter != 'x' && letter != 'u' && letter != 'U') return false;
  const auto code = take_number(text, letter == 'x' ? 2 : letter == 'u' ? 4 : 8, 16);
  if (!code || *code > kLastCodePoint || (letter != 'x' && *code >= 0xD800 && *code < 0xE000)) return false;
  if (letter == 'x') {
    value += static_cast<char>(*code);
  } else {
    append_code_point(value, *code);
  }
  return true;
}

/// Reads one token after the other. The text is UTF-8.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Token next() {
    skip_blanks();
    const std::size_t at = at_;
    if (at == text_.size()) return {TokenKind::kEnd, at, {}};
    const char first = text_[at];
    if (first == '{' || first == '}' || first == ',') {
      ++at_;
      return {first == '{' ? TokenKind::kOpen : first == '}' ? TokenKind::kClose : TokenKind::kComma, at, {}};
    }
    if (first == '=' || first == '!') return take_operator();
    if (first == '"') return take_quoted();
    if (is_reserved()) return {TokenKind::kBroken, at, "this character must stand in double quotes"};
    while (at_ < text_.size() && !is_reserved()) ++at_;
    return {TokenKind::kText, at, std::string(text_.substr(at, at_ - at))};
  }

 private:
  /// How many bytes of white space stand here (White_Space of Unicode, as Go's unicode.IsSpace).
  [[nodiscard]] std::size_t blank_length() const {
    const std::string_view rest = text_.substr(at_);
    if (rest.empty()) return 0;
    if (std::string_view("\t\n\v\f\r ").find(rest[0]) != std::string_view::npos) return 1;
    if (rest.starts_with("\u0085") || rest.starts_with("\u00A0")) return 2;
    for (const std::string_view blank : {"\u1680", "\u2028", "\u2029", "\u202F", "\u205F", "\u3000"}) {
      if (rest.starts_with(blank)) return blank.size();
    }
    const bool is_one_of_many = rest.starts_with("\xE2\x80") && rest.size() > 2 &&
                                static_cast<unsigned char>(rest[2]) >= 0x80 &&
                                static_cast<unsigned char>(rest[2]) <= 0x8A;  // U+2000 to U+200A
    return is_one_of_many ? 3 : 0;
  }

  void skip_blanks() {
    for (std::size_t length = blank_length(); length > 0; length = blank_length()) at_ += length;
  }

  [[nodiscard]] bool is_reserved() const {
    return blank_length() > 0 || std::string_view("{}!=~,\\\"'`").find(text_[at_]) != std::string_view::npos;
  }

  Token take_operator() {
    const std::size_t at = at_;
    const bool negative = text_[at_++] == '!';
    const char second = at_ < text_.size() ? text_[at_] : '\0';
    if (negative && second != '=' && second != '~') {
      return {TokenKind::kBroken, at, "'!' must be followed by '=' or '~'"};
    }
    if (negative || second == '~') ++at_;
    const MatchOperator plain = negative ? MatchOperator::kNotEqual : MatchOperator::kEqual;
    const MatchOperator pattern = negative ? MatchOperator::kNotRegex : MatchOperator::kRegex;
    return {TokenKind::kOperator, at, {}, second == '~' ? pattern : plain};
  }

  Token take_quoted() {
    const std::size_t at = at_;
    std::string_view rest = text_.substr(at + 1);
    std::string value;
    while (!rest.empty() && rest[0] != '"') {
      const char letter = rest[0];
      rest.remove_prefix(1);
      if (letter == '\n') return {TokenKind::kBroken, at, "a line cannot end within quotes: write \\n"};
      if (letter != '\\') {
        value += letter;
      } else if (!append_escape(value, rest)) {
        return {TokenKind::kBroken, at, "an escape in these quotes is none that Go knows: write \\\\ for a backslash"};
      }
    }
    if (rest.empty()) return {TokenKind::kBroken, at, "the quote that opens here is never closed"};
    at_ = text_.size() - rest.size() + 1;
    if (!is_valid_utf8(value)) return {TokenKind::kBroken, at, "what stands in these quotes is not UTF-8"};
    return {TokenKind::kText, at, std::move(value)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) { advance(); }

  Result<std::vector<Matcher>> parse() {
    std::vector<Matcher> matchers;
    const bool open = take(TokenKind::kOpen);
    while (token_.kind != TokenKind::kEnd && token_.kind != TokenKind::kClose) {
      matchers.push_back(SONDE_TRY(parse_one()));
      if (!take(TokenKind::kComma)) break;
    }
    if (open && !take(TokenKind::kClose)) return expected("a comma, or '}' for the '{' at the beginning");
    if (!open && token_.kind == TokenKind::kClose) return expected("no '}': there is no '{' at the beginning");
    if (token_.kind != TokenKind::kEnd) return expected("a comma or the end");
    return matchers;
  }

 private:
  Result<Matcher> parse_one() {
    if (token_.kind != TokenKind::kText) return expected("the name of a label");
    Matcher matcher;
    matcher.name = token_.text;
    advance();
    if (token_.kind != TokenKind::kOperator) return expected("one of =, !=, =~, !~ behind the name of a label");
    matcher.op = token_.op;
    advance();
    if (token_.kind != TokenKind::kText) return expected("a value behind the operator (\"\" for an empty one)");
    matcher.value = token_.text;
    advance();
    SONDE_TRY(check_matcher(matcher));
    return matcher;
  }

  void advance() { token_ = lexer_.next(); }

  bool take(TokenKind kind) {
    if (token_.kind != kind) return false;
    advance();
    return true;
  }

  [[nodiscard]] Error expected(const std::string& what) const {
    const std::string place = "column " + std::to_string(token_.at + 1) + " of the matchers: ";
    if (token_.kind == TokenKind::kBroken) return Error{Code::kBadInput, place + token_.text};
    return Error{Code::kBadInput, place + "expected " + what};
  }

  Lexer lexer_;
  Token token_;
};

}  // namespace

Result<std::vector<Matcher>> parse_utf8_matchers(std::string_view text) {
  if (!is_valid_utf8(text)) return Error{Code::kBadInput, "matchers must be UTF-8"};
  return Parser(text).parse();
}

}  // namespace sonde::alerts
