#include "bpf/datagram_sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>

namespace sonde::test {
namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

Address loopback(int family) {
  Address address;
  address.storage.ss_family = static_cast<sa_family_t>(family);
  if (family == AF_INET6) {
    reinterpret_cast<sockaddr_in6&>(address.storage).sin6_addr = in6addr_loopback;
    address.size = sizeof(sockaddr_in6);
  } else {
    reinterpret_cast<sockaddr_in&>(address.storage).sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.size = sizeof(sockaddr_in);
  }
  return address;
}

Address name_of(int fd) {
  Address address;
  require(::getsockname(fd, address.get(), &address.size) == 0);
  return address;
}

void connect_to(int fd, int peer) {
  Address address = name_of(peer);
  require(::connect(fd, address.get(), address.size) == 0);
}

int bound_udp(int family) {
  const int fd = ::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  Address address = loopback(family);
  require(fd >= 0 && ::bind(fd, address.get(), address.size) == 0);
  return fd;
}

/// A name without anything but a family is one of the kernel's choice (unix(7), autobind).
int bound_unix(int type) {
  const int fd = ::socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
  sockaddr_un nothing{};
  nothing.sun_family = AF_UNIX;
  require(fd >= 0 && ::bind(fd, reinterpret_cast<sockaddr*>(&nothing), sizeof(sa_family_t)) == 0);
  return fd;
}

}  // namespace

void require(bool worked) {
  if (!worked) ::_exit(5);
}

SocketPair udp_pair(int family, bool connected) {
  const SocketPair pair{.client = bound_udp(family), .server = bound_udp(family)};
  if (!connected) return pair;
  connect_to(pair.client, pair.server);
  connect_to(pair.server, pair.client);
  return pair;
}

SocketPair unix_pair(int type) {
  std::array<int, 2> ends{};
  require(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) == 0);
  return {.client = ends[0], .server = ends[1]};
}

SocketPair named_unix_pair(int type) {
  const int server = bound_unix(type);
  const int client = bound_unix(type);
  if (type == SOCK_DGRAM) {
    connect_to(client, server);
    connect_to(server, client);
    return {.client = client, .server = server};
  }
  require(::listen(server, 1) == 0);
  connect_to(client, server);
  const int accepted = ::accept4(server, nullptr, nullptr, SOCK_CLOEXEC);
  require(accepted >= 0);
  return {.client = client, .server = accepted};
}

int udp_to_nobody() {
  const int gone = bound_udp(AF_INET);
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  connect_to(fd, gone);
  ::close(gone);
  return fd;
}

bool has_ipv6_loopback() {
  const int fd = ::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  Address address = loopback(AF_INET6);
  const bool has = fd >= 0 && ::bind(fd, address.get(), address.size) == 0;
  if (fd >= 0) ::close(fd);
  return has;
}

std::uint16_t local_port(int fd) { return ntohs(reinterpret_cast<const sockaddr_in&>(name_of(fd).storage).sin_port); }

void send_message(int fd, std::size_t bytes) {
  const std::string text(bytes, 'x');
  require(::send(fd, text.data(), bytes, 0) == static_cast<ssize_t>(bytes));
}

void receive_message(int fd, std::size_t bytes) {
  std::string text(bytes + 1, '\0');
  require(::recv(fd, text.data(), text.size(), 0) == static_cast<ssize_t>(bytes));
}

void send_message_to(int fd, int receiver, std::size_t bytes) {
  const std::string text(bytes, 'x');
  Address address = name_of(receiver);
  require(::sendto(fd, text.data(), bytes, 0, address.get(), address.size) == static_cast<ssize_t>(bytes));
}

void receive_message_from(int fd, std::size_t bytes) {
  std::string text(bytes + 1, '\0');
  Address from;
  require(::recvfrom(fd, text.data(), text.size(), 0, from.get(), &from.size) == static_cast<ssize_t>(bytes));
}

}  // namespace sonde::test
