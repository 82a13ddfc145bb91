#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "promql/evaluation_shape.h"
#include "promql/evaluator.h"
#include "promql/label_functions.h"

namespace sonde::promql {
namespace {

using store::Sample;

bool looks_like_counter(std::string_view metric) {
  constexpr std::array<std::string_view, 4> kEndings{"_total", "_sum", "_count", "_bucket"};
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [metric](std::string_view end) { return metric.ends_with(end); });
}

bool wants_counter(Function function) { return function == Function::kRate || function == Function::kIncrease; }

void drop_stale(std::vector<Sample>& samples) {
  std::erase_if(samples, [](const Sample& sample) { return store::is_stale(sample.value); });
}

/// The values of a row with the times they stand for.
void read_row(std::span<const double> row, const Steps& steps, std::vector<Sample>& samples) {
  samples.clear();
  for (std::size_t step = 0; step < row.size(); ++step) {
    if (!is_absent(row[step])) samples.push_back(Sample{steps.at(step), row[step]});
  }
}

/// Moves over samples in step with the windows, so that none is looked for twice.
class WindowSlider {
 public:
  explicit WindowSlider(std::span<const Sample> samples) : samples_(samples) {}

  std::span<const Sample> slide(std::int64_t from_ms, std::int64_t to_ms) {
    while (end_ < samples_.size() && samples_[end_].at_ms <= to_ms) ++end_;
    while (begin_ < end_ && samples_[begin_].at_ms <= from_ms) ++begin_;
    return samples_.subspan(begin_, end_ - begin_);
  }

