#pragma once

#include <string>
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
  [[nodiscard]] std::vector<RuleFault> take() && { return std::move(faults_); }

 private:
  std::string file_;
  std::vector<RuleFault> faults_;
};

}  // namespace sonde::rules
