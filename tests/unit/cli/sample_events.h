#pragma once

#include <vector>

#include "cli/answers.h"

namespace sonde::cli {

/// A night in 2026: a service crashes again and again, another one runs out of memory.
inline std::vector<EventRow> sample_events() {
  const auto at = [](int minute, int second) {
    return WallTime{std::chrono::seconds{1'772'373'600} + std::chrono::minutes{minute} + std::chrono::seconds{second}};
  };
  return {
      EventRow{7, at(2, 1), "2026-03-01T14:02:01.000Z", "binary_changed", "nginx", 812,
               "nginx (pid 812) runs another binary than before: build id 9f2c0d11ab34, it was 1be07c55d0aa"},
      EventRow{8, at(2, 14), "2026-03-01T14:02:14.250Z", "process_killed", "nginx", 812,
               "nginx (pid 812) was killed by SIGSEGV after 13 s"},
      EventRow{9, at(2, 31), "2026-03-01T14:02:31.500Z", "crash_loop", "nginx", 840,
               "nginx is in a crash loop: 3 abnormal ends within 17 s"},
      EventRow{10, at(3, 5), "2026-03-01T14:03:05.000Z", "filesystem_read_only", "", 0,
               "/srv (/dev/sdb1) became read-only"},
  };
}

}  // namespace sonde::cli
