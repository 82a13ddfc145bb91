#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/unique_fd.h"

namespace sonde::test {

enum class Behaviour : std::uint8_t {
  kAnswers,
  kClosesWithoutReply,
  kNeverReplies,
  kClosesHalfway,
  kResets,   ///< as a host does whose server has died
  kGarbage,  ///< something that is no HTTP
  kDrips,    ///< the head of the answer, byte after byte, and no end
};

struct ScriptedReply {
  int status = 200;
  std::string headers{};  ///< each ending in CRLF
  std::string body = "ok";
  Behaviour behaviour = Behaviour::kAnswers;
};

struct ReceivedRequest {
  std::string method;
  std::string path;
  std::map<std::string, std::string> headers;  ///< by lower-case name
  std::string body;
};

/// A small HTTP/1.1 server on a free port of 127.0.0.1: one request for each connection, answered from a script, then
/// with 200. A connection that never gets a reply stays open until the server goes.
class LoopbackHttpServer {
 public:
  explicit LoopbackHttpServer(std::deque<ScriptedReply> script = {}, ScriptedReply afterwards = {})
      : script_(std::move(script)),
        afterwards_(std::move(afterwards)),
        listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
        stop_event_(::eventfd(0, EFD_CLOEXEC)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    const bool listens = ::bind(listener_.get(), generic, size) == 0 && ::listen(listener_.get(), 16) == 0 &&
                         ::getsockname(listener_.get(), generic, &size) == 0 && stop_event_;
    if (!listens) std::abort();
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }

  ~LoopbackHttpServer() {
    ::eventfd_write(stop_event_.get(), 1);
    thread_.join();
  }

  LoopbackHttpServer(const LoopbackHttpServer&) = delete;
  LoopbackHttpServer& operator=(const LoopbackHttpServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }

  [[nodiscard]] std::vector<ReceivedRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  /// False if fewer than `count` requests came in time; the limit is there for a broken test to end.
  [[nodiscard]] bool wait_for(std::size_t count, std::chrono::seconds limit = std::chrono::seconds{30}) const {
    std::unique_lock lock(mutex_);
    return received_.wait_for(lock, limit, [&] { return requests_.size() >= count; });
  }

 private:
  bool readable(int fd) const {
    pollfd polled[] = {{stop_event_.get(), POLLIN, 0}, {fd, POLLIN, 0}};
    return ::poll(polled, 2, -1) > 0 && polled[0].revents == 0;
  }

  void serve() {
    while (readable(listener_.get())) {
      UniqueFd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      ReceivedRequest request;
      if (!connection || !receive(connection.get(), request)) continue;
      const ScriptedReply reply = next_reply();
      // Told before it is answered: who has the answer finds the request.
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(std::move(request));
      }
      received_.notify_all();
      act(std::move(connection), reply);
    }
  }

  bool receive_more(int fd, std::string& bytes) const {
    char chunk[4096];
    if (!readable(fd)) return false;
    const ssize_t got = ::recv(fd, chunk, sizeof chunk, 0);
    if (got > 0) bytes.append(chunk, static_cast<std::size_t>(got));
    return got > 0;
  }

  bool receive(int fd, ReceivedRequest& request) const {
    std::string bytes;
    std::size_t head_end = std::string::npos;
    while ((head_end = bytes.find("\r\n\r\n")) == std::string::npos) {
      if (!receive_more(fd, bytes)) return false;
    }
    read_head(bytes.substr(0, head_end + 2), request);
    const std::size_t body_bytes = std::strtoul(request.headers["content-length"].c_str(), nullptr, 10);
    while (bytes.size() < head_end + 4 + body_bytes) {
      if (!receive_more(fd, bytes)) return false;
    }
    request.body = bytes.substr(head_end + 4, body_bytes);
    return true;
  }

  static void read_head(const std::string& head, ReceivedRequest& request) {
    const std::size_t method_end = head.find(' ');
    const std::size_t path_end = head.find(' ', method_end + 1);
    request.method = head.substr(0, method_end);
    request.path = head.substr(method_end + 1, path_end - method_end - 1);
    std::size_t line = head.find("\r\n") + 2;
    while (line < head.size()) {
      const std::size_t end = head.find("\r\n", line);
      const std::size_t colon = std::min(head.find(':', line), end);
      std::string name = head.substr(line, colon - line);
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
      const std::size_t value = std::min(head.find_first_not_of(" :", colon), end);
      request.headers[name] = head.substr(value, end - value);
      line = end + 2;
    }
  }

  ScriptedReply next_reply() {
    if (script_.empty()) return afterwards_;
    ScriptedReply reply = std::move(script_.front());
    script_.pop_front();
    return reply;
  }

  void act(UniqueFd connection, const ScriptedReply& reply) {
    switch (reply.behaviour) {
      case Behaviour::kAnswers:
        send_all(connection.get(), text_of(reply));
        break;
      case Behaviour::kClosesHalfway:
        send_all(connection.get(), text_of(reply).substr(0, text_of(reply).size() - reply.body.size() / 2));
        break;
      case Behaviour::kNeverReplies:
        unanswered_.push_back(std::move(connection));
        break;
      case Behaviour::kClosesWithoutReply:
        break;
      case Behaviour::kResets:
        reset(connection.get());
        break;
      case Behaviour::kGarbage:
        send_all(connection.get(), "\x16\x03\x01 not what was asked for\r\n\r\n");
        break;
      case Behaviour::kDrips:
        drip(std::move(connection), text_of(reply));
        break;
    }
  }

  /// Without a farewell: the peer gets RST.
  static void reset(int fd) {
    const linger at_once{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }

  /// Until the peer has had enough.
  void drip(UniqueFd connection, const std::string& text) {
    for (const char byte : text.substr(0, text.find("\r\n"))) {
      pollfd polled[] = {{stop_event_.get(), POLLIN, 0}, {connection.get(), POLLRDHUP, 0}};
      if (::poll(polled, 2, 20) != 0) return;
      send_all(connection.get(), std::string(1, byte));
    }
    unanswered_.push_back(std::move(connection));
  }

  static std::string text_of(const ScriptedReply& reply) {
    return "HTTP/1.1 " + std::to_string(reply.status) + " Scripted\r\nConnection: close\r\n" + reply.headers +
           "Content-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n" + reply.body;
  }

  static void send_all(int fd, const std::string& text) {
    std::size_t sent = 0;
    while (sent < text.size()) {
      const ssize_t step = ::send(fd, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (step <= 0) return;
      sent += static_cast<std::size_t>(step);
    }
  }

  std::deque<ScriptedReply> script_;  // only the thread uses it
  const ScriptedReply afterwards_;
  std::vector<UniqueFd> unanswered_;  // only the thread uses it
  UniqueFd listener_;
  UniqueFd stop_event_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable received_;
  std::vector<ReceivedRequest> requests_;
  std::thread thread_;
};

}  // namespace sonde::test
