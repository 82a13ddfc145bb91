#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "probe/patterns.h"
#include "probe/types.h"

namespace sonde::probe {

/// Why a status is none that was wanted; empty if it is.
std::string describe_status(const HttpProbe& http, std::uint16_t status);

/// Why a body is not what was wanted; empty if it is. What the body says is not repeated: it may be a secret.
std::string describe_body(const HttpProbe& http, const Patterns& patterns, std::string_view body);

}  // namespace sonde::probe
