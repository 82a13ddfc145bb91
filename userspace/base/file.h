#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace sonde {

/// Reads a whole file, also one of /proc that has no size.
/// errors: kNotFound, kPermission, kIo; kLimit if it holds more than `limit_bytes`.
Result<std::string> read_file(const std::string& path, std::size_t limit_bytes = 16U << 20U);

}  // namespace sonde
