#include "probe/database_peer.h"

#include <linux/tcp.h>  // of the C library's <netinet/tcp.h>, tcp_info is older and ends before tcpi_bytes_received
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

namespace sonde::probe {

std::string numeric_host(const Peer& peer) {
  std::array<char, NI_MAXHOST> host{};
  const auto* address = reinterpret_cast<const sockaddr*>(&peer.address);
  const int failed = ::getnameinfo(address, peer.length, host.data(), host.size(), nullptr, 0, NI_NUMERICHOST);
  return failed != 0 ? std::string() : std::string(host.data());
}

unsigned port_of(const Peer& peer) {
  // The port lies at the same place in both.
  sockaddr_in address{};
  std::memcpy(&address, &peer.address, sizeof address);
  return ntohs(address.sin_port);
}

bool is_fulfilled(const Wait& wait) {
  const int events = (wait.read ? POLLIN : 0) | (wait.write ? POLLOUT : 0);
  pollfd polled{wait.fd, static_cast<short>(events), 0};
  return ::poll(&polled, 1, 0) > 0;
}

int take_connect_error(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : 0;
}

std::uint64_t received_bytes(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return 0;
  // The kernel counts the end as a byte.
  constexpr std::uint8_t kCloseWait = 8;  // TCP_CLOSE_WAIT of <netinet/tcp.h>
  const bool has_ended = info.tcpi_state == kCloseWait && info.tcpi_bytes_received > 0;
  return info.tcpi_bytes_received - (has_ended ? 1 : 0);
}

}  // namespace sonde::probe
