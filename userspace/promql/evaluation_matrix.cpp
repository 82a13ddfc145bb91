#include "promql/evaluation_matrix.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace sonde::promql {
namespace {

bool same_metadata(const LabelSet& left, const LabelSet& right) {
  return value_of(left, store::kNameLabel) == value_of(right, store::kNameLabel) &&
         value_of(left, "__type__") == value_of(right, "__type__") &&
         value_of(left, "__unit__") == value_of(right, "__unit__");
}

bool is_empty(std::span<const double> row) { return std::all_of(row.begin(), row.end(), is_absent); }

/// Adds the values of one row where the other has gaps; false if both have one at the same step.
bool merge_row(std::span<double> into, std::span<const double> from) {
  for (std::size_t step = 0; step < into.size(); ++step) {
    if (is_absent(from[step])) continue;
    if (!is_absent(into[step])) return false;
    into[step] = from[step];
  }
  return true;
}

}  // namespace

Matrix scalar_matrix(std::size_t step_count) {
  Matrix matrix(step_count);
  matrix.append(no_labels());
  return matrix;
}

void Matrix::reserve(std::size_t rows) {
  labels_.reserve(rows);
  values_.reserve(rows * step_count_);
}

std::span<double> Matrix::append(LabelSet labels) {
  labels_.push_back(std::move(labels));
  values_.resize(values_.size() + step_count_, absent_value());
  return row(labels_.size() - 1);
}

void Matrix::drop_last() {
  labels_.pop_back();
  values_.resize(values_.size() - step_count_);
}

void Matrix::drop_empty_rows() {
  std::size_t kept = 0;
  for (std::size_t index = 0; index < size(); ++index) {
    const std::span<const double> from = row(index);
    if (is_empty(from)) continue;
    if (kept != index) {
      std::copy(from.begin(), from.end(), row(kept).begin());
      labels_[kept] = std::move(labels_[index]);
    }
    ++kept;
  }
  labels_.resize(kept);
  values_.resize(kept * step_count_);
}

void Matrix::reorder(std::span<const std::size_t> order) {
  Matrix ordered(step_count_);
  ordered.reserve(order.size());
  for (const std::size_t index : order) {
    const std::span<const double> from = row(index);
    std::copy(from.begin(), from.end(), ordered.append(std::move(labels_[index])).begin());
  }
  *this = std::move(ordered);
}

bool Matrix::drop_names() {
  const bool same_names = std::all_of(labels_.begin(), labels_.end(), [this](const LabelSet& labels) {
    return labels.nameless == labels_.front().nameless && same_metadata(labels, labels_.front());
  });
  for (LabelSet& labels : labels_) labels.nameless = true;
  return !same_names;
}

bool Matrix::merge_same_labels() {
  if (size() < 2) return true;
  LabelGroups groups;
  std::vector<std::size_t> first_of_group;
  bool merged = false;
  for (std::size_t index = 0; index < size(); ++index) {
    const std::size_t group = groups.number_of(labels_[index], all_labels());
    if (group == first_of_group.size()) {
      first_of_group.push_back(index);
      continue;
    }
    if (!merge_row(row(first_of_group[group]), row(index))) return false;
    merged = true;
  }
  if (merged) reorder(first_of_group);
  return true;
}

bool Matrix::has_same_labels() const {
  if (size() < 2) return false;
  LabelGroups groups;
  for (const LabelSet& labels : labels_) groups.number_of(labels, all_labels());
  return groups.size() < size();
}

void Matrix::sort_by_labels() {
  const auto before = [this](std::size_t left, std::size_t right) {
    return compare(labels_[left], labels_[right]) < 0;
  };
  std::vector<std::size_t> order(size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (std::is_sorted(order.begin(), order.end(), before)) return;
  std::sort(order.begin(), order.end(), before);
  reorder(order);
}

}  // namespace sonde::promql
