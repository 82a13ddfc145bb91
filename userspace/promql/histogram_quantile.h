#pragma once

#include <vector>

namespace sonde::promql {

/// How many observations were at most `upper_bound`.
struct Bucket {
  double upper_bound = 0;
  double count = 0;
};

struct BucketQuantile {
  double value = 0;
  bool forced_monotonic = false;  ///< a count was smaller than that of the bucket before
};

/// The quantile of a classic histogram, evenly spread within each bucket (promql/quantile.go, BucketQuantile). NaN
/// without a bucket up to infinity. Changes `buckets`.
/// shape: ascending by upper bound, at least one.
BucketQuantile bucket_quantile(double quantile, std::vector<Bucket>& buckets);

/// The share of the observations between both values (promql/quantile.go, BucketFraction, with the first bucket of
/// positive values beginning at zero as from Prometheus 3.8 on). Changes `buckets`.
/// shape: ascending by upper bound, at least one.
double bucket_fraction(double lower, double upper, std::vector<Bucket>& buckets);

}  // namespace sonde::promql