 private:
  std::span<const Sample> samples_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace

Outcome Evaluator::call_window_function(const Call& call, const Scope& scope) {
  WindowCall window_call{call.function, find_window_function(call.function), {}, {}};
  const Expression* range = nullptr;
  for (const ExpressionPtr& argument : call.arguments) {
    if (argument->type == ValueType::kMatrix) {
      range = argument.get();
      continue;
    }
    const Matrix parameter = SONDE_TRY(evaluate(*argument, scope));
    const std::span<const double> values = parameter.row(0);
    window_call.parameters.assign(values.begin(), values.end());
    if (call.function != Function::kQuantileOverTime) continue;
    for (const double quantile : values) {
      if (!(quantile >= 0 && quantile <= 1)) annotations_.add_invalid_quantile(quantile, inside(*argument).span);
    }
  }
  return apply_windows(*range, scope, std::move(window_call));
}

Outcome Evaluator::apply_windows(const Expression& range, const Scope& scope, WindowCall call) {
  const Expression& node = inside(range);
  Matrix result(scope.steps.count);
  if (const auto* const subquery = std::get_if<Subquery>(&node.node)) {
    // Prometheus says that what is about a subquery stands at the beginning of the query.
    result = SONDE_TRY(apply_to_subquery(*subquery, scope, call));
  } else {
    call.range_span = node.span;
    result = SONDE_TRY(apply_to_series(std::get<MatrixSelector>(node.node), scope, call));
  }
  const bool names_dropped = call.function != Function::kLastOverTime;
  if (names_dropped && result.drop_names() && result.has_same_labels()) return same_labels_error();
  return result;
}

Outcome Evaluator::apply_to_series(const MatrixSelector& range, const Scope& scope, const WindowCall& call) {
  const WindowRun run{plan_windows(range.range_ms, range.selector.shift, scope), scope.steps, call};
  const std::int64_t from_ms = run.plan.end_ms(0) - range.range_ms + 1;
  const std::int64_t to_ms = run.plan.end_ms(scope.steps.count - 1);
  const auto views = SONDE_TRY(select(range.selector, from_ms, to_ms, scope));
  Matrix result(scope.steps.count);
  std::vector<Sample> samples;
  for (const auto& view : views) {
    view->read(from_ms, to_ms, samples);
    drop_stale(samples);
    SONDE_TRY(append_row(LabelSet{view->labels()}, samples, run, result));
  }
  return result;
}

Outcome Evaluator::apply_to_subquery(const Subquery& subquery, const Scope& scope, const WindowCall& call) {
  const WindowRun run{plan_windows(subquery.range_ms, subquery.shift, scope), scope.steps, call};
  const Steps steps = subquery_steps(subquery, run.plan, scope);
  const Matrix inner = SONDE_TRY(evaluate_subquery(subquery, steps, scope));
  Matrix result(scope.steps.count);
  std::vector<Sample> samples;
  for (std::size_t index = 0; index < inner.size(); ++index) {
    read_row(inner.row(index), steps, samples);
    SONDE_TRY(append_row(inner.labels(index), samples, run, result));
  }
  return result;
}

Expected<Ok, QueryError> Evaluator::append_row(const LabelSet& labels, std::span<const Sample> samples,
                                               const WindowRun& run, Matrix& matrix) {
  if (samples.empty()) return limits_.spend(1);
  const std::size_t held = limits_.held();
  SONDE_TRY(limits_.hold(samples.size() + run.steps.count));
  const std::span<double> row = matrix.append(labels);
  WindowSlider slider(samples);
  std::vector<double> scratch;
  Window window;
  window.scratch = &scratch;
  bool any = false;
  for (std::size_t step = 0; step < row.size(); ++step) {
    window.to_ms = run.plan.end_ms(step);
    window.from_ms = window.to_ms - run.plan.range_ms;
    window.at_ms = run.steps.at(step);
    window.samples = slider.slide(window.from_ms, window.to_ms);
    SONDE_TRY(limits_.spend(window.samples.size() + 1));
    if (window.samples.empty()) continue;
    if (!run.call.parameters.empty()) window.parameter = run.call.parameters[step];
    row[step] = run.call.apply(window);
    any |= !is_absent(row[step]);
  }
  limits_.keep(held + (any ? run.steps.count : 0));
  if (!any) {
    matrix.drop_last();
    return Ok{};
  }
  const std::string_view metric = value_of(labels, store::kNameLabel);
  if (wants_counter(run.call.function) && !metric.empty() && !looks_like_counter(metric)) {
    annotations_.add_possible_non_counter(metric, run.call.range_span);
  }
  return Ok{};
}

Outcome Evaluator::call_absent_over_time(const Call& call, const Scope& scope) {
  const WindowCall present{Function::kPresentOverTime, find_window_function(Function::kPresentOverTime), {}, {}};
  const Expression& range = *call.arguments.front();
  Matrix found(scope.steps.count);
  if (const auto* const subquery = std::get_if<Subquery>(&inside(range).node)) {
    found = SONDE_TRY(apply_to_subquery(*subquery, scope, present));
  } else {
    found = SONDE_TRY(apply_to_series(std::get<MatrixSelector>(inside(range).node), scope, present));
  }
  return absent_rows(found, inside(range));
}

Expected<std::vector<ResultSeries>, QueryError> Evaluator::evaluate_range(const Expression& expression,
                                                                          const Scope& scope) {
  const Expression& node = inside(expression);
  std::vector<ResultSeries> series;
  std::vector<Sample> samples;
  const auto add = [&](const std::shared_ptr<const store::Labels>& labels) -> Expected<Ok, QueryError> {
    if (samples.empty()) return Ok{};
    SONDE_TRY(limits_.hold(samples.size()));
    SONDE_TRY(limits_.spend(samples.size()));
    series.push_back(ResultSeries{labels, samples});
    return Ok{};
  };
  if (const auto* const selected = std::get_if<MatrixSelector>(&node.node)) {
    const std::int64_t to_ms = plan_windows(selected->range_ms, selected->selector.shift, scope).end_ms(0);
    const std::int64_t from_ms = to_ms - selected->range_ms + 1;
    for (const auto& view : SONDE_TRY(select(selected->selector, from_ms, to_ms, scope))) {
      view->read(from_ms, to_ms, samples);
      drop_stale(samples);
      SONDE_TRY(add(view->labels()));
    }
    return series;
  }
  const auto& subquery = std::get<Subquery>(node.node);
  const Steps steps = subquery_steps(subquery, plan_windows(subquery.range_ms, subquery.shift, scope), scope);
  Matrix inner = SONDE_TRY(evaluate_subquery(subquery, steps, scope));
  inner.sort_by_labels();
  for (std::size_t index = 0; index < inner.size(); ++index) {
    read_row(inner.row(index), steps, samples);
    SONDE_TRY(add(labels_of(inner.labels(index))));
  }
  return series;
}

}  // namespace sonde::promql
