#pragma once

#include <string>
#include <vector>

#include "promql/engine.h"
#include "support/fake_clock.h"
#include "support/memory_series.h"

namespace sonde::promql {

/// Samples each 10 s from 0 on.
inline std::vector<store::Sample> every_10s(const std::vector<double>& values) {
  std::vector<store::Sample> samples;
  for (const double value : values) {
    samples.push_back(store::Sample{static_cast<std::int64_t>(samples.size()) * 10'000, value});
  }
  return samples;
}

/// A query at one moment.
inline QueryRequest at(std::string expression, std::int64_t at_ms) {
  return QueryRequest{std::move(expression), at_ms, at_ms, 0};
}

/// A clock that goes on by a second each time it is read.
class HurryingClock final : public Clock {
 public:
  [[nodiscard]] WallTime now() const override { return clock_.now(); }
  [[nodiscard]] KernelTime kernel_now() const override {
    clock_.advance(std::chrono::seconds{1});
    return clock_.kernel_now();
  }

 private:
  mutable test::FakeClock clock_;
};

}  // namespace sonde::promql
