#pragma once

#include <string>
#include <string_view>

#include "notify/types.h"

namespace sonde::notify {

/// SHA-256 in lower-case hexadecimal digits.
std::string sha256_hex(std::string_view text);

/// Names one message to one channel, over every attempt and restart: 32 hexadecimal digits.
std::string delivery_id(const Notification& notification, const std::string& channel);

}  // namespace sonde::notify
