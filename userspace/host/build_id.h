#pragma once

#include <string>

#include "base/result.h"

namespace sonde::host {

/// The GNU build id of an ELF file (note NT_GNU_BUILD_ID, as `readelf -n` shows it), in hexadecimal; empty if the file
/// is no ELF file or has none.  errors: kNotFound, kPermission, kIo.
Result<std::string> read_build_id(const std::string& path);

}  // namespace sonde::host
