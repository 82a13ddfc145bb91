#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>

#include "base/unique_fd.h"

namespace sonde::test {

/// One TCP connection over loopback, both ends in hand.
struct Connection {
  int client = -1;
  int server = -1;
};

/// A process of its own (the sensor never looks at the process it runs in) with a listening socket on an ephemeral
/// port. It waits for go(), opens a connection, runs the script on it, closes both ends, and exits.
class LoopbackChild {
 public:
  using Script = std::function<void(const Connection&)>;

  /// With `connect_first` the connection is opened before go(), as one older than the sensor.
  explicit LoopbackChild(Script script, bool connect_first = false);
  ~LoopbackChild();
  LoopbackChild(const LoopbackChild&) = delete;
  LoopbackChild& operator=(const LoopbackChild&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] pid_t pid() const { return pid_; }

  /// Lets the script run and waits for its end; true if it ran without a fault.
  bool go();

 private:
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
  UniqueFd start_;
};

/// Sends or receives exactly `text.size()` bytes, or ends the process.
void send_all(int fd, const std::string& text);
std::string receive_exactly(int fd, std::size_t bytes);

}  // namespace sonde::test
