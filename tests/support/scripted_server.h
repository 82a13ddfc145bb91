#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/unique_fd.h"
#include "support/loopback_peer.h"

namespace sonde::test {

/// A port of loopback on which nobody listens, and on which nobody else can.
class UnheardPort {
 public:
  UnheardPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), peer_(loopback(4)) {
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
    probe::Peer address = loopback(family == AF_INET6 ? 6 : 4);
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
