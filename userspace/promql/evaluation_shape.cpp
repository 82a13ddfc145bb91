#include "promql/evaluation_shape.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <variant>

#include "promql/range_functions.h"

namespace sonde::promql {
namespace {

constexpr std::string_view kBucketLabel = "le";

/// Their values depend on the step even if their arguments do not (promql/functions.go, AtModifierUnsafeFunctions).
bool reads_time(Function function) {
  constexpr std::array kReadingTime{Function::kDaysInMonth, Function::kDayOfMonth,    Function::kDayOfWeek,
                                    Function::kDayOfYear,   Function::kHour,          Function::kMinute,
                                    Function::kMonth,       Function::kPredictLinear, Function::kTime,
                                    Function::kTimestamp,   Function::kYear};
  return std::find(kReadingTime.begin(), kReadingTime.end(), function) != kReadingTime.end();
}

/// Visits a tree from the leaves up.
class InvarianceFinder {
 public:
  bool visit(const Expression& expression) {
    const bool invariant = std::visit([this](const auto& node) { return check(node); }, expression.node);
    if (invariant) found_.insert(&expression);
    return invariant;
  }

  std::unordered_set<const Expression*> take() { return std::move(found_); }

 private:
  bool check(const NumberLiteral&) { return true; }
  bool check(const StringLiteral&) { return true; }
  bool check(const VectorSelector& selector) { return selector.shift.at != AtKind::kNone; }
  bool check(const MatrixSelector& range) { return range.selector.shift.at != AtKind::kNone; }
  bool check(const Subquery& subquery) {
    visit(*subquery.inner);
    return subquery.shift.at != AtKind::kNone;
  }
  bool check(const Parenthesis& parenthesis) { return visit(*parenthesis.inner); }
  bool check(const Unary& unary) { return visit(*unary.inner); }
  bool check(const Binary& binary) {
    const bool left = visit(*binary.left);
    return visit(*binary.right) && left;
  }
  bool check(const Aggregation& aggregation) {
    const bool parameter = aggregation.parameter == nullptr || visit(*aggregation.parameter);
    return visit(*aggregation.inner) && parameter;
  }
  bool check(const Call& call) {
    bool invariant = !reads_time(call.function);
    for (const ExpressionPtr& argument : call.arguments) invariant &= visit(*argument);
    return invariant;
  }

  std::unordered_set<const Expression*> found_;
};

}  // namespace

const Expression& inside(const Expression& expression) {
  const Expression* inner = &expression;
  while (const auto* const parenthesis = std::get_if<Parenthesis>(&inner->node)) inner = parenthesis->inner.get();
  return *inner;
}

std::unordered_set<const Expression*> find_step_invariant(const Expression& root) {
  InvarianceFinder finder;
  finder.visit(root);
  return finder.take();
}

bool keeps_buckets(const Aggregation& aggregation) {
  if (aggregation.op != Aggregator::kSum && aggregation.op != Aggregator::kAvg) return false;
  const auto& grouping = aggregation.grouping;
  const bool named = std::find(grouping.begin(), grouping.end(), kBucketLabel) != grouping.end();
  return named != aggregation.without;
}

bool keeps_buckets(const Binary& binary) {
  return binary.left->type == ValueType::kScalar || binary.right->type == ValueType::kScalar;
}

bool keeps_buckets(const Call& call) { return find_window_function(call.function) != nullptr; }

bool keeps_buckets(const VectorSelector& selector) {
  return std::none_of(selector.matchers.begin(), selector.matchers.end(),
                      [](const store::Matcher& matcher) { return matcher.name == kBucketLabel; });
}

}  // namespace sonde::promql
