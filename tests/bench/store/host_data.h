#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "measure/histogram_series.h"
#include "measure/types.h"

namespace sonde::bench {

/// Series that are written down anew each tick.
class HostData {
 public:
  virtual ~HostData() = default;
  virtual const measure::Snapshot& tick() = 0;
};

/// `series` numbers: a quarter never changes, a quarter are counters with an uneven rate, a quarter gauges of whole
/// numbers, a quarter ratios.
std::unique_ptr<HostData> make_numbers(std::size_t series);

/// What a host with `services` services has: for each five routes with a histogram of durations and few to hundreds of
/// requests each ten seconds; twenty counters and gauges as cgroups give them, of which most stand still; and 400
/// figures of the host.
std::unique_ptr<HostData> make_host(std::size_t services);

}  // namespace sonde::bench
