#include "store/sparse_durations.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <utility>

namespace sonde::store {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kIndexes = 64 * ExponentialHistogram::kBucketsPerOctave;

/// The bucket whose middle, as quantile() gives it, is `middle`.
std::uint32_t index_of(nanoseconds middle) {
  const double exponent = std::log2(std::max(1.0, static_cast<double>(middle.count())));
  const auto index = static_cast<std::size_t>(exponent * ExponentialHistogram::kBucketsPerOctave);
  return static_cast<std::uint32_t>(std::min(index, kIndexes - 1));
}

/// Lies within the bucket again. Where buckets are narrower than a nanosecond, rounding finds the one whole number.
nanoseconds middle_of(std::size_t index) {
  const double exponent = (static_cast<double>(index) + 0.5) / ExponentialHistogram::kBucketsPerOctave;
  return nanoseconds{std::llround(std::exp2(std::min(exponent, 62.9)))};
}

}  // namespace

SparseDurations::SparseDurations(const ExponentialHistogram& dense) {
  const std::uint64_t all = dense.count();
  std::uint64_t taken = 0;
  while (taken < all) {
    // Half a rank further than what is taken: rounding can then not skip the first value of the next bucket.
    const double rank = (static_cast<double>(taken) + 0.5) / static_cast<double>(all);
    const nanoseconds middle = dense.quantile(rank);
    const std::uint64_t up_to_here = all - dense.count_above(middle);
    if (up_to_here <= taken) break;
    buckets_.push_back({index_of(middle), static_cast<std::uint32_t>(up_to_here - taken)});
    taken = up_to_here;
  }
  buckets_.shrink_to_fit();
}

void SparseDurations::merge(const SparseDurations& other) {
  std::vector<Bucket> merged;
  merged.reserve(buckets_.size() + other.buckets_.size());
  std::merge(buckets_.begin(), buckets_.end(), other.buckets_.begin(), other.buckets_.end(), std::back_inserter(merged),
             [](const Bucket& a, const Bucket& b) { return a.index < b.index; });
  std::size_t kept = 0;
  for (std::size_t next = 1; next < merged.size(); ++next) {
    if (merged[next].index == merged[kept].index) {
      merged[kept].times += merged[next].times;
    } else {
      merged[++kept] = merged[next];
    }
  }
  if (!merged.empty()) merged.resize(kept + 1);
  merged.shrink_to_fit();
  buckets_ = std::move(merged);
}

DurationSum::DurationSum() : times_(kIndexes) {}

void DurationSum::add(const SparseDurations& durations) {
  for (const SparseDurations::Bucket& bucket : durations.buckets_) times_[bucket.index] += bucket.times;
}

ExponentialHistogram DurationSum::take() {
  ExponentialHistogram histogram;
  for (std::size_t index = 0; index < times_.size(); ++index) {
    const std::uint32_t times = std::exchange(times_[index], 0);
    if (times > 0) histogram.observe(middle_of(index), times);
  }
  return histogram;
}

}  // namespace sonde::store
