#include "probe/icmp_reply.h"

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>

#include <algorithm>

namespace sonde::probe {
namespace {

constexpr std::size_t kIpHeaderBytes = 20;
constexpr std::size_t kChecksumAt = 2;
constexpr std::size_t kIdentifierAt = 4;
constexpr std::size_t kSequenceAt = 6;

unsigned byte_at(std::span<const std::byte> bytes, std::size_t at) { return std::to_integer<unsigned>(bytes[at]); }

unsigned number_at(std::span<const std::byte> bytes, std::size_t at) {
  return byte_at(bytes, at) << 8U | byte_at(bytes, at + 1);
}

void put_number(std::span<std::byte> bytes, std::size_t at, unsigned value) {
  bytes[at] = static_cast<std::byte>(value >> 8U & 0xFFU);
  bytes[at + 1] = static_cast<std::byte>(value & 0xFFU);
}

/// RFC 1071, of an even number of bytes.
unsigned checksum_of(std::span<const std::byte> bytes) {
  unsigned sum = 0;
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) sum += number_at(bytes, at);
  while (sum > 0xFFFFU) sum = (sum & 0xFFFFU) + (sum >> 16U);
  return ~sum & 0xFFFFU;
}

unsigned request_type(const Echo& echo) { return echo.ip_protocol == 6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO; }
unsigned reply_type(const Echo& echo) { return echo.ip_protocol == 6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY; }

bool begins_like(const Echo& echo, unsigned type, std::span<const std::byte> message) {
  return message.size() >= kEchoHeaderBytes && byte_at(message, 0) == type && byte_at(message, 1) == 0 &&
         number_at(message, kIdentifierAt) == echo.identifier && number_at(message, kSequenceAt) == echo.sequence;
}

/// RFC 792, and RFC 1812 section 5.2.7.1.
std::string describe_unreachable(std::uint8_t code) {
  switch (code) {
    case ICMP_NET_UNREACH:
    case ICMP_NET_UNKNOWN:
    case ICMP_NET_UNR_TOS:
      return "the network cannot be reached";
    case ICMP_HOST_UNREACH:
    case ICMP_HOST_UNKNOWN:
    case ICMP_HOST_UNR_TOS:
      return "no route to the host";
    case ICMP_PROT_UNREACH:
    case ICMP_PORT_UNREACH:
      return "the host does not take pings";
    case ICMP_FRAG_NEEDED:
      return "the packet is too big for the way";
    case ICMP_SR_FAILED:
      return "the route that was asked for failed";
    case ICMP_NET_ANO:
      return "the network is administratively prohibited";
    case ICMP_HOST_ISOLATED:
    case ICMP_HOST_ANO:
    case ICMP_PKT_FILTERED:
    case ICMP_PREC_VIOLATION:
    case ICMP_PREC_CUTOFF:
      return "the host is administratively prohibited";
    default:
      return "the host cannot be reached (ICMP code " + std::to_string(code) + ")";
  }
}

/// RFC 4443 section 3.1.
std::string describe_unreachable_v6(std::uint8_t code) {
  constexpr std::uint8_t kPolicyFailed = 5;
  constexpr std::uint8_t kRouteRejected = 6;
  switch (code) {
    case ICMP6_DST_UNREACH_NOROUTE:
    case ICMP6_DST_UNREACH_ADDR:
      return "no route to the host";
    case ICMP6_DST_UNREACH_ADMIN:
    case kPolicyFailed:
    case kRouteRejected:
      return "the host is administratively prohibited";
    case ICMP6_DST_UNREACH_BEYONDSCOPE:
      return "the address of the host is of another scope than ours";
    case ICMP6_DST_UNREACH_NOPORT:
      return "the host does not take pings";
    default:
      return "the host cannot be reached (ICMPv6 code " + std::to_string(code) + ")";
  }
}

}  // namespace

std::array<std::byte, kEchoBytes> echo_request(const Echo& echo) {
  std::array<std::byte, kEchoBytes> message{};
  message[0] = static_cast<std::byte>(request_type(echo));
  put_number(message, kIdentifierAt, echo.identifier);
  put_number(message, kSequenceAt, echo.sequence);
  std::copy(echo.payload.begin(), echo.payload.end(), message.begin() + kEchoHeaderBytes);
  if (echo.ip_protocol == 4) put_number(message, kChecksumAt, checksum_of(message));
  return message;
}

bool is_echo_reply(const Echo& echo, std::span<const std::byte> packet, bool has_ip_header) {
  std::span<const std::byte> message = packet;
  if (has_ip_header) {
    if (packet.size() < kIpHeaderBytes || byte_at(packet, 0) >> 4U != 4) return false;
    const std::size_t header_bytes = (byte_at(packet, 0) & 0xFU) * std::size_t{4};
    if (header_bytes < kIpHeaderBytes || packet.size() < header_bytes) return false;
    message = packet.subspan(header_bytes);
  }
  if (!begins_like(echo, reply_type(echo), message)) return false;
  const std::span<const std::byte> payload = message.subspan(kEchoHeaderBytes);
  return std::equal(payload.begin(), payload.end(), echo.payload.begin(), echo.payload.end());
}

bool is_echo_request(const Echo& echo, std::span<const std::byte> beginning) {
  return begins_like(echo, request_type(echo), beginning);
}

std::string describe_icmp_error(int ip_protocol, std::uint8_t type, std::uint8_t code) {
  const bool is_v6 = ip_protocol == 6;
  if (is_v6 && type == ICMP6_DST_UNREACH) return describe_unreachable_v6(code);
  if (!is_v6 && type == ICMP_UNREACH) return describe_unreachable(code);
  if (type == (is_v6 ? ICMP6_TIME_EXCEEDED : ICMP_TIMXCEED)) return "the hop limit ran out on the way";
  if (is_v6 && type == ICMP6_PACKET_TOO_BIG) return "the packet is too big for the way";
  if (type == (is_v6 ? ICMP6_PARAM_PROB : ICMP_PARAMPROB)) return "a router does not understand the packet";
  return "a router answered with ICMP type " + std::to_string(type) + ", code " + std::to_string(code);
}

}  // namespace sonde::probe
