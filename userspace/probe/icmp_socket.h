#pragma once

#include <cstdint>

#include "base/result.h"
#include "base/unique_fd.h"
#include "probe/conversation.h"

namespace sonde::probe {

/// A socket that is connected to one host and gets the replies to its own pings only, and the errors of the way.
struct EchoSocket {
  UniqueFd fd;
  bool has_ip_header = false;    ///< before what is received
  std::uint16_t identifier = 0;  ///< that its pings have
};

/// Opens a ping socket (icmp(7)), or a raw one where the host allows none.
/// `identifier` is for the raw one; the kernel has its own for the other.
/// errors: kPermission, saying what to grant; else `sys_errno`.
Result<EchoSocket> open_echo_socket(const Peer& peer, std::uint16_t identifier);

}  // namespace sonde::probe
