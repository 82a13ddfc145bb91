#pragma once

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/yaml_document.h"
#include "rules/types.h"

namespace sonde::rules {

/// Collects what is wrong in one file.
class FaultList {
 public:
  explicit FaultList(std::string file) : file_(std::move(file)) {}

  void add(Position at, std::string what) { faults_.push_back({file_, at.line, at.column, std::move(what)}); }

  [[nodiscard]] const std::string& file() const { return file_; }
  /// In the file's order.
  [[nodiscard]] std::vector<RuleFault> take() && {
    std::stable_sort(faults_.begin(), faults_.end(), [](const RuleFault& first, const RuleFault& second) {
      return std::tie(first.line, first.column) < std::tie(second.line, second.column);
    });
    return std::move(faults_);
  }

 private:
  std::string file_;
  std::vector<RuleFault> faults_;
};

}  // namespace sonde::rules
