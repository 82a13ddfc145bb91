#include "base/html_text.h"

namespace sonde {
namespace {

std::string_view entity_of(char letter) {
  switch (letter) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    const std::string_view entity = entity_of(letter);
    if (entity.empty()) {
      out += letter;
    } else {
      out += entity;
    }
  }
  return out;
}

}  // namespace sonde
