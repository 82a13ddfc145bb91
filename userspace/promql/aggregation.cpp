#include "promql/aggregation.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <memory>
#include <utility>

#include "promql/aggregation_sum.h"

namespace sonde::promql {
namespace {

/// What is known of one group at one step. Each aggregation is such a type with add() and value(), so that the loop
/// over all values is compiled for each.
struct SumStep {
  CompensatedSum sum;
  bool any = false;

  void add(double value) {
    if (any) {
      sum.add(value);
    } else {
      sum.sum = value;
    }
    any = true;
  }
  [[nodiscard]] bool is_empty() const { return !any; }
  [[nodiscard]] double value() const { return sum.value(); }
};

struct CountStep {
  double count = 0;

  void add(double) { count += 1; }
  [[nodiscard]] bool is_empty() const { return count == 0; }
  [[nodiscard]] double value() const { return count; }
};

struct GroupStep {
  bool any = false;

  void add(double) { any = true; }
  [[nodiscard]] bool is_empty() const { return !any; }
  [[nodiscard]] double value() const { return 1; }
};

struct MinStep {
  double min = absent_value();

  void add(double value) {
    if (std::isnan(min) || min > value) min = value;
  }
  [[nodiscard]] bool is_empty() const { return is_absent(min); }
  [[nodiscard]] double value() const { return min; }
};

struct MaxStep {
  double max = absent_value();

  void add(double value) {
    if (std::isnan(max) || max < value) max = value;
  }
  [[nodiscard]] bool is_empty() const { return is_absent(max); }
  [[nodiscard]] double value() const { return max; }
};

/// Welford's method, one value after the other.
struct VarianceStep {
  double count = 0;
  double mean = 0;
  double squares = 0;

  void add(double value) {
    count += 1;
    if (count == 1) {
      mean = value;
      squares = std::isfinite(value) ? 0 : std::numeric_limits<double>::quiet_NaN();
      return;
    }
    const double delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
  }
  [[nodiscard]] bool is_empty() const { return count == 0; }
  [[nodiscard]] double value() const { return squares / count; }
};

struct DeviationStep : VarianceStep {
  [[nodiscard]] double value() const { return std::sqrt(squares / count); }
};

using MeanStep = CompensatedMean;

template <class Step>
void add_row(std::span<const double> row, std::vector<Step>& steps) {
  for (std::size_t step = 0; step < row.size(); ++step) {
    if (!is_absent(row[step])) steps[step].add(row[step]);
  }
}

/// Goes through the values row by row, as they lie in memory.
template <class Step>
Expected<Matrix, QueryError> fold(const Matrix& series, const SeriesGroups& groups, EvaluationLimits& limits) {
  Matrix result(series.step_count());
  SONDE_TRY(limits.hold(groups.rows.size() * series.step_count()));
  result.reserve(groups.rows.size());
  std::vector<Step> steps;
  for (std::size_t group = 0; group < groups.rows.size(); ++group) {
    steps.assign(series.step_count(), Step{});
    for (const std::size_t index : groups.rows[group]) {
      SONDE_TRY(limits.spend(series.step_count()));
      add_row(series.row(index), steps);
    }
    const std::span<double> row = result.append(groups.labels[group]);
    for (std::size_t step = 0; step < row.size(); ++step) {
      if (!steps[step].is_empty()) row[step] = steps[step].value();
    }
  }
  result.drop_empty_rows();
  return result;
}

void read_column(const Matrix& series, const std::vector<std::size_t>& rows, std::size_t step,
                 std::vector<double>& values) {
  values.clear();
  for (const std::size_t index : rows) {
    const double value = series.row(index)[step];
    if (!is_absent(value)) values.push_back(value);
  }
}

Expected<Matrix, QueryError> quantiles(const Matrix& series, const SeriesGroups& groups, const Matrix& parameter,
                                       EvaluationLimits& limits) {
  Matrix result(series.step_count());
  std::vector<double> values;
  for (std::size_t group = 0; group < groups.rows.size(); ++group) {
    SONDE_TRY(limits.hold(series.step_count()));
    const std::span<double> row = result.append(groups.labels[group]);
    for (std::size_t step = 0; step < row.size(); ++step) {
      SONDE_TRY(limits.spend(groups.rows[group].size()));
      read_column(series, groups.rows[group], step, values);
      if (!values.empty()) row[step] = quantile_of(parameter.row(0)[step], values);
    }
  }
  result.drop_empty_rows();
  return result;
}

}  // namespace

LabelFilter grouping_filter(const Aggregation& aggregation) {
  std::vector<std::string> names = aggregation.grouping;
  if (aggregation.without) names.emplace_back(store::kNameLabel);
  return make_filter(!aggregation.without, std::move(names));
}

SeriesGroups group_series(const Matrix& series, const LabelFilter& filter) {
  SeriesGroups groups;
  if (filter.keep && filter.names.empty()) {
    if (series.size() == 0) return groups;
    groups.labels.push_back(no_labels());
    groups.rows.emplace_back(series.size());
    for (std::size_t index = 0; index < series.size(); ++index) groups.rows.front()[index] = index;
    return groups;
  }
  LabelGroups numbers;
  for (std::size_t index = 0; index < series.size(); ++index) {
    const LabelSet& labels = series.labels(index);
    const std::size_t group = numbers.number_of(labels, filter);
    if (group == groups.rows.size()) {
      groups.labels.push_back(LabelSet{std::make_shared<const store::Labels>(filtered(labels, filter))});
      groups.rows.emplace_back();
    }
    groups.rows[group].push_back(index);
  }
  return groups;
}

Expected<Matrix, QueryError> aggregate_groups(const Aggregation& aggregation, const Matrix& series,
                                              const Matrix* parameter, EvaluationLimits& limits) {
  const SeriesGroups groups = group_series(series, grouping_filter(aggregation));
  switch (aggregation.op) {
    case Aggregator::kSum:
      return fold<SumStep>(series, groups, limits);
    case Aggregator::kAvg:
      return fold<MeanStep>(series, groups, limits);
    case Aggregator::kCount:
      return fold<CountStep>(series, groups, limits);
    case Aggregator::kMin:
      return fold<MinStep>(series, groups, limits);
    case Aggregator::kMax:
      return fold<MaxStep>(series, groups, limits);
    case Aggregator::kGroup:
      return fold<GroupStep>(series, groups, limits);
    case Aggregator::kStddev:
      return fold<DeviationStep>(series, groups, limits);
    case Aggregator::kStdvar:
      return fold<VarianceStep>(series, groups, limits);
    case Aggregator::kQuantile:
      return quantiles(series, groups, *parameter, limits);
    case Aggregator::kTopk:
    case Aggregator::kBottomk:
    case Aggregator::kCountValues:
      break;
  }
  std::abort();
}

}  // namespace sonde::promql
