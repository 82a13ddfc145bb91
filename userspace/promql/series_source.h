#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "store/types.h"

namespace sonde::promql {

/// Where queries read from: the store, or what a test has loaded.  threads: any.
class SeriesSource {
 public:
  virtual ~SeriesSource() = default;

  /// The series that match and may have samples in the range, sorted by labels (name by name, value by value).
  /// errors: kBadInput for a regular expression that RE2 does not take.
  [[nodiscard]] virtual Result<std::vector<std::unique_ptr<store::SeriesView>>> select(
      const store::Selection& selection) const = 0;
};

}  // namespace sonde::promql
