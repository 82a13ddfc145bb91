#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sonde::probe {

/// Whether it is a type of records that can be asked for: A, MX, ..., or TYPE65280 (RFC 3597). Case does not matter.
bool knows_dns_type(std::string_view name);

/// Whether it is an RCODE of an answer: NOERROR, NXDOMAIN, ... Case does not matter.
bool knows_dns_rcode(std::string_view name);

/// The number of a type; nothing if there is none of that name.
std::optional<std::uint16_t> dns_type_number(std::string_view name);

/// As zone files write it: A, or TYPE65280.
std::string dns_type_name(std::uint16_t number);

/// The number of an RCODE; nothing if there is none of that name.
std::optional<unsigned> dns_rcode_number(std::string_view name);

/// NOERROR, or RCODE12.
std::string dns_rcode_name(unsigned number);

}  // namespace sonde::probe
