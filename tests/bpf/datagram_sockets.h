#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace sonde::test {

/// Two sockets that talk to each other; whatever cannot be had ends the process.
struct SocketPair {
  int client = -1;
  int server = -1;
};

/// UDP sockets on loopback, on ports of the kernel's choice.  units: family is AF_INET or AF_INET6.
SocketPair udp_pair(int family, bool connected);
/// Unix sockets without a name.  units: type is SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET.
SocketPair unix_pair(int type);
/// Unix sockets of which the server has an abstract name, and the client is connected to it.
SocketPair named_unix_pair(int type);
/// A UDP socket connected to a port on which nobody listens.
int udp_to_nobody();

bool has_ipv6_loopback();
std::uint16_t local_port(int fd);

/// Ends the process unless all of it is sent or received at once.
void send_message(int fd, std::size_t bytes);
void receive_message(int fd, std::size_t bytes);
/// The same to and from an address, for sockets that are not connected.
void send_message_to(int fd, int receiver, std::size_t bytes);
void receive_message_from(int fd, std::size_t bytes);

/// Ends the process, which is then seen to have failed.
void require(bool worked);

}  // namespace sonde::test
