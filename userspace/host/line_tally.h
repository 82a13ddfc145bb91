#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace sonde::host {

/// How much of a file could be understood. What could not is passed over, and the collector says so when it is done.
struct LineTally {
  std::size_t read = 0;
  std::size_t passed_over = 0;

  void add(bool was_read) { ++(was_read ? read : passed_over); }

  /// errors: kBadInput if a line was passed over, or there was none of use.
  [[nodiscard]] Result<> result(const std::string& path) const;
};

}  // namespace sonde::host
