#pragma once

#include <cstdint>
#include <deque>

#include "decode/types.h"

namespace sonde::host {

/// Processes that the out-of-memory killer chose and that have not ended yet.
class OomVictims {
 public:
  void add(const decode::ProcessIdentity& process);

  /// Whether the process was chosen; forgets it, since it ends.
  bool take(const decode::ProcessIdentity& process);

 private:
  std::deque<decode::ProcessIdentity> victims_;  // the newest
};

}  // namespace sonde::host
