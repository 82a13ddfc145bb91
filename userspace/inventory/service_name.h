#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sonde::inventory {

/// The longest service name, in bytes.
inline constexpr std::size_t kMaxNameBytes = 128;

/// What becomes of nameless processes.
inline constexpr std::string_view kUnknownService = "unknown";

/// Makes a name fit for a label: UTF-8 without control characters, whole characters only, at most kMaxNameBytes,
/// never empty.
std::string to_service_name(std::string_view raw);

}  // namespace sonde::inventory
