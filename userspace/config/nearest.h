#pragma once

#include <span>
#include <string_view>

namespace sonde::config {

/// The known word a person most likely meant; empty if none is near. Case does not matter, and two swapped letters are
/// one slip (optimal string alignment distance); a third of the letters may be wrong.
std::string_view nearest(std::string_view written, std::span<const std::string_view> known);

}  // namespace sonde::config
