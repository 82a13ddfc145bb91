#include "notify/slack_text.h"

#include <algorithm>
#include <chrono>

#include "notify/wording.h"

namespace sonde::notify {
namespace {

std::string_view entity_of(char letter) {
  switch (letter) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    default:
      return {};
  }
}

bool continues_code_point(char letter) { return (static_cast<unsigned char>(letter) & 0xC0U) == 0x80U; }

}  // namespace

std::string slack_escaped(std::string_view text, const Room& room) {
  constexpr std::string_view kEllipsis = "\xE2\x80\xA6";
  constexpr std::size_t kLongestCharacter = 5;
  std::string result;
  for (const char letter : shorten(text, room.code_points)) {
    if (!continues_code_point(letter) && result.size() + kLongestCharacter + kEllipsis.size() > room.bytes) {
      return result.append(kEllipsis);
    }
    const std::string_view entity = entity_of(letter);
    if (entity.empty()) {
      result += letter;
    } else {
      result += entity;
    }
  }
  return result;
}

std::string slack_moment(WallTime at) {
  const auto unix_seconds = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
  return "<!date^" + std::to_string(unix_seconds) + "^{date_short_pretty} {time_secs}|" + rfc3339(at) + ">";
}

std::string slack_link(const std::string& url, const std::string& words) {
  constexpr Room kLink{1'200, 1'200};
  constexpr Room kShown{200, 400};
  const auto ampersands = static_cast<std::size_t>(std::count(url.begin(), url.end(), '&'));
  const bool fits = url.size() + ampersands * std::string_view("amp;").size() + 8 < kLink.bytes;
  return is_web_link(url) && fits ? "<" + slack_escaped(url, kLink) + "|" + words + ">" : slack_escaped(url, kShown);
}

}  // namespace sonde::notify
