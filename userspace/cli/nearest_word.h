#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sonde::cli {

/// The candidate that `word` is most likely a misspelling of, by Damerau-Levenshtein distance (at most a third of the
/// letters wrong); empty if none is near.
std::string nearest_word(std::string_view word, std::span<const std::string> candidates);

}  // namespace sonde::cli
