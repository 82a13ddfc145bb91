#pragma once

#include <cstddef>
#include <cstdint>

#include "store/series_table.h"
#include "store/types.h"

namespace sonde::store {

/// What had to go.  units: samples as Prometheus would count them.
struct Dropped {
  std::uint64_t by_age = 0;
  std::uint64_t by_size = 0;
  std::size_t bytes_left = 0;  ///< what the table costs then
};

/// Drops or thins chunks whose last sample is older than StoreOptions allow at `now_ms`; then the oldest chunks of all,
/// until the table fits into `max_bytes`; then the series that have neither samples nor a future.
/// owner: the caller keeps `options`.
Dropped drop_what_is_over(SeriesTable& table, const StoreOptions& options, std::int64_t now_ms, std::size_t max_bytes);

}  // namespace sonde::store
