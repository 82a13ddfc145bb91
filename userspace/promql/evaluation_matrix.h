#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "promql/matching_labels.h"
#include "store/types.h"

namespace sonde::promql {

/// The moments an expression is evaluated at.  units: milliseconds since the Unix epoch.
struct Steps {
  std::int64_t start_ms = 0;
  std::int64_t step_ms = 1;
  std::size_t count = 1;

  [[nodiscard]] std::int64_t at(std::size_t index) const {
    return start_ms + step_ms * static_cast<std::int64_t>(index);
  }
  [[nodiscard]] std::int64_t end_ms() const { return at(count - 1); }
};

/// Says that a series has no value at a step. No evaluated value is a stale marker: selectors take them out.
inline double absent_value() { return store::stale_marker(); }
inline bool is_absent(double value) { return store::is_stale(value); }

/// What a piece of an expression amounts to: a row for each series, a column for each step, and gaps where a series has
/// no value. Scalars have one row without labels and without gaps.
/// shape: rows lie one after the other in one array, so that operations run over it without following pointers.
class Matrix {
 public:
  explicit Matrix(std::size_t step_count) : step_count_(step_count) {}

  [[nodiscard]] std::size_t size() const { return labels_.size(); }
  [[nodiscard]] std::size_t step_count() const { return step_count_; }
  [[nodiscard]] std::size_t value_count() const { return values_.size(); }

  void reserve(std::size_t rows);

  /// Adds a row of gaps. The span holds until the next row is added.
  std::span<double> append(LabelSet labels);

  /// Takes the last row away again.
  void drop_last();

  [[nodiscard]] std::span<double> row(std::size_t index) { return {&values_[index * step_count_], step_count_}; }
  [[nodiscard]] std::span<const double> row(std::size_t index) const {
    return {&values_[index * step_count_], step_count_};
  }
  [[nodiscard]] std::span<double> values() { return values_; }

  [[nodiscard]] LabelSet& labels(std::size_t index) { return labels_[index]; }
  [[nodiscard]] const LabelSet& labels(std::size_t index) const { return labels_[index]; }

  /// Takes away the rows that have gaps only.
  void drop_empty_rows();

  /// Puts the rows in this order.  shape: a permutation, or fewer rows.
  void reorder(std::span<const std::size_t> order);

  /// From now on the names of all series count as not there. Returns whether series can share labels now: not if they
  /// had the same name before.
  [[nodiscard]] bool drop_names();

  /// Makes one row of those with the same labels.
  /// errors: false if two of them have values at the same step.
  [[nodiscard]] bool merge_same_labels();

  [[nodiscard]] bool has_same_labels() const;

  /// As Prometheus sorts the series of a range query.
  void sort_by_labels();

 private:
  std::size_t step_count_;
  std::vector<LabelSet> labels_;
  std::vector<double> values_;
};

/// A matrix with one row without labels, of gaps.
Matrix scalar_matrix(std::size_t step_count);

}  // namespace sonde::promql
