#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "rules/types.h"

namespace sonde::rules {

/// How a parameter is written in the configuration, and what stands for it in a rule.
enum class ParameterUnit : std::uint8_t {
  kDuration,  ///< 5m: the same
  kSeconds,   ///< 250ms: 0.25
  kRatio,     ///< 1%: 0.01
  kPercent,   ///< 200%: 200
  kCount,     ///< 20: the same
  kBytes,     ///< 5GiB: 5368709120
};

/// Something of the built-in rules that can be set.
struct Parameter {
  std::string name;
  std::string text;  ///< what holds unless the configuration says otherwise
  ParameterUnit unit = ParameterUnit::kCount;
  std::string help;
};

/// By name. The pack is part of the program: that it is sound is tested.
const std::vector<Parameter>& parameters();

/// A rule file made of a file of the pack.
struct PackText {
  std::string file;  ///< "built-in/services.yml"
  std::string text;
};

/// The rules of the pack with the parameters' values in their places. A rule about services is there once for those
/// without values of their own, and once for each that has some the rule uses.
std::vector<PackText> render_pack(const RuleOptions& options);

/// What is wrong with the values and the names of disabled alerts.  shape: positions are those of the configuration,
/// `file` is empty.
std::vector<RuleFault> check_options(const RuleOptions& options);

}  // namespace sonde::rules
