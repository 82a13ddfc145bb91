#include "probe/icmp_socket.h"

#include <linux/filter.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "probe/socket_fault.h"

namespace sonde::probe {
namespace {

/// More packets than came between two calls.
constexpr int kMostStrangers = 4096;

Error fault(int number) {
  Error error = Error::from_errno(number, "");
  error.what = describe_socket_error(number);
  return error;
}

template <class T>
bool set(const UniqueFd& fd, int level, int name, const T& value) {
  return ::setsockopt(fd.get(), level, name, &value, sizeof value) == 0;
}

UniqueFd open_socket(const Peer& peer, int type) {
  const int protocol = peer.ip_protocol() == 6 ? static_cast<int>(IPPROTO_ICMPV6) : static_cast<int>(IPPROTO_ICMP);
  return UniqueFd(::socket(peer.address.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
}

/// Only echo replies, by the filter of the protocol, and of these only the ones with our identifier, by a program of
/// the socket: for a raw socket gets a copy of every ICMP packet, and other pings are none of our business.
bool let_only_replies_in(const UniqueFd& fd, int ip_protocol, std::uint16_t identifier) {
  const std::uint32_t type = ip_protocol == 6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;
  // The message is at X: behind the IPv4 header, whose length is in its first byte, or at 0.
  const sock_filter find_message = ip_protocol == 6 ? sock_filter BPF_STMT(BPF_LDX | BPF_IMM, 0)
                                                    : sock_filter BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0);
  std::array<sock_filter, 7> program{find_message,
                                     BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0),
                                     BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, type, 0, 3),
                                     BPF_STMT(BPF_LD | BPF_H | BPF_IND, 4),
                                     BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, identifier, 0, 1),
                                     BPF_STMT(BPF_RET | BPF_K, 0xFFFF),
                                     BPF_STMT(BPF_RET | BPF_K, 0)};
  const sock_fprog attached{static_cast<unsigned short>(program.size()), program.data()};
  if (!set(fd, SOL_SOCKET, SO_ATTACH_FILTER, attached)) return false;
  if (ip_protocol == 6) {
    icmp6_filter filter{};
    ICMP6_FILTER_SETBLOCKALL(&filter);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
    return set(fd, IPPROTO_ICMPV6, ICMP6_FILTER, filter);
  }
  return set(fd, SOL_RAW, ICMP_FILTER, icmp_filter{~(1U << ICMP_ECHOREPLY)});
}

/// Throws away what came before the filters were there, without a look at it.
void drop_strangers(const UniqueFd& fd) {
  for (int i = 0; i < kMostStrangers && ::recv(fd.get(), nullptr, 0, MSG_DONTWAIT) >= 0; ++i) {
  }
}

/// The hop limit with every reply, and errors of the way.
bool ask_for_more(const UniqueFd& fd, int ip_protocol) {
  const int on = 1;
  if (ip_protocol == 6) {
    return set(fd, IPPROTO_IPV6, IPV6_RECVERR, on) && set(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, on);
  }
  return set(fd, IPPROTO_IP, IP_RECVERR, on) && set(fd, IPPROTO_IP, IP_RECVTTL, on);
}

/// The kernel writes it into every ping of a ping socket, where a port would be.
std::uint16_t own_identifier(const UniqueFd& fd) {
  sockaddr_storage own{};
  socklen_t length = sizeof own;
  ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&own), &length);
  // The port is at the same place for both families.
  static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
  sockaddr_in as_v4{};
  std::memcpy(&as_v4, &own, sizeof as_v4);
  return ntohs(as_v4.sin_port);
}

Result<Ok> connect_to(const UniqueFd& fd, Peer peer) {
  // In the place of the port is a protocol for raw sockets (raw(7)), and nothing for ping sockets.
  auto* address = reinterpret_cast<sockaddr_in*>(&peer.address);
  address->sin_port = 0;
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&peer.address), peer.length) != 0) return fault(errno);
  return Ok{};
}

Error not_permitted() {
  return {Code::kPermission,
          "this host does not let us send pings: grant CAP_NET_RAW, or put the group into the sysctl "
          "net.ipv4.ping_group_range",
          EPERM};
}

}  // namespace

Result<EchoSocket> open_echo_socket(const Peer& peer, std::uint16_t identifier) {
  const int ip_protocol = peer.ip_protocol();
  EchoSocket opened{open_socket(peer, SOCK_DGRAM), false, 0};
  const bool is_raw = !opened.fd;
  if (is_raw) {
    opened = {open_socket(peer, SOCK_RAW), ip_protocol == 4, identifier};
    if (!opened.fd && (errno == EPERM || errno == EACCES)) return not_permitted();
    if (!opened.fd) return fault(errno);
    if (!let_only_replies_in(opened.fd, ip_protocol, identifier)) return fault(errno);
  }
  if (!ask_for_more(opened.fd, ip_protocol)) return fault(errno);
  SONDE_TRY(connect_to(opened.fd, peer));
  if (is_raw) drop_strangers(opened.fd);
  if (!is_raw) opened.identifier = own_identifier(opened.fd);
  return opened;
}

}  // namespace sonde::probe
