#include "serve/listen_socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <utility>

namespace sonde::serve {
namespace {

struct AddressListDelete {
  void operator()(addrinfo* list) const noexcept { freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, AddressListDelete>;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

Error bad_address(std::string_view text) {
  return Error{Code::kBadInput, "'" + std::string(text) +
                                    "' is not an address to listen on; write it like 127.0.0.1:10977, [::1]:10977, "
                                    "or :10977 for every address"};
}

Error refused(int number, const std::string& listen, std::uint16_t port) {
  const std::string doing = "listen on " + listen;
  Error error = Error::from_errno(number, doing);
  if (number == EADDRINUSE) {
    error.what = doing +
                 ": the address is in use; stop what listens there (`ss -ltnp 'sport = :" + std::to_string(port) +
                 "'` shows it), or choose another with --listen or server.listen";
  } else if (number == EADDRNOTAVAIL) {
    error.what = doing + ": this host has no such address; `ip address` lists those it has";
  } else if (number == EACCES) {
    error.what = doing + ": not permitted; ports below 1024 need CAP_NET_BIND_SERVICE, so choose a higher one";
  }
  return error;
}

Result<SocketAddress> resolve(const ListenAddress& address) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* raw = nullptr;
  const int failed = getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &raw);
  const AddressList list(raw);
  if (failed != 0 || list == nullptr) {
    return Error{Code::kBadInput, "listen on '" + address.host + "': " + gai_strerror(failed) +
                                      "; write a numeric address such as 127.0.0.1 or [::1]"};
  }
  SocketAddress found;
  std::memcpy(&found.storage, list->ai_addr, list->ai_addrlen);
  found.size = list->ai_addrlen;
  return found;
}

SocketAddress any_address(int family, std::uint16_t port) {
  SocketAddress any;
  if (family == AF_INET6) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&any.storage, &v6, sizeof(v6));
    any.size = sizeof(v6);
  } else {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&any.storage, &v4, sizeof(v4));
    any.size = sizeof(v4);
  }
  return any;
}

/// errors: the bare errno; the caller words it.
Result<UniqueFd> listen_at(const SocketAddress& where, bool both_families) {
  UniqueFd fd(socket(where.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return Error::from_errno(errno, "socket");
  const int on = 1;
  const int v6_only = both_families ? 0 : 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (where.storage.ss_family == AF_INET6 &&
      setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &v6_only, sizeof(v6_only)) != 0) {
    return Error::from_errno(errno, "IPV6_V6ONLY");
  }
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&where.storage), where.size) != 0) {
    return Error::from_errno(errno, "bind");
  }
  if (listen(fd.get(), SOMAXCONN) != 0) return Error::from_errno(errno, "listen");
  return fd;
}

Result<UniqueFd> listen_everywhere(std::uint16_t port) {
  Result<UniqueFd> both = listen_at(any_address(AF_INET6, port), true);
  // A kernel without IPv6 (ipv6.disable=1) still serves the other family.
  if (both || both.error().sys_errno != EAFNOSUPPORT) return both;
  return listen_at(any_address(AF_INET, port), false);
}

Result<ListenSocket> describe(UniqueFd fd) {
  SocketAddress bound;
  bound.size = sizeof(bound.storage);
  auto* const address = reinterpret_cast<sockaddr*>(&bound.storage);
  if (getsockname(fd.get(), address, &bound.size) != 0) return Error::from_errno(errno, "read the bound address");
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> service{};
  const int failed = getnameinfo(address, bound.size, host.data(), host.size(), service.data(), service.size(),
                                 NI_NUMERICHOST | NI_NUMERICSERV);
  if (failed != 0) return Error{Code::kIo, std::string("read the bound address: ") + gai_strerror(failed)};
  ListenSocket made;
  made.fd = std::move(fd);
  const std::string_view port(service.data());
  std::from_chars(port.data(), port.data() + port.size(), made.port);
  const std::string name(host.data());
  made.address = (bound.storage.ss_family == AF_INET6 ? "[" + name + "]" : name) + ":" + service.data();
  return made;
}

}  // namespace

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad_address(text);
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!bracketed && host.find_first_of("[]:") != std::string_view::npos) return bad_address(text);
  if (host.find_first_of(" \t\n/") != std::string_view::npos || host.find('\0') != std::string_view::npos) {
    return bad_address(text);
  }
  ListenAddress address{std::string(host), 0};
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (failed != std::errc{} || end != port.data() + port.size()) return bad_address(text);
  return address;
}

Result<ListenSocket> open_listen_socket(std::string_view listen) {
  const ListenAddress address = SONDE_TRY(parse_listen_address(listen));
  if (address.host.empty()) {
    Result<UniqueFd> fd = listen_everywhere(address.port);
    if (!fd) return refused(fd.error().sys_errno, std::string(listen), address.port);
    return describe(*std::move(fd));
  }
  const SocketAddress where = SONDE_TRY(resolve(address));
  Result<UniqueFd> fd = listen_at(where, false);
  if (!fd) return refused(fd.error().sys_errno, std::string(listen), address.port);
  return describe(*std::move(fd));
}

}  // namespace sonde::serve
