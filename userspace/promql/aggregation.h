#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "promql/ast.h"
#include "promql/evaluation_limits.h"
#include "promql/evaluation_matrix.h"

namespace sonde::promql {

/// The series of an aggregation's argument, group by group.
struct SeriesGroups {
  std::vector<LabelSet> labels;                ///< of each group's result
  std::vector<std::vector<std::size_t>> rows;  ///< of each group, in the order of the argument
};

/// Which labels tell the groups of by() and without() apart; without() never counts the name.
LabelFilter grouping_filter(const Aggregation& aggregation);

SeriesGroups group_series(const Matrix& series, const LabelFilter& filter);

/// sum, avg, count, min, max, group, stddev, stdvar and quantile: a row for each group (promql/engine.go, aggregation).
/// shape: `parameter` is a scalar, of quantile only.
Expected<Matrix, QueryError> aggregate_groups(const Aggregation& aggregation, const Matrix& series,
                                              const Matrix* parameter, EvaluationLimits& limits);

/// topk and bottomk: of each group the rows that are among the largest or smallest at a step, with gaps where they are
/// not. At a single step they are in order, group by group (aggregationK).
Expected<Matrix, QueryError> select_extremes(const Aggregation& aggregation, const Matrix& series,
                                             const Matrix& parameter, EvaluationLimits& limits);

/// count_values: a row for each group and value (aggregationCountValues).
Expected<Matrix, QueryError> count_values(const Aggregation& aggregation, const Matrix& series,
                                          EvaluationLimits& limits);

}  // namespace sonde::promql
