#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace sonde::probe {

/// What an echo request says; its reply says the same.
struct Echo {
  int ip_protocol = 4;  ///< 4: ICMP, 6: ICMPv6
  std::uint16_t identifier = 0;
  std::uint16_t sequence = 0;
  std::array<std::byte, 16> payload{};
};

/// Type, code, checksum, identifier and sequence number.
inline constexpr std::size_t kEchoHeaderBytes = 8;
inline constexpr std::size_t kEchoBytes = kEchoHeaderBytes + sizeof(Echo::payload);

/// The request as it is sent, with ICMP's checksum; that of ICMPv6 is over addresses too, and left to the kernel.
std::array<std::byte, kEchoBytes> echo_request(const Echo& echo);

/// Whether a packet is the reply to a request. Any bytes may be given.
/// shape: the ICMP message; behind an IPv4 header if `has_ip_header`, as raw sockets get it (raw(7)).
bool is_echo_reply(const Echo& echo, std::span<const std::byte> packet, bool has_ip_header);

/// Whether the beginning of a packet that did not arrive is that of a request. Any bytes may be given.
bool is_echo_request(const Echo& echo, std::span<const std::byte> beginning);

/// What an ICMP or ICMPv6 error says, in plain words.
std::string describe_icmp_error(int ip_protocol, std::uint8_t type, std::uint8_t code);

}  // namespace sonde::probe
