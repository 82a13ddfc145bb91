#pragma once

#include <poll.h>
#include <sys/socket.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "probe/conversation.h"
#include "support/loopback_peer.h"

namespace sonde::test {

using Talk = std::unique_ptr<probe::Conversation> (*)(const probe::ProbeTarget&, const probe::Peer&, const Clock&);

/// One listener for all runs, and who talks to it hears the bytes of the run. All in one thread: what was sent is
/// there.
class FuzzedServer {
 public:
  FuzzedServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)), peer_(loopback(4)) {
    auto* generic = reinterpret_cast<sockaddr*>(&peer_.address);
    const bool listens = ::bind(listener_.get(), generic, peer_.length) == 0 && ::listen(listener_.get(), 16) == 0 &&
                         ::getsockname(listener_.get(), generic, &peer_.length) == 0;
    if (!listens) std::abort();
  }

  /// The first byte says who asks and how, the second how much of the rest comes at first. Aborts if the conversation
  /// does not end with its connection, or tells what the server said.
  void run(Talk talk, std::string_view bytes) {
    if (bytes.size() < 2) return;
    const auto choice = static_cast<unsigned char>(bytes[0]);
    const std::size_t first = static_cast<unsigned char>(bytes[1]) * std::size_t{4};
    bytes.remove_prefix(2);
    probe::ProbeTarget target;
    target.address = "db.example:1";
    if ((choice & 1U) != 0) target.user = "u";
    if ((choice & 2U) != 0) target.password = "p";
    target.database.uses_tls = (choice & 4U) != 0;
    target.verifies_tls = false;  // else most of the time goes into reading the certificates of the host

    const auto conversation = talk(target, peer_, clock_);
    bool is_over = conversation->advance();
    UniqueFd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!is_over && !connection) std::abort();
    // A reset in place of an orderly end, after which the port could not be used for a minute.
    const linger at_once{1, 0};
    ::setsockopt(connection.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    std::string_view part = bytes.substr(0, first);
    while (!is_over) {
      if (is_idle(*conversation)) {
        if (part.empty()) connection.reset();
        if (!part.empty()) ::send(connection.get(), part.data(), part.size(), MSG_NOSIGNAL);
        bytes.remove_prefix(part.size());
        part = bytes;
        if (!waits_shortly(*conversation)) std::abort();
      }
      is_over = conversation->advance();
    }
    const probe::ProbeResult result = conversation->result();
    if (result.success != result.reason.empty() || result.reason.size() > 120) std::abort();
  }

 private:
  static bool polls(const probe::Conversation& conversation, int timeout_ms) {
    const probe::Wait wait = conversation.wait();
    pollfd polled{wait.fd, static_cast<short>((wait.read ? POLLIN : 0) | (wait.write ? POLLOUT : 0)), 0};
    return ::poll(&polled, 1, timeout_ms) > 0;
  }
  static bool is_idle(const probe::Conversation& conversation) { return !polls(conversation, 0); }
  static bool waits_shortly(const probe::Conversation& conversation) { return polls(conversation, 5000); }

  UniqueFd listener_;
  probe::Peer peer_;
  SystemClock clock_;
};

}  // namespace sonde::test
