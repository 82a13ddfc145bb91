#pragma once

#include <string>
#include <string_view>

namespace sonde {

/// A random UUID (RFC 4122, version 4), such as 4b1c1c9e-6a2f-4d3b-9c11-0242ac120002.
std::string random_uuid();

/// True for eight, four, four, four and twelve hexadecimal digits with a '-' between them.
bool is_uuid(std::string_view text);

}  // namespace sonde
