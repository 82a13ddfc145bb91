#pragma once

#include <cstddef>
#include <stop_token>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "promql/types.h"

namespace sonde::promql {

/// What one query may use: samples, time, and the patience of who asked. All of it is asked for before it is used.
/// threads: one.
class EvaluationLimits {
 public:
  /// owner: the caller keeps `clock` alive.
  EvaluationLimits(std::size_t max_samples, std::chrono::nanoseconds timeout, const Clock& clock, std::stop_token stop)
      : max_samples_(max_samples), deadline_(clock.kernel_now() + timeout), clock_(clock), stop_(std::move(stop)) {}

  /// Takes hold of more samples.  errors: kExecution beyond max_samples.
  [[nodiscard]] Expected<Ok, QueryError> hold(std::size_t samples);

  [[nodiscard]] std::size_t held() const { return held_; }

  /// Lets go of all but this many.
  void keep(std::size_t samples) { held_ = samples; }

  /// Says that so many values were worked on; now and then looks at the clock and whether the query is still wanted.
  /// errors: kTimeout, kCanceled.
  [[nodiscard]] Expected<Ok, QueryError> spend(std::size_t values) {
    spent_ += values;
    if (spent_ < kValuesBetweenLooks) return Ok{};
    return look();
  }

  /// errors: kTimeout, kCanceled.
  [[nodiscard]] Expected<Ok, QueryError> look();

 private:
  /// Some 10 microseconds of work.
  static constexpr std::size_t kValuesBetweenLooks = 8192;

  std::size_t max_samples_;
  std::size_t held_ = 0;
  std::size_t spent_ = 0;
  KernelTime deadline_;
  const Clock& clock_;
  std::stop_token stop_;
};

/// An error of the kind kExecution.
QueryError execution_error(std::string what);

/// Two series that an operation made alike have values at the same time.
QueryError same_labels_error();

}  // namespace sonde::promql
