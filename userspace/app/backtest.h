#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "app/recorded_language.h"
#include "base/clock.h"
#include "rules/language.h"
#include "rules/types.h"

namespace sonde::app {

/// How often something fired. What still fires at the end has fired until then.
struct FiringTally {
  std::size_t fired = 0;
  std::chrono::nanoseconds total{0};
  std::chrono::nanoseconds median{0};
  std::size_t brief = 0;  ///< shorter than kBrief
  std::size_t pages = 0;  ///< told as worth waking somebody
};

inline constexpr std::chrono::minutes kBrief{2};

struct AlertTally {
  store::Labels labels;
  FiringTally tally;
};

/// The same rule with something else in it.
struct Variation {
  std::string what;  ///< "threshold 45 (0.5x)", "for 5m"
  FiringTally tally;
};

struct BacktestedRule {
  std::string alert;
  rules::Severity severity = rules::Severity::kWarning;
  std::string file;
  int line = 0;
  std::string error;  ///< the first; not empty: what follows lacks something
  FiringTally tally;
  std::vector<AlertTally> alerts;  ///< by labels
  std::vector<Variation> variations;
};

struct BacktestPeriod {
  WallTime start;
  WallTime end;
  std::optional<std::chrono::nanoseconds> step;  ///< between two evaluations; nothing: each group's interval
};

/// Evaluates the alerting rules over what was recorded, from `start` to `end`, as a daemon that had been up for long
/// would have: nothing settles, and coverage is not asked. `groups` are named; what recording rules of them record is
/// not made, but taken as the source has it.
std::vector<BacktestedRule> backtest(const std::vector<rules::Group>& groups, const BacktestPeriod& period,
                                     const rules::Language& language, const RangeSource& source);

}  // namespace sonde::app
