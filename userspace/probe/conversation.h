#pragma once

#include <sys/socket.h>

#include <chrono>
#include <string>

#include "probe/types.h"

namespace sonde::probe {

/// Whom to talk to.
struct Peer {
  sockaddr_storage address{};
  socklen_t length = 0;

  [[nodiscard]] int ip_protocol() const { return address.ss_family == AF_INET6 ? 6 : 4; }
};

/// What a conversation waits for.
struct Wait {
  int fd = -1;
  bool read = true;
  bool write = false;

  bool operator==(const Wait&) const = default;
};

/// One attempt that talks over a descriptor of its own and never blocks: with a database, a name server, a host, or a
/// program. It is made with everything it needs and begins with the first advance().
/// threads: one at a time.
class Conversation {
 public:
  virtual ~Conversation() = default;

  /// Goes on as far as it can without waiting; true once it is over. Called again whenever wait() may be fulfilled, and
  /// now and then without a reason.
  [[nodiscard]] virtual bool advance() = 0;

  /// What it waits for, after an advance() that was false. The descriptor may change from one call to the next.
  [[nodiscard]] virtual Wait wait() const = 0;

  /// What came of it, but for the duration and the phase `resolve`. Before it is over, that it took longer than the
  /// target's timeout: the reason says how far it came.
  [[nodiscard]] virtual ProbeResult result() const = 0;
};

}  // namespace sonde::probe
