#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "host/types.h"

namespace sonde::host {

/// Writes readings down, family by family:
///   writer.gauge("node_load1", "1m load average.").add(0.5);
/// threads: one at a time.
class ReadingWriter {
 public:
  /// Opens a family. Opening a name again goes on with it. `help` is one line without backslashes.
  ReadingWriter& counter(std::string_view name, std::string_view help);
  ReadingWriter& gauge(std::string_view name, std::string_view help);
  ReadingWriter& untyped(std::string_view name, std::string_view help);

  /// Adds a reading to the family opened last.
  ReadingWriter& add(double value, std::vector<Tag> tags = {});

  /// The families that got a reading, in the order they were opened; forgets them.
  std::vector<ReadingFamily> take();

 private:
  ReadingWriter& open(std::string_view name, std::string_view help, ReadingType type);

  std::vector<ReadingFamily> families_;
  std::unordered_map<std::string, std::size_t> index_;  // by name
  std::size_t open_ = 0;
};

}  // namespace sonde::host
