#include "notify/mime.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <vector>

#include "base/utf8.h"

namespace sonde::notify {
namespace {

constexpr std::size_t kLongestLine = 76;

std::string hex_of(char letter) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(letter);
  return {'=', kDigits[byte >> 4U], kDigits[byte & 0x0FU]};
}

bool is_printable(char letter) {
  const auto byte = static_cast<unsigned char>(letter);
  return byte >= 0x20 && byte < 0x7F;
}

bool continues_code_point(char letter) { return (static_cast<unsigned char>(letter) & 0xC0U) == 0x80U; }

bool is_plain(std::string_view text) {
  // What looks like an encoded word would be taken for one.
  return std::all_of(text.begin(), text.end(), is_printable) && text.find("=?") == std::string_view::npos;
}

/// One character of the Q encoding, which also has to suit a phrase (RFC 2047, 5).
std::string q_of(char letter) {
  const bool stays = (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
                     (letter >= 'A' && letter <= 'Z') ||
                     std::string_view("!*+-/").find(letter) != std::string_view::npos;
  if (letter == ' ') return "_";
  return stays ? std::string(1, letter) : hex_of(letter);
}

/// Words with a blank between, which readers take away; none ends within a code point. They may have 75 characters, and
/// are shorter so that the first one has room beside the header's name.
std::vector<std::string> encoded_words(std::string_view text) {
  constexpr std::string_view kStart = "=?UTF-8?Q?";
  constexpr std::size_t kMostEncoded = 60 - kStart.size() - 2;
  std::vector<std::string> words;
  std::string word;
  for (std::size_t i = 0; i < text.size();) {
    std::string code_point = q_of(text[i++]);
    while (i < text.size() && continues_code_point(text[i])) code_point += q_of(text[i++]);
    if (!word.empty() && word.size() + code_point.size() > kMostEncoded) {
      words.push_back(std::string(kStart) + word + "?=");
      word.clear();
    }
    word += code_point;
  }
  if (!word.empty()) words.push_back(std::string(kStart) + word + "?=");
  return words;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// Lines are broken at blanks alone; a word too long for a line stands on one of its own.
std::string folded(std::string_view name, const std::vector<std::string>& words) {
  std::string text = std::string(name) + ":";
  std::size_t column = text.size();
  bool first = true;
  for (const std::string& word : words) {
    if (!first && column + 1 + word.size() > kLongestLine) {
      text += "\r\n";
      column = 0;
    }
    text += " " + word;
    column += 1 + word.size();
    first = false;
  }
  return text + "\r\n";
}

std::string quoted_name(const std::string& name) {
  std::string text = "\"";
  for (const char letter : name) {
    if (letter == '"' || letter == '\\') text += '\\';
    text += letter;
  }
  return text + "\"";
}

/// Of a blank or a tab at the end of a line, only its code survives the way.
bool needs_code(char letter, bool ends_line) {
  if (letter == ' ' || letter == '\t') return ends_line;
  return letter == '=' || !is_printable(letter);
}

}  // namespace

std::string quoted_printable(std::string_view text) {
  std::string result;
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') {
      result += "\r\n";
      column = 0;
      continue;
    }
    const bool ends_line = i + 1 == text.size() || text[i + 1] == '\n';
    const std::string piece = needs_code(text[i], ends_line) ? hex_of(text[i]) : std::string(1, text[i]);
    if (column + piece.size() > kLongestLine - 1) {
      result += "=\r\n";
      column = 0;
    }
    result += piece;
    column += piece.size();
  }
  return result;
}

std::string header_line(std::string_view name, std::string_view value) {
  const std::string clean = sanitise_utf8(value);
  return folded(name, is_plain(clean) ? words_of(clean) : encoded_words(clean));
}

std::string address_line(std::string_view name, const std::vector<Mailbox>& mailboxes) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < mailboxes.size(); ++i) {
    const Mailbox& mailbox = mailboxes[i];
    const std::string clean = sanitise_utf8(mailbox.name);
    if (!clean.empty() && is_plain(clean)) words.push_back(quoted_name(clean));
    if (!is_plain(clean)) {
      for (std::string& word : encoded_words(clean)) words.push_back(std::move(word));
    }
    const std::string end = i + 1 < mailboxes.size() ? "," : "";
    words.push_back((clean.empty() ? mailbox.address : "<" + mailbox.address + ">") + end);
  }
  return folded(name, words);
}

std::string mail_date(WallTime at) {
  // Not strftime's %a and %b: they speak the process's language.
  constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d +0000", kDays[static_cast<unsigned>(utc.tm_wday)],
                utc.tm_mday, kMonths[static_cast<unsigned>(utc.tm_mon)], 1900 + utc.tm_year, utc.tm_hour, utc.tm_min,
                utc.tm_sec);
  return text;
}

}  // namespace sonde::notify
