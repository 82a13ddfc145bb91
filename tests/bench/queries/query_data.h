#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <random>
#include <string>

#include "measure/types.h"

namespace sonde::bench {

/// What the queries ask about: of each service 160 counters of requests, 20 gauges, and the 20 buckets of a classic
/// histogram as plain counters, written down anew each tick. The same numbers in every run.
class QueryData {
 public:
  explicit QueryData(std::size_t services);

  const measure::Snapshot& tick();

 private:
  void add_service(const std::string& name);
  void step_buckets();

  std::mt19937_64 random_{1};
  measure::Snapshot snapshot_;
};

/// Every number of a snapshot as a line of OpenMetrics text with its time, without the closing "# EOF".
void write_open_metrics(const measure::Snapshot& snapshot, std::int64_t at_ms, std::ostream& out);

}  // namespace sonde::bench
