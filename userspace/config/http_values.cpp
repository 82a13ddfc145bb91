#include "config/http_values.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "config/spelling.h"

namespace sonde::config {
namespace {

/// RFC 9110, 9.3, and PATCH of RFC 5789; what else there is goes by OpenTelemetry's word.
constexpr std::array<std::string_view, 10> kMethods{"CONNECT", "DELETE", "GET", "HEAD",  "OPTIONS",
                                                    "PATCH",   "POST",   "PUT", "TRACE", "_OTHER"};

/// `2xx`, `404` or `200-299`.
bool read_status(std::string_view text, StatusRange& into) {
  constexpr std::uint16_t kLeast = 100;
  constexpr std::uint16_t kMost = 599;
  if (text.size() == 3 && text.substr(1) == "xx" && text[0] >= '1' && text[0] <= '5') {
    const auto hundred = static_cast<std::uint16_t>((text[0] - '0') * 100);
    into = {hundred, static_cast<std::uint16_t>(hundred + 99)};
    return true;
  }
  const std::size_t dash = text.find('-');
  const auto first = parse_whole_number(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_whole_number(text.substr(dash + 1));
  if (!first || !last || *first < kLeast || *last > kMost || *first > *last) return false;
  into = {static_cast<std::uint16_t>(*first), static_cast<std::uint16_t>(*last)};
  return true;
}

}  // namespace

bool read_statuses(const Value& value, std::vector<StatusRange>& into) {
  std::vector<std::string> texts;
  if (!value.read_texts(texts)) return false;
  std::vector<StatusRange> ranges;
  for (const std::string& text : texts) {
    if (!read_status(text, ranges.emplace_back())) {
      return value.refuse(shown_value(text) + " is no HTTP status from 100 to 599: write `2xx`, `404` or `200-299`");
    }
  }
  into = std::move(ranges);
  return true;
}

bool check_method(const Value& value, const std::string& method) {
  if (std::ranges::find(kMethods, method) != kMethods.end()) return true;
  return value.refuse(shown_value(method) +
                      " is no method: write GET, POST and so on in capitals, _OTHER for whatever " +
                      "is not one of HTTP's");
}

}  // namespace sonde::config
