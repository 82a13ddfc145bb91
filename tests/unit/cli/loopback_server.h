#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/unique_fd.h"
#include "cli/types.h"

namespace sonde::cli {

/// A socket bound to a free port of loopback.
class LoopbackSocket {
 public:
  LoopbackSocket() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    ::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] DaemonAddress address() const { return DaemonAddress{"127.0.0.1", port_}; }

 private:
  UniqueFd fd_;
  std::uint16_t port_ = 0;
};

/// Answers one connection after the other with the given bytes, whatever is asked, and remembers what was asked.
class LoopbackServer {
 public:
  explicit LoopbackServer(std::vector<std::string> answers) : answers_(std::move(answers)) {
    ::listen(socket_.fd(), 8);
    thread_ = std::thread([this] { serve(); });
  }
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;
  ~LoopbackServer() { stop(); }

  [[nodiscard]] DaemonAddress address() const { return socket_.address(); }

  /// The heads of all requests, after the last of them.
  std::vector<std::string> requests() {
    stop();
    return requests_;
  }

  static std::string ok(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
  }

 private:
  void stop() {
    ::shutdown(socket_.fd(), SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
  }

  void serve() {
    for (const std::string& answer : answers_) {
      const UniqueFd peer(::accept(socket_.fd(), nullptr, nullptr));
      if (!peer) return;
      std::string head;
      for (char letter = 0; head.find("\r\n\r\n") == std::string::npos && ::read(peer.get(), &letter, 1) == 1;) {
        head += letter;
      }
      requests_.push_back(head);
      if (::send(peer.get(), answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return;
    }
  }

  LoopbackSocket socket_;
  std::vector<std::string> answers_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace sonde::cli
