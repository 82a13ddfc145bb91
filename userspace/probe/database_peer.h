#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "probe/conversation.h"

namespace sonde::probe {

/// What conversations with databases share: how a library is told whom to talk to, and what the kernel knows of a
/// connection that the library owns.

/// As getaddrinfo(3) reads it without asking anybody: `192.0.2.7`, `fe80::1%eth0`.
std::string numeric_host(const Peer& peer);

unsigned port_of(const Peer& peer);

/// Whether a wait is over; also when its descriptor is broken.
bool is_fulfilled(const Wait& wait);

/// What became of a connect(2) that did not wait, and takes it off the socket.  shape: errno, 0 for none.
int take_connect_error(int fd);

/// What the other side has sent so far, read or not; 0 for what is no TCP connection.
std::uint64_t received_bytes(int fd);

/// Where the certificates are that this host trusts.
inline constexpr std::string_view kHostCertificates = "/etc/ssl/certs/ca-certificates.crt";

}  // namespace sonde::probe
