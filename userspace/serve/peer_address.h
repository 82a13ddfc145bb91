#pragma once

#include <string>

struct sockaddr;

namespace sonde::serve {

/// Who a connection comes from.
struct PeerAddress {
  std::string text;          ///< without the port; an IPv4 address as such, also where it came over an IPv6 socket
  bool is_loopback = false;  ///< on this host: 127.0.0.0/8 or ::1
};

/// shape: an address of another family, or none at all, has no text and is not on this host.
PeerAddress peer_address(const sockaddr* address);

}  // namespace sonde::serve
