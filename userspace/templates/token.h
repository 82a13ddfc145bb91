#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sonde::templates {

enum class TokenKind : std::uint8_t {
  kText,        ///< between actions, trimmed
  kOpen,        ///< {{
  kClose,       ///< }}
  kWord,        ///< a keyword, a function, true, false or nil
  kField,       ///< .Name; the text is without the point
  kVariable,    ///< $name, with the $
  kDot,         ///< .
  kNumber,      ///< also a character
  kString,      ///< with its quotes
  kPipe,        ///< |
  kLeftParen,   ///< (
  kRightParen,  ///< )
  kDeclare,     ///< :=
  kAssign,      ///< =
  kComma,       ///< ,
  kEnd,         ///< of the text, again and again
};

/// A word of a template.  owner: points into the template's text.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;
  std::size_t at = 0;
  bool spaced = false;  ///< there is space in front of it
};

}  // namespace sonde::templates
