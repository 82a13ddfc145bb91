#include <algorithm>
#include <utility>
#include <vector>

#include "promql/binary_operation.h"

namespace sonde::promql {
namespace {

/// At which steps any series with some matching labels has a value.
class Presence {
 public:
  Presence(const Matrix& matrix, const LabelFilter& filter, LabelGroups& groups) : step_count_(matrix.step_count()) {
    for (std::size_t index = 0; index < matrix.size(); ++index) {
      const std::size_t group = groups.number_of(matrix.labels(index), filter);
      if (group >= known_) known_ = group + 1;
      present_.resize(known_ * step_count_);
      const std::span<const double> row = matrix.row(index);
      for (std::size_t step = 0; step < row.size(); ++step) {
        if (!is_absent(row[step])) present_[group * step_count_ + step] = true;
      }
    }
  }

  [[nodiscard]] bool at(std::size_t group, std::size_t step) const {
    return group < known_ && present_[group * step_count_ + step];
  }

 private:
  std::size_t step_count_;
  std::size_t known_ = 0;
  std::vector<bool> present_;
};

/// Leaves the values at the steps where the other side has, or has not, a series that matches.
void keep_where(bool wanted, const Presence& other, const LabelFilter& filter, LabelGroups& groups, Matrix& matrix) {
  for (std::size_t index = 0; index < matrix.size(); ++index) {
    const std::size_t group = groups.number_of(matrix.labels(index), filter);
    const std::span<double> row = matrix.row(index);
    for (std::size_t step = 0; step < row.size(); ++step) {
      if (other.at(group, step) != wanted) row[step] = absent_value();
    }
  }
  matrix.drop_empty_rows();
}

}  // namespace

Expected<Matrix, QueryError> combine_sets(const Binary& binary, Matrix left, Matrix right, EvaluationLimits& limits) {
  const LabelFilter filter = matching_filter(*binary.matching);
  LabelGroups groups;
  SONDE_TRY(limits.spend((left.size() + right.size()) * left.step_count()));
  if (binary.op != BinaryOperator::kOr) {
    keep_where(binary.op == BinaryOperator::kAnd, Presence(right, filter, groups), filter, groups, left);
    return left;
  }
  keep_where(false, Presence(left, filter, groups), filter, groups, right);
  SONDE_TRY(limits.hold(right.value_count()));
  for (std::size_t index = 0; index < right.size(); ++index) {
    const std::span<const double> from = right.row(index);
    std::copy(from.begin(), from.end(), left.append(right.labels(index)).begin());
  }
  if (!left.merge_same_labels()) return same_labels_error();
  return left;
}

}  // namespace sonde::promql
