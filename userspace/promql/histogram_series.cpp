#include "promql/histogram_series.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "promql/histogram_quantile.h"

namespace sonde::promql {
namespace {

constexpr std::string_view kBucketLabel = "le";

/// One series of a histogram.
struct BucketRow {
  double upper_bound = 0;
  std::size_t row = 0;
};

/// The series that are one histogram, ascending by upper bound.
struct HistogramRows {
  LabelSet labels;  ///< without `le`
  std::vector<BucketRow> buckets;
};

/// A number as Go's strconv.ParseFloat takes it, as far as bounds are written that way.
std::optional<double> parse_bound(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double bound = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), bound);
  if (end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (fault == std::errc::result_out_of_range) return std::nullopt;
  return bound;
}

bool has_value(std::span<const double> row) { return !std::all_of(row.begin(), row.end(), is_absent); }

std::vector<HistogramRows> group_buckets(const BucketRequest& request, Annotations& annotations) {
  const LabelFilter without_bound = make_filter(false, {std::string(kBucketLabel)});
  LabelGroups groups;
  std::vector<HistogramRows> histograms;
  for (std::size_t row = 0; row < request.buckets.size(); ++row) {
    const LabelSet& labels = request.buckets.labels(row);
    const std::string_view text = value_of(labels, kBucketLabel);
    const std::optional<double> bound = parse_bound(text);
    if (!bound) {
      if (has_value(request.buckets.row(row))) {
        annotations.add_bad_bucket_label(value_of(labels, store::kNameLabel), text, request.buckets_span);
      }
      continue;
    }
    const std::size_t group = groups.number_of(labels, without_bound);
    if (group == histograms.size()) {
      auto rest = std::make_shared<const store::Labels>(filtered(labels, without_bound));
      histograms.push_back(HistogramRows{LabelSet{std::move(rest), labels.nameless}, {}});
    }
    histograms[group].buckets.push_back(BucketRow{*bound, row});
  }
  for (HistogramRows& histogram : histograms) {
    std::stable_sort(
        histogram.buckets.begin(), histogram.buckets.end(),
        [](const BucketRow& left, const BucketRow& right) { return left.upper_bound < right.upper_bound; });
  }
  return histograms;
}

/// What the buckets have at one step.
void read_step(const Matrix& matrix, const HistogramRows& histogram, std::size_t step, std::vector<Bucket>& buckets) {
  buckets.clear();
  for (const BucketRow& bucket : histogram.buckets) {
    const double count = matrix.row(bucket.row)[step];
    if (!is_absent(count)) buckets.push_back(Bucket{bucket.upper_bound, count});
  }
}

}  // namespace

Expected<Matrix, QueryError> evaluate_buckets(const BucketRequest& request, EvaluationLimits& limits,
                                              Annotations& annotations) {
  const std::size_t step_count = request.buckets.step_count();
  Matrix result(step_count);
  std::vector<Bucket> buckets;
  for (const HistogramRows& histogram : group_buckets(request, annotations)) {
    SONDE_TRY(limits.hold(step_count));
    SONDE_TRY(limits.spend(step_count * histogram.buckets.size()));
    const std::span<double> row = result.append(histogram.labels);
    for (std::size_t step = 0; step < step_count; ++step) {
      read_step(request.buckets, histogram, step, buckets);
      if (buckets.empty()) continue;
      const double first = request.first.row(0)[step];
      if (request.second != nullptr) {
        row[step] = bucket_fraction(first, request.second->row(0)[step], buckets);
        continue;
      }
      const BucketQuantile quantile = bucket_quantile(first, buckets);
      row[step] = quantile.value;
      if (!quantile.forced_monotonic) continue;
      annotations.add_forced_monotonicity(value_of(histogram.labels, store::kNameLabel), request.buckets_span);
    }
  }
  result.drop_empty_rows();
  if (result.drop_names() && !result.merge_same_labels()) return same_labels_error();
  return result;
}

}  // namespace sonde::promql
