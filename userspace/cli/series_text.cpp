#include "cli/series_text.h"

#include <array>
#include <cstddef>
#include <cstdio>
#include <string_view>

namespace sonde::cli {
namespace {

constexpr std::string_view kMetricName = "__name__";

bool is_plain_name(std::string_view name, bool colon_allowed) {
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
  for (const char letter : name) {
    const bool is_word = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                         (letter >= '0' && letter <= '9') || letter == '_' || (letter == ':' && colon_allowed);
    if (!is_word) return false;
  }
  return true;
}

std::string escaped(char letter) {
  switch (letter) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\a':
      return "\\a";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case '\v':
      return "\\v";
  }
  const auto byte = static_cast<unsigned char>(letter);
  if (byte >= 0x20 && byte != 0x7F) return std::string(1, letter);
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "\\x%02x", static_cast<unsigned>(byte));
  return text.data();
}

/// shape: UTF-8.
std::string quoted_text(std::string_view text) {
  std::string written = "\"";
  for (std::size_t index = 0; index < text.size(); ++index) {
    // U+0080 to U+009F are control characters too, which in UTF-8 are C2 and one byte more.
    const bool is_late_control = text[index] == '\xC2' && index + 1 < text.size() &&
                                 (static_cast<unsigned char>(text[index + 1]) & 0xE0U) == 0x80U;
    if (!is_late_control) {
      written += escaped(text[index]);
      continue;
    }
    std::array<char, 8> code{};
    std::snprintf(code.data(), code.size(), "\\u%04x",
                  static_cast<unsigned>(static_cast<unsigned char>(text[++index])));
    written += code.data();
  }
  return written + "\"";
}

}  // namespace

std::string series_text(const SeriesLabels& labels) {
  std::string name;
  std::string inside;
  const auto append = [&inside](const std::string& item) { inside += (inside.empty() ? "" : ", ") + item; };
  if (const auto found = labels.find(std::string(kMetricName)); found != labels.end()) {
    if (is_plain_name(found->second, true)) {
      name = found->second;
    } else {
      append(quoted_text(found->second));
    }
  }
  for (const auto& [label, value] : labels) {
    if (label == kMetricName) continue;
    append(label_name_text(label) + "=" + quoted_text(value));
  }
  return inside.empty() && !name.empty() ? name : name + "{" + inside + "}";
}

std::string label_name_text(const std::string& name) { return is_plain_name(name, false) ? name : quoted_text(name); }

}  // namespace sonde::cli
