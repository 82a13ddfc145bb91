#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "host/filesystem_reader.h"
#include "host/reading_writer.h"

namespace sonde::host {

/// When a file system will be full if it goes on filling as it did lately. A median of slopes (Theil-Sen) over the last
/// hour, so that one big file or one clean-up does not make the trend.  threads: one at a time.
class FilesystemTrend {
 public:
  /// Takes down how much is available now; points closer together than a minute are merged (units: bytes).
  void add(const std::string& mount_point, std::uint64_t available_bytes, WallTime at);

  /// Time until nothing is available; none while there is too little history (less than ten minutes), it is not
  /// filling, the way it fills does not stand out from its ups and downs, or it will take more than 30 days.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> time_until_full(const std::string& mount_point) const;

  /// Forgets mounts that were not added since `since`.
  void forget_before(WallTime since);

 private:
  struct Point {
    WallTime at;                 // of the first that was merged
    double available_bytes = 0;  // mean of those that were merged
    std::uint32_t count = 1;
  };
  struct History {
    std::deque<Point> points;
    WallTime latest;
    double latest_available_bytes = 0;
  };

  std::unordered_map<std::string, History> histories_;
};

/// Writes sonde_filesystem_full_seconds of the file systems that are filling.
void write_filesystem_trend(const FilesystemTrend& trend, const std::vector<FilesystemFacts>& filesystems,
                            ReadingWriter& out);

}  // namespace sonde::host
