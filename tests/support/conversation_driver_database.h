#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/unique_fd.h"
#include "probe/conversation.h"

namespace sonde::test {

/// A port of loopback as a conversation is given it.
inline probe::Peer loopback_peer(std::uint16_t port, int family = AF_INET) {
  probe::Peer peer;
  if (family == AF_INET6) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = IN6ADDR_LOOPBACK_INIT;
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

/// What the engine does, for one conversation: true once it is over, false once it is in a state that is enough for the
/// test, or if nothing more comes of it within `limit`. Every descriptor that it waits for must be closed by exec.
inline bool drive(probe::Conversation& conversation, const std::function<bool()>& is_enough = nullptr,
                  std::chrono::milliseconds limit = std::chrono::seconds{30}) {
  while (!conversation.advance()) {
    if (is_enough && is_enough()) return false;
    const probe::Wait wait = conversation.wait();
    if ((::fcntl(wait.fd, F_GETFD) & FD_CLOEXEC) == 0) std::abort();
    pollfd polled{wait.fd, static_cast<short>((wait.read ? POLLIN : 0) | (wait.write ? POLLOUT : 0)), 0};
    if (::poll(&polled, 1, static_cast<int>(limit.count())) == 0) return false;
  }
  return true;
}

/// How many descriptors this process has.
inline std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// A port of loopback on which nobody listens, and on which nobody else can.
class UnheardPort {
 public:
  UnheardPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), peer_(loopback_peer(0)) {
    auto* generic = reinterpret_cast<sockaddr*>(&peer_.address);
    const bool is_bound =
        ::bind(socket_.get(), generic, peer_.length) == 0 && ::getsockname(socket_.get(), generic, &peer_.length) == 0;
    if (!is_bound) std::abort();
  }

  [[nodiscard]] const probe::Peer& peer() const { return peer_; }

 private:
  UniqueFd socket_;
  probe::Peer peer_;
};

/// A server on a free port of loopback that plays a part of its own with everybody, one after the other.
class ScriptedServer {
 public:
  using Part = std::function<void(ScriptedServer& server)>;

  explicit ScriptedServer(Part part, int family = AF_INET)
      : part_(std::move(part)), listener_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    probe::Peer address = loopback_peer(0, family);
    auto* generic = reinterpret_cast<sockaddr*>(&address.address);
    const bool listens = ::bind(listener_.get(), generic, address.length) == 0 && ::listen(listener_.get(), 16) == 0 &&
                         ::getsockname(listener_.get(), generic, &address.length) == 0;
    if (!listens) std::abort();
    peer_ = address;
    thread_ = std::thread([this] { serve(); });
  }

  ~ScriptedServer() {
    stops_ = true;
    ::shutdown(listener_.get(), SHUT_RDWR);
    if (const int fd = connection_fd_; fd >= 0) ::shutdown(fd, SHUT_RDWR);
    thread_.join();
  }

  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] const probe::Peer& peer() const { return peer_; }

  /// What the other side says next; empty once it is gone.
  std::string hear() const {
    char bytes[4096];
    const ssize_t got = ::recv(connection_fd_, bytes, sizeof bytes, 0);
    return got > 0 ? std::string(bytes, static_cast<std::size_t>(got)) : std::string();
  }

  /// False once the other side is gone.
  bool say(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t sent = ::send(connection_fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// As a slow network brings it: each byte in a packet of its own.
  bool say_bytewise(std::string_view text) const {
    const int yes = 1;
    ::setsockopt(connection_fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    for (const char& each : text) {
      if (!say(std::string_view(&each, 1))) return false;
    }
    return true;
  }

  /// The other side is gone, or the test over.
  void hear_out() const {
    while (!hear().empty()) continue;
  }

 private:
  void serve() {
    while (!stops_) {
      const UniqueFd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!connection) return;
      connection_fd_ = connection.get();
      if (!stops_) part_(*this);
      connection_fd_ = -1;
    }
  }

  const Part part_;
  UniqueFd listener_;
  probe::Peer peer_;
  std::atomic<int> connection_fd_ = -1;
  std::atomic<bool> stops_ = false;
  std::thread thread_;
};

}  // namespace sonde::test
