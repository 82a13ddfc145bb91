#include <algorithm>
#include <cstdlib>
#include <utility>

#include "promql/evaluation_shape.h"
#include "promql/evaluator.h"

namespace sonde::promql {
namespace {

using store::Sample;

/// Far beyond any time that samples have, and so far within 64 bits that ranges and offsets can be added.
constexpr std::int64_t kFarthestMs = std::int64_t{1} << 60;

/// The last sample in (end - lookback, end] at each step, unless it says that the series had ended. Returns whether
/// there is any.
bool look_back(std::span<const Sample> samples, const WindowPlan& plan, bool times, std::span<double> row) {
  std::size_t seen = 0;
  bool any = false;
  for (std::size_t step = 0; step < row.size(); ++step) {
    const std::int64_t end_ms = plan.end_ms(step);
    while (seen < samples.size() && samples[seen].at_ms <= end_ms) ++seen;
    if (seen == 0) continue;
    const Sample& last = samples[seen - 1];
    if (last.at_ms <= end_ms - plan.range_ms || store::is_stale(last.value)) continue;
    row[step] = times ? static_cast<double>(last.at_ms) / 1000 : last.value;
    any = true;
  }
  return any;
}

}  // namespace

WindowPlan Evaluator::plan_windows(std::int64_t range_ms, const TimeShift& shift, const Scope& scope) const {
  const auto at = [&](std::int64_t moment_ms) {
    return WindowPlan{range_ms, std::clamp(moment_ms, -kFarthestMs, kFarthestMs) - shift.offset_ms, 0};
  };
  switch (shift.at) {
    case AtKind::kNone:
      return WindowPlan{range_ms, scope.steps.start_ms - shift.offset_ms, scope.steps.step_ms};
    case AtKind::kTimestamp:
      return at(shift.at_ms);
    case AtKind::kStart:
      return at(settings_.start_ms);
    case AtKind::kEnd:
      return at(settings_.end_ms);
  }
  std::abort();
}

Expected<std::vector<std::unique_ptr<store::SeriesView>>, QueryError> Evaluator::select(const VectorSelector& selector,
                                                                                        std::int64_t from_ms,
                                                                                        std::int64_t to_ms,
                                                                                        const Scope& scope) {
  const bool fine_buckets = scope.fine_buckets && keeps_buckets(selector);
  auto views = source_.select(store::Selection{selector.matchers, from_ms, to_ms, fine_buckets});
  if (views) return *std::move(views);
  const bool bad_request = views.error().code == Code::kBadInput;
  return QueryError{bad_request ? QueryErrorKind::kBadData : QueryErrorKind::kExecution,
                    "expanding series: " + views.error().what};
}

Outcome Evaluator::select_vector(const VectorSelector& selector, const Scope& scope, bool times) {
  const WindowPlan plan = plan_windows(settings_.lookback_ms, selector.shift, scope);
  const std::int64_t from_ms = plan.end_ms(0) - plan.range_ms + 1;
  const std::int64_t to_ms = plan.end_ms(scope.steps.count - 1);
  const auto views = SONDE_TRY(select(selector, from_ms, to_ms, scope));
  Matrix matrix(scope.steps.count);
  std::vector<Sample> samples;
  for (const auto& view : views) {
    view->read(from_ms, to_ms, samples);
    SONDE_TRY(limits_.spend(samples.size() + scope.steps.count));
    if (samples.empty()) continue;
    const std::size_t held = limits_.held();
    SONDE_TRY(limits_.hold(scope.steps.count));
    if (look_back(samples, plan, times, matrix.append(LabelSet{view->labels()}))) continue;
    matrix.drop_last();
    limits_.keep(held);
  }
  return matrix;
}

Steps Evaluator::subquery_steps(const Subquery& subquery, const WindowPlan& plan, const Scope& scope) const {
  const std::int64_t step_ms = subquery.step_ms > 0 ? subquery.step_ms : settings_.subquery_step_ms;
  const std::int64_t after_ms = plan.end_ms(0) - subquery.range_ms;
  const std::int64_t end_ms = plan.end_ms(scope.steps.count - 1);
  std::int64_t start_ms = step_ms * (after_ms / step_ms);
  if (start_ms <= after_ms) start_ms += step_ms;
  const std::int64_t count = start_ms > end_ms ? 0 : (end_ms - start_ms) / step_ms + 1;
  return Steps{start_ms, step_ms, static_cast<std::size_t>(count)};
}

Outcome Evaluator::evaluate_subquery(const Subquery& subquery, const Steps& steps, const Scope& scope) {
  if (steps.count == 0) return Matrix(0);
  return evaluate(*subquery.inner, Scope{steps, scope.fine_buckets});
}

}  // namespace sonde::promql
