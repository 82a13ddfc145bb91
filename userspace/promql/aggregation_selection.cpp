#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "base/go_number.h"
#include "promql/aggregation.h"
#include "promql/evaluation_shape.h"
#include "promql/label_functions.h"
#include "promql/parser.h"

namespace sonde::promql {
namespace {

/// A value and the row it is from.
struct Candidate {
  double value = 0;
  std::size_t row = 0;
};

/// Whether a value goes before another: NaN goes last.
struct Order {
  bool largest_first = true;

  bool operator()(const Candidate& left, const Candidate& right) const {
    if (std::isnan(left.value)) return false;
    if (std::isnan(right.value)) return true;
    return largest_first ? left.value > right.value : left.value < right.value;
  }
};

struct Ranking {
  Order order;
  std::vector<Candidate> heap;  ///< reused from step to step
};

/// Keeps the first `limit` candidates in a heap whose top is the last of them.
void offer(const Candidate& candidate, std::size_t limit, const Order& order, std::vector<Candidate>& heap) {
  if (heap.size() < limit) {
    heap.push_back(candidate);
    std::push_heap(heap.begin(), heap.end(), order);
  } else if (order(candidate, heap.front())) {
    std::pop_heap(heap.begin(), heap.end(), order);
    heap.back() = candidate;
    std::push_heap(heap.begin(), heap.end(), order);
  }
}

/// The first `limit` of the rows at one step, in order.
void rank_step(const Matrix& series, const std::vector<std::size_t>& rows, std::size_t step, std::size_t limit,
               Ranking& ranking) {
  ranking.heap.clear();
  if (limit == 0) return;
  for (const std::size_t index : rows) {
    const double value = series.row(index)[step];
    if (!is_absent(value)) offer(Candidate{value, index}, limit, ranking.order, ranking.heap);
  }
  std::sort_heap(ranking.heap.begin(), ranking.heap.end(), ranking.order);
}

/// The number of rows asked for at each step.
Expected<std::vector<std::size_t>, QueryError> read_limits(const Matrix& parameter, std::size_t row_count) {
  constexpr double kInt64Limit = 9223372036854775808.0;
  std::vector<std::size_t> limits;
  for (const double value : parameter.row(0)) {
    if (std::isnan(value)) return execution_error("Parameter value is NaN");
    if (value <= -kInt64Limit) {
      return execution_error("Scalar value " + format_number(value) + " underflows int64");
    }
    if (value >= kInt64Limit) return execution_error("Scalar value " + format_number(value) + " overflows int64");
    limits.push_back(value < 1 ? 0 : static_cast<std::size_t>(std::min(value, static_cast<double>(row_count))));
  }
  return limits;
}

/// A group's series with a value, by the text of the value.
class ValueCounter {
 public:
  ValueCounter(const Aggregation& aggregation, std::size_t step_count)
      : label_(text_of(*aggregation.parameter)), result_(step_count) {
    std::vector<std::string> names = aggregation.grouping;
    shown_ = !aggregation.without || std::find(names.begin(), names.end(), label_) == names.end();
    if (aggregation.without) {
      names.emplace_back(store::kNameLabel);
      shown_ = shown_ && label_ != store::kNameLabel;
      names.push_back(label_);
    } else {
      std::erase(names, label_);
    }
    filter_ = make_filter(!aggregation.without, std::move(names));
  }

  Expected<Ok, QueryError> add(const LabelSet& labels, std::span<const double> row, EvaluationLimits& limits) {
    store::Labels base = filtered(labels, filter_);
    std::size_t group = 0;
    double before = absent_value();
    for (std::size_t step = 0; step < row.size(); ++step) {
      if (is_absent(row[step])) continue;
      if (row[step] != before) group = SONDE_TRY(group_of(base, row[step], limits));
      before = row[step];
      double& count = result_.row(group)[step];
      count = is_absent(count) ? 1 : count + 1;
    }
    return limits.spend(row.size());
  }

  Matrix take() { return std::move(result_); }

 private:
  Expected<std::size_t, QueryError> group_of(store::Labels& base, double value, EvaluationLimits& limits) {
    if (shown_) set_label(base, label_, format_number(value));
    const LabelSet set{std::make_shared<const store::Labels>(base)};
    const std::size_t group = groups_.number_of(set, all_labels());
    if (group == result_.size()) {
      SONDE_TRY(limits.hold(result_.step_count()));
      result_.append(set);
    }
    return group;
  }

  std::string label_;
  bool shown_ = true;  ///< without() can name the very label
  LabelFilter filter_;
  LabelGroups groups_;
  Matrix result_;
};

}  // namespace

Expected<Matrix, QueryError> select_extremes(const Aggregation& aggregation, const Matrix& series,
                                             const Matrix& parameter, EvaluationLimits& limits) {
  const auto parameters = parameter.row(0);
  if (std::none_of(parameters.begin(), parameters.end(),
                   [](double value) { return std::isnan(value) || value >= 1; })) {
    return Matrix(series.step_count());
  }
  const std::vector<std::size_t> wanted = SONDE_TRY(read_limits(parameter, series.size()));
  Ranking ranking{Order{aggregation.op == Aggregator::kTopk}, {}};
  SONDE_TRY(limits.hold(series.size() * series.step_count()));
  Matrix result(series.step_count());
  result.reserve(series.size());
  for (std::size_t index = 0; index < series.size(); ++index) result.append(series.labels(index));
  std::vector<std::size_t> ranked;
  for (const std::vector<std::size_t>& rows : group_series(series, grouping_filter(aggregation)).rows) {
    for (std::size_t step = 0; step < series.step_count(); ++step) {
      SONDE_TRY(limits.spend(rows.size()));
      rank_step(series, rows, step, wanted[step], ranking);
      for (const Candidate& chosen : ranking.heap) {
        result.row(chosen.row)[step] = chosen.value;
        ranked.push_back(chosen.row);
      }
    }
  }
  if (series.step_count() == 1) {
    result.reorder(ranked);
  } else {
    result.drop_empty_rows();
  }
  return result;
}

Expected<Matrix, QueryError> count_values(const Aggregation& aggregation, const Matrix& series,
                                          EvaluationLimits& limits) {
  if (!is_label_name(text_of(*aggregation.parameter))) {
    return execution_error("invalid label name " + to_text(inside(*aggregation.parameter)));
  }
  ValueCounter counter(aggregation, series.step_count());
  for (std::size_t index = 0; index < series.size(); ++index) {
    SONDE_TRY(counter.add(series.labels(index), series.row(index), limits));
  }
  return counter.take();
}

}  // namespace sonde::promql
