#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/unique_fd.h"

namespace sonde::serve {

/// One end of a loopback connection that speaks raw bytes.
class HttpConnection {
 public:
  explicit HttpConnection(std::uint16_t port, bool v6 = false) : fd_(socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0)) {
    sockaddr_storage to{};
    socklen_t size = 0;
    if (v6) {
      sockaddr_in6 address{};
      address.sin6_family = AF_INET6;
      address.sin6_port = htons(port);
      address.sin6_addr = in6addr_loopback;
      std::memcpy(&to, &address, size = sizeof(address));
    } else {
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(port);
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      std::memcpy(&to, &address, size = sizeof(address));
    }
    connected_ = connect(fd_.get(), reinterpret_cast<const sockaddr*>(&to), size) == 0;
  }

  [[nodiscard]] bool connected() const { return connected_; }

  void write(std::string_view bytes) const { send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL); }

  /// Whether bytes or the end of the connection come within `patience`.
  [[nodiscard]] bool readable_within(std::chrono::milliseconds patience) const {
    pollfd waiting{fd_.get(), POLLIN, 0};
    return poll(&waiting, 1, static_cast<int>(patience.count())) == 1;
  }

  /// Everything up to the end of the connection, or until nothing has come for ten seconds.
  [[nodiscard]] std::string read_all() const {
    std::string text;
    std::array<char, 65536> chunk;
    while (readable_within(std::chrono::seconds{10})) {
      const ssize_t got = recv(fd_.get(), chunk.data(), chunk.size(), 0);
      if (got <= 0) return text;
      text.append(chunk.data(), static_cast<std::size_t>(got));
    }
    return text + "(gave up waiting)";
  }

  /// Everything up to `end`, under the same patience.
  [[nodiscard]] std::string read_until(std::string_view end) const {
    std::string text;
    char byte = 0;
    while (text.find(end) == std::string::npos && readable_within(std::chrono::seconds{10})) {
      if (recv(fd_.get(), &byte, 1, 0) != 1) return text;
      text += byte;
    }
    return text;
  }

 private:
  UniqueFd fd_;
  bool connected_ = false;
};

/// Sends one request and reads its whole answer.
inline std::string fetch(std::uint16_t port, std::string_view method, std::string_view target,
                         std::string_view more = "\r\n") {
  const HttpConnection connection(port);
  connection.write(std::string(method) + " " + std::string(target) +
                   " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n" + std::string(more));
  return connection.read_all();
}

}  // namespace sonde::serve
