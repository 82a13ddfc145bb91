#pragma once

#include <re2/re2.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "probe/types.h"

namespace sonde::probe {

/// The regular expressions of a target, compiled once.
class Patterns {
 public:
  /// errors: kBadConfig for one that RE2 does not take.
  [[nodiscard]] static Result<Patterns> compile(const ProbeTarget& target);

  /// What must be found anywhere in the answer; null: nothing.
  [[nodiscard]] const re2::RE2* answer() const { return answer_.get(); }

  /// In the order of HttpProbe::json.
  [[nodiscard]] const std::vector<std::unique_ptr<re2::RE2>>& json() const { return json_; }

 private:
  std::unique_ptr<re2::RE2> answer_;
  std::vector<std::unique_ptr<re2::RE2>> json_;
};

}  // namespace sonde::probe
