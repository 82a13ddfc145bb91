#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "base/exponential_histogram.h"
#include "measure/types.h"

namespace sonde::measure {

/// Labels as they are exported: every value sanitised, empty ones left out (to Prometheus, no label).
std::vector<Label> clean_labels(std::vector<Label> labels);

/// A new identity with an id of its own and clean labels.  threads: any.
std::shared_ptr<const SeriesIdentity> make_identity(std::vector<Label> labels);

/// One histogram that grows while older states of it are being read: what has been published is never touched again,
/// the next observation works on a copy.  threads: one at a time; published values may be read and freed anywhere.
class HistogramSeries {
 public:
  explicit HistogramSeries(std::shared_ptr<const SeriesIdentity> identity);

  /// Negative durations count as zero.
  void observe(std::chrono::nanoseconds value);

  /// The series as it is now; the same value pointer as last time if nothing was observed since.
  [[nodiscard]] Series publish();

 private:
  void detach();

  std::shared_ptr<const SeriesIdentity> identity_;
  std::shared_ptr<HistogramValue> value_;
  ExponentialHistogram* fine_ = nullptr;  // value_->fine, before it is published
  bool published_ = false;
};

}  // namespace sonde::measure
