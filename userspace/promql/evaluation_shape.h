#pragma once

#include <unordered_set>

#include "promql/ast.h"

namespace sonde::promql {

/// The expression without the parentheses around it.
const Expression& inside(const Expression& expression);

/// The pieces that are the same at every step, since `@` fixes the time of all their selectors: they need evaluating
/// once (promql/engine.go, preprocessExprHelper).  owner: points into `root`.
std::unordered_set<const Expression*> find_step_invariant(const Expression& root);

/// Whether histograms below this argument of histogram_quantile or histogram_fraction may be read with finer buckets
/// than they export: if all between keeps the buckets apart and treats them alike. That are functions over range
/// vectors, arithmetic with scalars, and sum and avg that keep `le`.
bool keeps_buckets(const Aggregation& aggregation);
bool keeps_buckets(const Binary& binary);
bool keeps_buckets(const Call& call);
bool keeps_buckets(const VectorSelector& selector);

}  // namespace sonde::promql
