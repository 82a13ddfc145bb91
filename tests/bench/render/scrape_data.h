#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "measure/measurements.h"
#include "measure/types.h"
#include "protocol/types.h"

namespace sonde::bench {

/// The words of the benchmark: paths are their own routes.
measure::Vocabulary plain_vocabulary();

/// One GET answered 200 after a few milliseconds, different for every `turn`.  shape: `path` outlives it.
protocol::Exchange exchange_for(std::string_view path, int turn);

/// Two states of the same series, `changed_ratio` of which differ between them.
struct TwoStates {
  std::shared_ptr<const measure::Snapshot> first;
  std::shared_ptr<const measure::Snapshot> second;
};

TwoStates counters(std::size_t count, double changed_ratio);
TwoStates histograms(std::size_t count, double changed_ratio);

/// The same snapshot as a later generation.
std::shared_ptr<const measure::Snapshot> as_generation(const measure::Snapshot& snapshot, std::uint64_t generation);

}  // namespace sonde::bench
