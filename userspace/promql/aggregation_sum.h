#pragma once

#include <cmath>
#include <vector>

namespace sonde::promql {

/// A sum with the rounding error beside it (Neumaier's variant of Kahan summation), in the very order of operations of
/// Prometheus' kahanSumInc (promql/functions.go), so that results agree to the last digit.
struct CompensatedSum {
  double sum = 0;
  double compensation = 0;

  void add(double value) {
    const double total = sum + value;
    if (std::isinf(total)) {
      compensation = 0;
    } else if (std::fabs(sum) >= std::fabs(value)) {
      compensation += (sum - total) + value;
    } else {
      compensation += (value - total) + sum;
    }
    sum = total;
  }

  [[nodiscard]] double value() const { return sum + compensation; }
};

/// A mean that sums up until the sum overflows, and from there on carries the mean itself.
class CompensatedMean {
 public:
  void add(double value) {
    count_ += 1;
    if (count_ == 1) {
      total_.sum = value;
      return;
    }
    if (!incremental_) {
      CompensatedSum next = total_;
      next.add(value);
      if (!std::isinf(next.sum)) {
        total_ = next;
        return;
      }
      incremental_ = true;
      total_.sum /= count_ - 1;
      total_.compensation /= count_ - 1;
    }
    const double weight = (count_ - 1) / count_;
    total_ = CompensatedSum{weight * total_.sum, weight * total_.compensation};
    total_.add(value / count_);
  }

  [[nodiscard]] double value() const {
    return incremental_ ? total_.value() : total_.sum / count_ + total_.compensation / count_;
  }
  [[nodiscard]] bool is_empty() const { return count_ == 0; }

 private:
  CompensatedSum total_;
  double count_ = 0;
  bool incremental_ = false;
};

/// The quantile between the two values nearest to it (promql/quantile.go, quantile). Sorts `values`, NaN first.
double quantile_of(double quantile, std::vector<double>& values);

}  // namespace sonde::promql
