#include "templates/lexer.h"

#include <string>

#include "templates/rune.h"

namespace sonde::templates {
namespace {

constexpr std::string_view kSpaces = " \t\r\n";

bool is_blank(char letter) { return kSpaces.find(letter) != std::string_view::npos; }
bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

std::string_view trim_end(std::string_view text) { return text.substr(0, text.find_last_not_of(kSpaces) + 1); }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Expected<std::vector<Token>, Fault> run() {
    while (at_ < text_.size()) {
      take_text();
      if (at_ == text_.size()) break;
      SONDE_TRY(take_braces());
    }
    add(TokenKind::kEnd, 0);
    return std::move(tokens_);
  }

 private:
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
  [[nodiscard]] bool at_trimming_close() const {
    return !rest().empty() && is_blank(rest().front()) && rest().substr(1).starts_with("-}}");
  }
  [[nodiscard]] bool at_close() const { return rest().starts_with("}}") || at_trimming_close(); }

  void add(TokenKind kind, std::size_t bytes) {
    tokens_.push_back({kind, text_.substr(at_, bytes), at_, spaced_});
    at_ += bytes;
    spaced_ = false;
  }

  void take_text() {
    if (trims_next_) {
      at_ = std::min(text_.find_first_not_of(kSpaces, at_), text_.size());
      trims_next_ = false;
    }
    const std::size_t end = std::min(text_.find("{{", at_), text_.size());
    std::string_view piece = text_.substr(at_, end - at_);
    const std::string_view behind = text_.substr(end);
    const bool trims = behind.size() > 3 && behind[2] == '-' && is_blank(behind[3]);
    if (trims) piece = trim_end(piece);
    if (!piece.empty()) tokens_.push_back({TokenKind::kText, piece, at_, false});
    at_ = end;
  }

  /// A whole action or comment, from its {{ on.
  Expected<Ok, Fault> take_braces() {
    const std::size_t open = at_;
    const bool trims = rest().size() > 3 && rest()[2] == '-' && is_blank(rest()[3]);
    const std::size_t inside = trims ? 4 : 2;
    if (rest().substr(inside).starts_with("/*")) return take_comment(inside);
    add(TokenKind::kOpen, 2);
    at_ = open + inside;
    while (!at_close()) {
      if (at_ == text_.size()) return Fault{open, "unclosed action: end it with }}"};
      if (is_blank(rest().front())) {
        spaced_ = true;
        ++at_;
        continue;
      }
      SONDE_TRY(take_word());
    }
    close();
    return Ok{};
  }

  void close() {
    trims_next_ = at_trimming_close();
    if (trims_next_) at_ += 2;
    spaced_ = false;
    add(TokenKind::kClose, 2);
  }

  Expected<Ok, Fault> take_comment(std::size_t inside) {
    const std::size_t end = text_.find("*/", at_ + inside + 2);
    if (end == std::string_view::npos) return Fault{at_, "unclosed comment: end it with */}}"};
    at_ = end + 2;
    if (!at_close()) return Fault{end, "comment ends before closing delimiter: write }} right behind */"};
    trims_next_ = at_trimming_close();
    at_ += trims_next_ ? 4 : 2;
    return Ok{};
  }

  Expected<Ok, Fault> take_word() {
    const char letter = rest().front();
    const char next = rest().size() > 1 ? rest()[1] : '\0';
    if (letter == '"') return take_quoted(TokenKind::kString, "string");
    if (letter == '\'') return take_quoted(TokenKind::kNumber, "character constant");
    if (letter == '`') return take_raw_string();
    if (letter == '$') return take_named(TokenKind::kVariable);
    if (letter == '.' && !is_digit(next)) return take_named(TokenKind::kField);
    if (is_digit(letter) || letter == '.' || letter == '+' || letter == '-') return take_number();
    if (letter == '_' || is_letter(decode_rune(rest()).value)) return take_named(TokenKind::kWord);
    return take_sign(letter, next);
  }

