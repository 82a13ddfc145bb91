#pragma once

#include <string>
#include <string_view>

#include "notify/types.h"

namespace sonde::notify {

/// What a channel is called in the configuration: `slack`, `email`.
std::string_view kind_of(const Channel& channel);

/// Where it leads, in words and without a secret: of a URL, only the host.
std::string describe(const Channel& channel);

}  // namespace sonde::notify
