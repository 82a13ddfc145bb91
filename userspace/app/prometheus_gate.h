#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stop_token>

#include "base/result.h"
#include "promql/types.h"

namespace sonde::app {

/// Lets so many queries run at once; the others wait for one to end.  threads: any.
class QueryGate {
 public:
  /// Holds one of the places while it lives.
  class Pass {
   public:
    explicit Pass(QueryGate& gate) : gate_(&gate) {}
    Pass(Pass&& other) noexcept : gate_(other.gate_) { other.gate_ = nullptr; }
    Pass& operator=(Pass&&) = delete;
    ~Pass();

   private:
    QueryGate* gate_;
  };

  /// shape: `most` is at least one.
  explicit QueryGate(std::size_t most) : free_(most) {}

  /// Waits for a place.  errors: kTimeout after `patience`, kCanceled once `stop` is requested, as Prometheus words
  /// them (promql/engine.go).
  Expected<Pass, promql::QueryError> enter(std::chrono::nanoseconds patience, const std::stop_token& stop);

 private:
  std::mutex mutex_;  // guards what follows
  std::condition_variable_any left_;
  std::size_t free_;
};

}  // namespace sonde::app
