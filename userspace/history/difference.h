#pragma once

#include <algorithm>
#include <vector>

namespace sonde::history {

/// What makes one set of rows another.  owner: borrows both sets.
template <class T>
struct Difference {
  std::vector<const T*> written;  ///< new or changed
  std::vector<const T*> removed;

  [[nodiscard]] bool empty() const { return written.empty() && removed.empty(); }
};

template <class T, class Less>
std::vector<const T*> in_order(const std::vector<T>& rows, Less less) {
  std::vector<const T*> ordered;
  ordered.reserve(rows.size());
  for (const T& row : rows) ordered.push_back(&row);
  const auto by_key = [&less](const T* left, const T* right) { return less(*left, *right); };
  if (!std::is_sorted(ordered.begin(), ordered.end(), by_key)) std::sort(ordered.begin(), ordered.end(), by_key);
  return ordered;
}

/// `less` orders rows by what they are found by, of which there are no two; `is_same` says that nothing has changed.
template <class T, class Less, class IsSame>
Difference<T> difference(const std::vector<T>& before, const std::vector<T>& after, Less less, IsSame is_same) {
  const std::vector<const T*> old_rows = in_order(before, less);
  const std::vector<const T*> new_rows = in_order(after, less);
  Difference<T> found;
  auto old_row = old_rows.begin();
  for (const T* row : new_rows) {
    for (; old_row != old_rows.end() && less(**old_row, *row); ++old_row) found.removed.push_back(*old_row);
    const bool known = old_row != old_rows.end() && !less(*row, **old_row);
    if (!known || !is_same(**old_row, *row)) found.written.push_back(row);
    if (known) ++old_row;
  }
  found.removed.insert(found.removed.end(), old_row, old_rows.end());
  return found;
}

}  // namespace sonde::history
