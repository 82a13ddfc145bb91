#pragma once

#include <memory>
#include <vector>

#include "promql/series_source.h"
#include "store/database.h"

namespace sonde::app {

/// The store as queries see it.  threads: any.
class StoreSource final : public promql::SeriesSource {
 public:
  /// owner: the caller keeps `database` alive.
  explicit StoreSource(const store::Database& database) : database_(database) {}

  [[nodiscard]] Result<std::vector<std::unique_ptr<store::SeriesView>>> select(
      const store::Selection& selection) const override {
    return database_.select(selection);
  }

 private:
  const store::Database& database_;
};

}  // namespace sonde::app
