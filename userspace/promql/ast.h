#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "promql/functions.h"
#include "promql/types.h"
#include "store/types.h"

namespace sonde::promql {

/// Where a piece of an expression stands.  units: bytes from its start; `end` is one past the last.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

enum class AtKind : std::uint8_t { kNone, kTimestamp, kStart, kEnd };

/// `offset 5m` and `@ 1700000000`, `@ start()`, `@ end()`.
struct TimeShift {
  std::int64_t offset_ms = 0;  ///< negative: into the future
  AtKind at = AtKind::kNone;
  std::int64_t at_ms = 0;  ///< kTimestamp
};

struct NumberLiteral {
  double value = 0;
  bool duration = false;  ///< written `5m`, for printing
};

struct StringLiteral {
  std::string value;
};

/// `name{a="b"}`.  shape: a name is in `name` and, as a matcher of __name__, the last of `matchers`.
struct VectorSelector {
  std::string name;  ///< empty if given by matchers only
  std::vector<store::Matcher> matchers;
  TimeShift shift;
};

/// `selector[5m]`.  shape: the shift is the selector's.
struct MatrixSelector {
  VectorSelector selector;
  std::int64_t range_ms = 0;
};

/// `expression[1h:5m]`.  shape: step_ms 0: EngineOptions::subquery_step.
struct Subquery {
  ExpressionPtr inner;
  std::int64_t range_ms = 0;
  std::int64_t step_ms = 0;
  TimeShift shift;
};

/// `(expression)`, kept for printing.
struct Parenthesis {
  ExpressionPtr inner;
};

struct Unary {
  bool negative = false;  ///< else `+`
  ExpressionPtr inner;
};

enum class BinaryOperator : std::uint8_t {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kPower,
  kAtan2,
  kEqual,
  kNotEqual,
  kGreater,
  kLess,
  kGreaterEqual,
  kLessEqual,
  kAnd,
  kOr,
  kUnless
};

enum class Cardinality : std::uint8_t { kOneToOne, kManyToOne, kOneToMany, kManyToMany };

/// `on(a) group_left(b)` and `ignoring(a) group_right(b)`. Set operations are kManyToMany.
struct VectorMatching {
  Cardinality cardinality = Cardinality::kOneToOne;
  bool on = false;                   ///< else ignoring
  std::vector<std::string> labels;   ///< of on() or ignoring()
  std::vector<std::string> include;  ///< of group_left() or group_right()
};

struct Binary {
  BinaryOperator op = BinaryOperator::kAdd;
  ExpressionPtr left;
  ExpressionPtr right;
  bool return_bool = false;
  std::optional<VectorMatching> matching;  ///< between two vectors, always there
};

enum class Aggregator : std::uint8_t {
  kSum,
  kAvg,
  kCount,
  kMin,
  kMax,
  kGroup,
  kStddev,
  kStdvar,
  kTopk,
  kBottomk,
  kCountValues,
  kQuantile
};

struct Aggregation {
  Aggregator op = Aggregator::kSum;
  ExpressionPtr inner;
  ExpressionPtr parameter;  ///< of topk, bottomk, quantile and count_values, else null
  std::vector<std::string> grouping;
  bool without = false;
};

struct Call {
  Function function = Function::kAbs;
  std::vector<ExpressionPtr> arguments;
};

/// A parsed and type-checked piece of PromQL.
struct Expression {
  std::variant<NumberLiteral, StringLiteral, VectorSelector, MatrixSelector, Subquery, Parenthesis, Unary, Binary,
               Aggregation, Call>
      node;
  Span span;
  ValueType type = ValueType::kNone;  ///< what it amounts to at one moment; MatrixSelector and Subquery: kMatrix
  std::size_t height = 1;             ///< levels of the tree from here down, never more than EngineOptions::max_depth
};

}  // namespace sonde::promql
