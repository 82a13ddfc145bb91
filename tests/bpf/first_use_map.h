#pragma once

#include <cstdint>
#include <optional>

#include "base/unique_fd.h"

namespace sonde::test {

/// As struct first_use of bpf/include/state/first_use.h.
struct FirstUse {
  std::uint64_t acceptable_ns = 0;
  std::uint64_t wait_ns = 0;
  std::uint32_t done = 0;
  std::uint32_t pad = 0;
};

/// Stands in for the tcp sensor's map of first uses: the test decides what is acceptable since when. A process that was
/// forked can use it too, for its own sockets.
class FirstUseMap {
 public:
  /// The descriptor is -1 if the kernel gives no such map.
  FirstUseMap();

  [[nodiscard]] int fd() const { return map_.get(); }
  [[nodiscard]] bool set(int socket, const FirstUse& use) const;
  [[nodiscard]] std::optional<FirstUse> get(int socket) const;

 private:
  UniqueFd types_;
  UniqueFd map_;
};

}  // namespace sonde::test