  Expected<Ok, Fault> take_sign(char letter, char next) {
    switch (letter) {
      case '|':
        add(TokenKind::kPipe, 1);
        return Ok{};
      case '(':
        add(TokenKind::kLeftParen, 1);
        return Ok{};
      case ')':
        add(TokenKind::kRightParen, 1);
        return Ok{};
      case ',':
        add(TokenKind::kComma, 1);
        return Ok{};
      case '=':
        add(TokenKind::kAssign, 1);
        return Ok{};
      case ':':
        if (next != '=') return Fault{at_, "expected :="};
        add(TokenKind::kDeclare, 2);
        return Ok{};
      default:
        return Fault{at_, "unexpected " + quote_rune(decode_rune(rest()).value, false) + " in action"};
    }
  }

  [[nodiscard]] std::size_t alphanumeric_end(std::size_t from) const {
    while (from < text_.size()) {
      const Rune rune = decode_rune(text_.substr(from));
      if (rune.value != U'_' && (rune.value == kReplacementRune || !is_letter_or_digit(rune.value))) break;
      from += rune.bytes;
    }
    return from;
  }

  /// A field, a variable or a word: a mark or none, then letters and digits.
  Expected<Ok, Fault> take_named(TokenKind kind) {
    const std::size_t begin = at_;
    const std::size_t mark = kind == TokenKind::kWord ? 0 : 1;
    const std::size_t end = alphanumeric_end(at_ + mark);
    if (kind == TokenKind::kField && end == at_ + 1) kind = TokenKind::kDot;
    const std::string_view behind = text_.substr(end);
    constexpr std::string_view kTerminators = " \t\r\n.,|:)(";
    const bool ends = behind.empty() || kTerminators.find(behind.front()) != std::string_view::npos ||
                      behind.starts_with("}}") || (kind == TokenKind::kVariable && behind.front() == '=');
    if (!ends && kind != TokenKind::kDot) {
      return Fault{end, "bad character " + quote_rune(decode_rune(behind).value, false) + " behind " +
                            quote(text_.substr(begin, end - begin), false) + "; put a space between them"};
    }
    if (kind == TokenKind::kField) ++at_;
    add(kind, end - at_);
    tokens_.back().at = begin;
    return Ok{};
  }

  /// All that could belong to a number; whether it is one is decided by who reads it.
  Expected<Ok, Fault> take_number() {
    std::size_t end = at_ + 1;
    while (end < text_.size()) {
      const char letter = text_[end];
      const char before = text_[end - 1];
      const bool signs = (letter == '+' || letter == '-') && (before == 'e' || before == 'E' || before == 'p');
      const bool belongs = is_digit(letter) || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                           letter == '.' || letter == '_';
      if (!signs && !belongs) break;
      ++end;
    }
    add(TokenKind::kNumber, end - at_);
    return Ok{};
  }

  Expected<Ok, Fault> take_quoted(TokenKind kind, const std::string& noun) {
    const char mark = rest().front();
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != mark && text_[end] != '\n') end += text_[end] == '\\' ? 2 : 1;
    if (end >= text_.size() || text_[end] != mark) {
      return Fault{at_, "unterminated " + noun + ": it ends with " + mark + " on the same line"};
    }
    add(kind, end + 1 - at_);
    return Ok{};
  }

  Expected<Ok, Fault> take_raw_string() {
    const std::size_t end = text_.find('`', at_ + 1);
    if (end == std::string_view::npos) return Fault{at_, "unterminated raw string: it ends with `"};
    add(TokenKind::kString, end + 1 - at_);
    return Ok{};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool spaced_ = false;
  bool trims_next_ = false;
  std::vector<Token> tokens_;
};

}  // namespace

Expected<std::vector<Token>, Fault> cut(std::string_view text) { return Lexer(text).run(); }

}  // namespace sonde::templates
