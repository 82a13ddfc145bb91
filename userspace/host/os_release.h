#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sonde::host {

/// What os-release(5) says under `key`, quotes and escapes undone; empty if it does not say. The last line counts.
std::string find_os_release(std::string_view text, std::string_view key);

/// The number before the second dot of a VERSION_ID, 22.04 of "22.04.1"; none if it begins with no number, or is 0.
std::optional<double> to_major_minor(std::string_view version_id);

}  // namespace sonde::host
