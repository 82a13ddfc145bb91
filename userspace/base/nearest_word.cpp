#include "base/nearest_word.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace sonde {
namespace {

constexpr std::size_t kLongestWord = 40;

using Row = std::array<std::size_t, kLongestWord + 1>;

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter; }

std::size_t distance(std::string_view left, std::string_view right) {
  Row before_last{};
  Row last{};
  for (std::size_t j = 0; j <= right.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    Row current{};
    current[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const bool same = lower(left[i - 1]) == lower(right[j - 1]);
      current[j] = std::min({last[j] + 1, current[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      const bool swapped =
          i > 1 && j > 1 && lower(left[i - 1]) == lower(right[j - 2]) && lower(left[i - 2]) == lower(right[j - 1]);
      if (swapped) current[j] = std::min(current[j], before_last[j - 2] + 1);
    }
    before_last = last;
    last = current;
  }
  return last[right.size()];
}

}  // namespace

std::string_view nearest_word(std::string_view written, std::span<const std::string_view> known) {
  std::string_view best;
  std::size_t best_distance = kLongestWord;
  for (const std::string_view word : known) {
    if (written.size() > kLongestWord || word.size() > kLongestWord) continue;
    const std::size_t slips = distance(written, word);
    if (slips > std::max<std::size_t>(1, word.size() / 3) || slips >= best_distance) continue;
    best = word;
    best_distance = slips;
  }
  return best;
}

std::string_view nearest_word(std::string_view written, std::span<const std::string> known) {
  return nearest_word(written, std::vector<std::string_view>(known.begin(), known.end()));
}

}  // namespace sonde
