#pragma once

#include <netinet/in.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>

#include "base/unique_fd.h"

namespace sonde::test {

/// The child's end of a TcpChild.
class Steps {
 public:
  Steps(int from_parent, int to_parent) : from_parent_(from_parent), to_parent_(to_parent) {}

  /// Tells the parent that this step is done, with a number if there is one to tell, and waits for the next.
  void pause(std::uint32_t number = 0) const;

 private:
  int from_parent_;
  int to_parent_;
};

/// A process of its own (no sensor looks at the process it runs in) that runs a script step by step. It pauses once
/// before it begins, so that its pid can be made a target first.
class TcpChild {
 public:
  using Script = std::function<void(const Steps&)>;

  explicit TcpChild(const Script& script);
  ~TcpChild();
  TcpChild(const TcpChild&) = delete;
  TcpChild& operator=(const TcpChild&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }

  /// Lets it run to its next pause, and returns the number told there; ~0 if there was none.
  std::uint32_t step();

  /// Lets it run to its end; true if it ended without a fault. Call it in the last pause.
  bool finish();

 private:
  pid_t pid_ = -1;
  UniqueFd to_child_;
  UniqueFd from_child_;
};

/// Ends the process, unless `worked`.  For scripts.
void must(bool worked);

/// A network namespace of the process's own, with loopback up; false if it cannot be had.
bool enter_network_namespace();

/// Runs a command of the system; false unless it succeeded.
bool run_quietly(const std::string& command);

/// An IPv4 or IPv6 address and a port.
struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] std::uint16_t port() const;
};

Address address_of(const std::string& text, std::uint16_t port);
Address local_address_of(int socket);

/// A new socket, not connected; of the family of `address`.
int socket_for(const Address& address, int flags = 0);

/// A socket that listens on a port of the kernel's choice.
int listen_on(const std::string& address, int backlog = 64);

/// A connected socket, or -1.
int connect_to(const Address& address);

/// Begins to connect and returns at once.
int begin_connect(const Address& address);

/// Sends or receives exactly as many bytes.
void send_bytes(int socket, std::size_t bytes);
void receive_bytes(int socket, std::size_t bytes);

/// Closes with a reset (SO_LINGER of 0).
void close_hard(int socket);

}  // namespace sonde::test
