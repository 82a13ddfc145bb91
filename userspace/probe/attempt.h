#pragma once

#include "probe/types.h"

namespace sonde::probe {

/// One attempt of one probe. It begins when it is made, waits by the EventLoop it was given, and is woken by its token.
/// threads: that of the loop.
class Attempt {
 public:
  virtual ~Attempt() = default;

  /// Goes on as far as it can without waiting; true once it is over.
  [[nodiscard]] virtual bool advance() = 0;

  /// What came of it. Before it is over, that it took longer than the target's timeout.
  [[nodiscard]] virtual ProbeResult result() const = 0;
};

}  // namespace sonde::probe
