#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sonde {

/// The known word a person most likely meant; empty if none is near. Case does not matter, and two swapped letters are
/// one slip (optimal string alignment distance); a third of the letters may be wrong.
std::string_view nearest_word(std::string_view written, std::span<const std::string_view> known);

/// The same for words that own their text; the answer points into one of them.
std::string_view nearest_word(std::string_view written, std::span<const std::string> known);

}  // namespace sonde
