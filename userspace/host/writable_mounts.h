#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "base/clock.h"
#include "host/reading_writer.h"

namespace sonde::host {

/// Remembers from pass to pass which file systems are writable, and counts how often one stopped being so.
class WritableMounts {
 public:
  /// Takes a mount of the pass at `at` down.  returns: whether it was writable in the pass before and is not now.
  bool take(const std::string& device, const std::string& mount_point, bool read_only, WallTime at);

  /// Writes sonde_filesystem_read_only_events_total.
  void write(ReadingWriter& out) const;

 private:
  using Key = std::pair<std::string, std::string>;  // device, mount point
  struct Mount {
    std::uint64_t pass = 0;  // the last one that had it
    bool read_only = false;
    std::uint64_t events = 0;
  };

  void begin_pass(WallTime at);

  std::map<Key, Mount> mounts_;
  std::uint64_t pass_ = 0;
  WallTime pass_at_;
};

}  // namespace sonde::host
