#include "promql/binary_operation.h"

#include <cmath>
#include <cstdlib>
#include <utility>

#include "promql/token.h"

namespace sonde::promql {

Combined combine(BinaryOperator op, double left, double right) {
  switch (op) {
    case BinaryOperator::kAdd:
      return {left + right};
    case BinaryOperator::kSubtract:
      return {left - right};
    case BinaryOperator::kMultiply:
      return {left * right};
    case BinaryOperator::kDivide:
      return {left / right};
    case BinaryOperator::kModulo:
      return {std::fmod(left, right)};
    case BinaryOperator::kPower:
      return {std::pow(left, right)};
    case BinaryOperator::kAtan2:
      return {std::atan2(left, right)};
    case BinaryOperator::kEqual:
      return {left, left == right};
    case BinaryOperator::kNotEqual:
      return {left, left != right};
    case BinaryOperator::kGreater:
      return {left, left > right};
    case BinaryOperator::kLess:
      return {left, left < right};
    case BinaryOperator::kGreaterEqual:
      return {left, left >= right};
    case BinaryOperator::kLessEqual:
      return {left, left <= right};
    case BinaryOperator::kAnd:
    case BinaryOperator::kOr:
    case BinaryOperator::kUnless:
      break;
  }
  std::abort();
}

Matrix combine_scalars(BinaryOperator op, const Matrix& left, const Matrix& right) {
  Matrix result = scalar_matrix(left.step_count());
  const std::span<double> row = result.row(0);
  for (std::size_t step = 0; step < row.size(); ++step) {
    const Combined combined = combine(op, left.row(0)[step], right.row(0)[step]);
    row[step] = is_comparison(op) ? static_cast<double>(combined.keep) : combined.value;
  }
  return result;
}

Expected<Matrix, QueryError> combine_with_scalar(const Binary& binary, Matrix vector, const Matrix& scalar,
                                                 bool scalar_left) {
  const std::span<const double> scalars = scalar.row(0);
  const bool filters = is_comparison(binary.op) && !binary.return_bool;
  const auto apply = [&](double value, double other) {
    const Combined combined = scalar_left ? combine(binary.op, other, value) : combine(binary.op, value, other);
    if (filters) return combined.keep ? value : absent_value();
    return binary.return_bool ? static_cast<double>(combined.keep) : combined.value;
  };
  for (std::size_t index = 0; index < vector.size(); ++index) {
    const std::span<double> row = vector.row(index);
    for (std::size_t step = 0; step < row.size(); ++step) {
      if (!is_absent(row[step])) row[step] = apply(row[step], scalars[step]);
    }
  }
  if (filters) {
    vector.drop_empty_rows();
  } else if (vector.drop_names() && !vector.merge_same_labels()) {
    return same_labels_error();
  }
  return vector;
}

LabelFilter matching_filter(const VectorMatching& matching) {
  std::vector<std::string> names = matching.labels;
  if (!matching.on) names.emplace_back(store::kNameLabel);
  return make_filter(matching.on, std::move(names));
}

}  // namespace sonde::promql
