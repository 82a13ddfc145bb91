#include "serve/peer_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstring>

namespace sonde::serve {
namespace {

std::string text_of(int family, const void* bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return inet_ntop(family, bytes, text.data(), text.size()) == nullptr ? std::string() : std::string(text.data());
}

PeerAddress of_v4(const in_addr& address) {
  constexpr std::uint32_t kLoopbackNet = 127;
  return {text_of(AF_INET, &address), ntohl(address.s_addr) >> 24U == kLoopbackNet};
}

}  // namespace

PeerAddress peer_address(const sockaddr* address) {
  if (address == nullptr) return {};
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    return of_v4(v4.sin_addr);
  }
  if (address->sa_family != AF_INET6) return {};
  sockaddr_in6 v6{};
  std::memcpy(&v6, address, sizeof v6);
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) != 0) {
    in_addr v4{};
    std::memcpy(&v4, &v6.sin6_addr.s6_addr[12], sizeof v4);
    return of_v4(v4);
  }
  return {text_of(AF_INET6, &v6.sin6_addr), IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) != 0};
}

}  // namespace sonde::serve
