#include "measure/histogram_series.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "base/utf8.h"

namespace sonde::measure {
namespace {

/// The bucket whose upper bound is the first not below `value`. Halving without branches: durations jump about, and a
/// mispredicted branch costs more than the whole search.
std::size_t bucket_of(std::chrono::nanoseconds value) {
  std::size_t below = 0;
  for (std::size_t step = 16; step > 0; step /= 2) {
    const std::size_t candidate = std::min(below + step, kDurationBounds.size());
    below = kDurationBounds[candidate - 1] < value ? candidate : below;
  }
  return below;
}
static_assert(kDurationBounds.size() < 32, "bucket_of starts with steps of 16");

}  // namespace

std::vector<Label> clean_labels(std::vector<Label> labels) {
  std::erase_if(labels, [](const Label& label) { return label.value.empty(); });
  for (Label& label : labels) label.value = sanitise_utf8(label.value);
  labels.shrink_to_fit();
  return labels;
}

std::shared_ptr<const SeriesIdentity> make_identity(std::vector<Label> labels) {
  static std::atomic<std::uint64_t> last_id{0};
  return std::make_shared<const SeriesIdentity>(SeriesIdentity{++last_id, clean_labels(std::move(labels))});
}

HistogramSeries::HistogramSeries(std::shared_ptr<const SeriesIdentity> identity)
    : identity_(std::move(identity)), value_(std::make_shared<HistogramValue>()) {
  auto fine = std::make_shared<ExponentialHistogram>();
  fine_ = fine.get();
  value_->fine = std::move(fine);
}

void HistogramSeries::observe(std::chrono::nanoseconds value) {
  if (published_) detach();
  const std::chrono::nanoseconds counted = std::max(value, std::chrono::nanoseconds{0});
  ++value_->bucket_counts[bucket_of(counted)];
  ++value_->count;
  value_->sum_seconds += static_cast<double>(counted.count()) * 1e-9;
  fine_->observe(counted);
}

Series HistogramSeries::publish() {
  published_ = true;
  return Series{identity_, 0, value_};
}

void HistogramSeries::detach() {
  auto fine = std::make_shared<ExponentialHistogram>(*value_->fine);
  auto value = std::make_shared<HistogramValue>(*value_);
  fine_ = fine.get();
  value->fine = std::move(fine);
  value_ = std::move(value);
  published_ = false;
}

}  // namespace sonde::measure
