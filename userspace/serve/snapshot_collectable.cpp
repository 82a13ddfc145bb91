#include "serve/snapshot_collectable.h"

#include <prometheus/client_metric.h>
#include <prometheus/metric_type.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>

#include "serve/text_format.h"

namespace sonde::serve {
namespace {

prometheus::MetricType type_of(measure::MetricType type) {
  switch (type) {
    case measure::MetricType::kCounter:
      return prometheus::MetricType::Counter;
    case measure::MetricType::kGauge:
      return prometheus::MetricType::Gauge;
    case measure::MetricType::kHistogram:
      return prometheus::MetricType::Histogram;
    case measure::MetricType::kUntyped:
      return prometheus::MetricType::Untyped;
  }
  std::abort();
}

prometheus::ClientMetric::Histogram histogram_of(const measure::HistogramValue& value) {
  prometheus::ClientMetric::Histogram histogram;
  histogram.sample_count = value.count;
  histogram.sample_sum = value.sum_seconds;
  histogram.bucket.reserve(value.bucket_counts.size());
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < kDurationBounds.size(); ++i) {
    cumulative += value.bucket_counts[i];
    histogram.bucket.push_back({cumulative, bound_seconds(i)});
  }
  histogram.bucket.push_back({value.count, std::numeric_limits<double>::infinity()});
  return histogram;
}

prometheus::ClientMetric metric_of(const measure::Series& series, measure::MetricType type) {
  prometheus::ClientMetric metric;
  for (const measure::Label& label : series.identity->labels) metric.label.push_back({label.name, label.value});
  switch (type) {
    case measure::MetricType::kCounter:
      metric.counter.value = series.value;
      return metric;
    case measure::MetricType::kGauge:
      metric.gauge.value = series.value;
      return metric;
    case measure::MetricType::kHistogram:
      metric.histogram = histogram_of(series.histogram == nullptr ? measure::HistogramValue{} : *series.histogram);
      return metric;
    case measure::MetricType::kUntyped:
      metric.untyped.value = series.value;
      return metric;
  }
  std::abort();
}

}  // namespace

std::vector<prometheus::MetricFamily> SnapshotCollectable::Collect() const {
  const std::shared_ptr<const measure::Snapshot> snapshot = latest_();
  std::vector<prometheus::MetricFamily> families;
  if (snapshot == nullptr) return families;
  families.reserve(snapshot->families.size());
  for (const measure::Family& family : snapshot->families) {
    prometheus::MetricFamily out{family.name, one_line(family.help), type_of(family.type), {}};
    out.metric.reserve(family.series.size());
    for (const measure::Series& series : family.series) out.metric.push_back(metric_of(series, family.type));
    families.push_back(std::move(out));
  }
  return families;
}

}  // namespace sonde::serve
