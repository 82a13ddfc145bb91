#pragma once

#include <string>

#include "base/clock.h"

namespace sonde::serve {

/// RFC 3339 in UTC with as many decimals as it takes: Go's time.RFC3339Nano.
std::string rfc3339(WallTime at);

}  // namespace sonde::serve
