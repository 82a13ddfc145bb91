#pragma once

#include <string>
#include <string_view>

namespace sonde::app {

/// As CMakeLists.txt has it.
inline constexpr std::string_view kVersion = SONDE_VERSION;

/// What servers that Sonde asks or tells something see.
inline std::string user_agent() { return "sonde/" + std::string(kVersion); }

}  // namespace sonde::app
