#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "base/unique_fd.h"
#include "probe/conversation.h"

namespace sonde::test {

/// The address of loopback, of IP version 4 or 6.
inline probe::Peer loopback(int ip_protocol, std::uint16_t port = 0) {
  probe::Peer peer;
  if (ip_protocol == 6) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_loopback;
    address.sin6_port = htons(port);
    std::memcpy(&peer.address, &address, sizeof address);
    peer.length = sizeof address;
    return peer;
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  std::memcpy(&peer.address, &address, sizeof address);
  peer.length = sizeof address;
  return peer;
}

/// A socket on a free port of loopback whose other side the test plays itself, one call after the other. It blocks.
class LoopbackSocket {
 public:
  /// shape: `type` is SOCK_DGRAM or SOCK_STREAM, which listens; the port 0 takes a free one.
  explicit LoopbackSocket(int type, int ip_protocol = 4, std::uint16_t port = 0)
      : fd_(::socket(ip_protocol == 6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, 0)),
        peer_(loopback(ip_protocol, port)) {
    auto* address = reinterpret_cast<sockaddr*>(&peer_.address);
    socklen_t length = peer_.length;
    is_open_ = ::bind(fd_.get(), address, length) == 0 && (type != SOCK_STREAM || ::listen(fd_.get(), 8) == 0) &&
               ::getsockname(fd_.get(), address, &length) == 0;
  }

  /// False if there is no such address here, or another has the port.
  [[nodiscard]] bool is_open() const { return is_open_; }
  [[nodiscard]] const probe::Peer& peer() const { return peer_; }
  [[nodiscard]] std::uint16_t port() const {
    sockaddr_in address{};
    std::memcpy(&address, &peer_.address, sizeof address);
    return ntohs(address.sin_port);
  }

  /// The next connection.
  [[nodiscard]] UniqueFd accept() const { return UniqueFd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC)); }

  /// The next datagram; what is sent goes to its sender from now on.
  [[nodiscard]] std::string receive() {
    std::string bytes(65536, '\0');
    sockaddr_storage from{};
    socklen_t length = sizeof from;
    const ssize_t got =
        ::recvfrom(fd_.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
    if (got < 0 || ::connect(fd_.get(), reinterpret_cast<sockaddr*>(&from), length) != 0) std::abort();
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
  }
  void send(const std::string& bytes) const { send_to(fd_, bytes); }

  static void send_to(const UniqueFd& fd, const std::string& bytes) {
    if (::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size())) std::abort();
  }

  /// Exactly so many bytes of a connection.
  static std::string receive_from(const UniqueFd& fd, std::size_t bytes) {
    std::string text(bytes, '\0');
    if (bytes > 0 && ::recv(fd.get(), text.data(), bytes, MSG_WAITALL) != static_cast<ssize_t>(bytes)) std::abort();
    return text;
  }

 private:
  UniqueFd fd_;
  probe::Peer peer_;
  bool is_open_ = false;
};

}  // namespace sonde::test
