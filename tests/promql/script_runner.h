#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "promql/engine.h"
#include "promql/script.h"
#include "promql/skip_list.h"
#include "support/memory_series.h"

namespace sonde::test {

enum class CaseOutcome : std::uint8_t { kPassed, kFailed, kSkipped };

/// What became of one eval command.
struct CaseReport {
  std::size_t line = 0;
  std::string expression;
  CaseOutcome outcome = CaseOutcome::kPassed;
  std::string text;  ///< what is wrong, or why it was skipped
};

/// Of a file.
struct ScriptReport {
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  std::vector<CaseReport> notes;          ///< all cases that did not pass
  std::vector<std::string> broken_lines;  ///< "12: ...": commands other than eval that make no sense
};

/// Runs the commands of one script, as promql/promqltest does: each instant query also in a range around its time, and
/// with its time fixed by `@` at other times.
ScriptReport run_script(const std::vector<Command>& commands, const SkipList& skips);

}  // namespace sonde::test
