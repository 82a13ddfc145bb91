#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace sonde::measure {

/// An IP address as text: IPv4 (::ffff:a.b.c.d) as a.b.c.d, IPv6 as RFC 5952 has it.
std::string address_text(const std::array<std::uint8_t, 16>& address);

/// Why the kernel broke a connection off, such as "abort_on_data": its enum sk_rst_reason in lower case, without TCP_.
/// Numbers it does not know are written as numbers; 0, the kernel's "not specified", as nothing.
std::string reset_reason_text(std::uint8_t reason);

}  // namespace sonde::measure
