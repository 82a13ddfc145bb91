#include "promql/histogram_quantile.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace sonde::promql {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Differences between counts that come of adding up floating-point numbers (promql/quantile.go, smallDeltaTolerance).
constexpr double kSmallDeltaRatio = 1e-12;

/// Adds up buckets that have the same upper bound, written differently.
void coalesce(std::vector<Bucket>& buckets) {
  std::size_t kept = 0;
  for (std::size_t index = 1; index < buckets.size(); ++index) {
    if (buckets[index].upper_bound == buckets[kept].upper_bound) {
      buckets[kept].count += buckets[index].count;
    } else {
      buckets[++kept] = buckets[index];
    }
  }
  buckets.resize(kept + 1);
}

/// util/almost/almost.go, for numbers.
bool almost_equal(double left, double right, double tolerance) {
  if (left == right || (std::isnan(left) && std::isnan(right))) return true;
  const double sum = std::fabs(left) + std::fabs(right);
  const double difference = std::fabs(left - right);
  constexpr double kSmallest = std::numeric_limits<double>::min();
  if (left == 0 || right == 0 || sum < kSmallest) return difference < tolerance * kSmallest;
  return difference / std::min(sum, std::numeric_limits<double>::max()) < tolerance;
}

/// Takes counts that are smaller than the one before, or differ from it by rounding only, for that one. Returns whether
/// any was really smaller.
bool make_monotonic(std::vector<Bucket>& buckets) {
  bool forced = false;
  double before = buckets.front().count;
  for (Bucket& bucket : buckets) {
    const bool rounding = almost_equal(before, bucket.count, kSmallDeltaRatio);
    if (!rounding && !(bucket.count < before)) {
      before = bucket.count;
      continue;
    }
    forced |= !rounding;
    bucket.count = before;
  }
  return forced;
}

/// Gives the number of observations up to a value, one bucket after the other.
class RankFinder {
 public:
  explicit RankFinder(double value) : value_(value) {}

  [[nodiscard]] bool found() const { return found_; }
  [[nodiscard]] double rank(double total) const { return found_ && rank_ <= total ? rank_ : total; }

  void look(double lower_bound, double rank_before, const Bucket& bucket) {
    if (found_) return;
    if (lower_bound >= value_) {
      rank_ = rank_before;
      found_ = true;
    } else if (bucket.upper_bound > value_) {
      rank_ = interpolate(lower_bound, rank_before, bucket);
      found_ = true;
    }
  }

 private:
  /// Within a bucket without end there is nothing to interpolate: all below the first bucket, none above the last.
  [[nodiscard]] double interpolate(double lower_bound, double rank_before, const Bucket& bucket) const {
    if (lower_bound == -kInfinity) return bucket.count;
    return rank_before + (bucket.count - rank_before) * (value_ - lower_bound) / (bucket.upper_bound - lower_bound);
  }

  double value_;
  double rank_ = 0;
  bool found_ = false;
};

}  // namespace

BucketQuantile bucket_quantile(double quantile, std::vector<Bucket>& buckets) {
  if (std::isnan(quantile)) return BucketQuantile{kNan};
  if (quantile < 0) return BucketQuantile{-kInfinity};
  if (quantile > 1) return BucketQuantile{kInfinity};
  if (buckets.back().upper_bound != kInfinity) return BucketQuantile{kNan};
  coalesce(buckets);
  const bool forced = make_monotonic(buckets);
  const double observations = buckets.back().count;
  if (buckets.size() < 2 || observations == 0) return BucketQuantile{kNan};
  double rank = quantile * observations;
  const auto found =
      std::find_if(buckets.begin(), buckets.end() - 1, [rank](const Bucket& bucket) { return bucket.count >= rank; });
  if (found == buckets.end() - 1) return BucketQuantile{(found - 1)->upper_bound, forced};
  if (found == buckets.begin() && found->upper_bound <= 0) return BucketQuantile{found->upper_bound, forced};
  double start = 0;
  double count = found->count;
  if (found != buckets.begin()) {
    start = (found - 1)->upper_bound;
    count -= (found - 1)->count;
    rank -= (found - 1)->count;
  }
  return BucketQuantile{start + (found->upper_bound - start) * (rank / count), forced};
}

double bucket_fraction(double lower, double upper, std::vector<Bucket>& buckets) {
  if (buckets.back().upper_bound != kInfinity) return kNan;
  coalesce(buckets);
  const double observations = buckets.back().count;
  if (observations == 0 || std::isnan(lower) || std::isnan(upper)) return kNan;
  if (lower >= upper) return 0;
  RankFinder lower_rank(lower);
  RankFinder upper_rank(upper);
  // Histograms whose first bucket ends above zero are taken to have no observations below it.
  double lower_bound = buckets.front().upper_bound > 0 ? 0 : -kInfinity;
  double rank = 0;
  for (const Bucket& bucket : buckets) {
    lower_rank.look(lower_bound, rank, bucket);
    upper_rank.look(lower_bound, rank, bucket);
    lower_bound = bucket.upper_bound;
    rank = bucket.count;
  }
  return (upper_rank.rank(observations) - lower_rank.rank(observations)) / observations;
}

}  // namespace sonde::promql
