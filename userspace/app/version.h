#pragma once

#include <string_view>

namespace sonde::app {

/// As CMakeLists.txt has it.
inline constexpr std::string_view kVersion = SONDE_VERSION;

}  // namespace sonde::app
