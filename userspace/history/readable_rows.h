#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace sonde::history {

/// A row that makes no sense is told of; the others are read on.
template <class T>
void keep(Result<T> row, const std::string& of, std::vector<T>& rows, std::vector<std::string>& notices) {
  if (row) {
    rows.push_back(*std::move(row));
  } else {
    notices.push_back(of + " was left out: " + row.error().what);
  }
}

}  // namespace sonde::history
