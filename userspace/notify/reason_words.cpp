#include "notify/reason_words.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sonde::notify {
namespace {

constexpr std::string_view kBetween = "; ";

std::string_view words_of(std::string_view reason) {
  using Row = std::pair<std::string_view, std::string_view>;
  constexpr std::array<Row, 13> kWords{{{"auto", "over"},
                                        {"cleared", "over"},
                                        {"manual", "resolved by hand"},
                                        {"merged", "merged into another incident"},
                                        {"rule_removed", "its rule was removed"},
                                        {"rule_changed", "its rule was changed"},
                                        {"missing_series", "what it was about is gone"},
                                        {"nodata", "no data"},
                                        {"severity up", "severity raised"},
                                        {"flapping", "changes back and forth; told again when that ends"},
                                        {"flapping ended", "has stopped changing back and forth"},
                                        {"released", "what explained it is over, this is not"},
                                        {"ack expired", "the acknowledgement is over, this is not"}}};
  const auto row = std::ranges::find(kWords, reason, &Row::first);
  return row == kWords.end() ? reason : row->second;
}

}  // namespace

std::string reason_in_words(std::string_view reason) {
  std::string text;
  while (!reason.empty()) {
    const std::size_t end = std::min(reason.find(kBetween), reason.size());
    text.append(text.empty() ? "" : kBetween).append(words_of(reason.substr(0, end)));
    reason.remove_prefix(std::min(end + kBetween.size(), reason.size()));
  }
  return text;
}

}  // namespace sonde::notify
