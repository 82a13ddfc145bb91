#pragma once

#include <re2/re2.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "promql/series_notation.h"

namespace sonde::test {

using promql::Point;
using promql::PointKind;
using promql::SeriesLine;

/// `load 5m` or `load_with_nhcb 5m` with its series.
struct LoadCommand {
  std::int64_t step_ms = 0;
  bool with_native_histograms = false;  ///< classic histograms are loaded as native ones, too
  std::vector<SeriesLine> series;
  std::vector<store::Labels> with_start_times;  ///< series that a line `metric@st ...` gives start times
};

/// A text that is expected, or a pattern of it; neither: anything.
struct TextPattern {
  std::optional<std::string> message;
  std::shared_ptr<const RE2> regex;

  [[nodiscard]] bool matches(const std::string& text) const;
};

/// `eval instant ...` or `eval range ...` with what is expected.
struct EvalCommand {
  std::string expression;
  std::int64_t start_ms = 0;  ///< of an instant query: its time
  std::int64_t end_ms = 0;
  std::int64_t step_ms = 0;  ///< 0: instant

  bool ordered = false;
  bool fails = false;
  bool no_warnings = false;
  bool no_infos = false;
  std::vector<TextPattern> failures;
  std::vector<TextPattern> warnings;
  std::vector<TextPattern> infos;

  std::optional<double> scalar;
  std::optional<std::string> text;
  std::vector<SeriesLine> series;
  bool is_range_vector = false;  ///< of an instant query: what range_* say
  std::int64_t range_start_ms = 0;
  std::int64_t range_step_ms = 0;
  std::string lines;  ///< all of the command, as it stands in the file
};

enum class CommandKind : std::uint8_t { kClear, kLoad, kEval, kBroken };

/// One command of a test script.
struct Command {
  CommandKind kind = CommandKind::kClear;
  std::size_t line = 0;  ///< counted from 1
  LoadCommand load;
  EvalCommand eval;       ///< kBroken: `lines` if it was an eval
  std::string error;      ///< kBroken
  bool was_eval = false;  ///< kBroken
};

/// Reads a script as promql/promqltest/test.go does. What makes no sense becomes a command of the kind kBroken.
std::vector<Command> parse_script(std::string_view text);

}  // namespace sonde::test
