#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace sonde::serve {

struct ListenAddress {
  std::string host;  ///< empty: every address of both families
  std::uint16_t port = 0;
};

/// Reads `host:port`, `[v6]:port` or `:port`.  errors: kBadInput, saying what is allowed.
Result<ListenAddress> parse_listen_address(std::string_view text);

struct ListenSocket {
  UniqueFd fd;
  std::string address;  ///< what was really bound, as `host:port` or `[v6]:port`
  std::uint16_t port = 0;
};

/// A non-blocking listening TCP socket.
/// errors: kBadInput, kPermission, kIo; the text names the address and what to do about it.
Result<ListenSocket> open_listen_socket(std::string_view listen);

}  // namespace sonde::serve
