#pragma once

#include <span>
#include <string>

namespace sonde::cli {

/// One record with its line end, quoted where that is needed (RFC 4180, section 2).
std::string csv_line(std::span<const std::string> fields);

}  // namespace sonde::cli
