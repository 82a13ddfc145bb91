#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "measure/types.h"
#include "promql/series_notation.h"
#include "rules/types.h"
#include "store/types.h"

namespace sonde::app {

/// shape: by name.
struct ExpectedAlert {
  std::vector<measure::Label> labels;  ///< with alertname
  std::vector<measure::Label> annotations;
};

/// Which alerts of one name fire at a moment.
struct AlertCheck {
  std::chrono::nanoseconds at{0};
  std::string alert;
  std::vector<ExpectedAlert> expected;
};

struct ExpectedSample {
  store::Labels labels;
  double value = 0;
};

/// What an expression gives at a moment.
struct ExpressionCheck {
  std::chrono::nanoseconds at{0};
  std::string expression;
  std::vector<ExpectedSample> expected;
};

/// A story of series, and what is to be true of it.
struct RuleTest {
  std::string name;  ///< may be empty
  int line = 0;
  std::chrono::nanoseconds interval{0};  ///< between two points of a series
  std::vector<promql::SeriesLine> series;
  std::vector<AlertCheck> alerts;
  std::vector<ExpressionCheck> expressions;
  std::vector<measure::Label> external_labels;
  std::string external_url;
};

/// A file of unit tests in promtool's format (cmd/promtool/unittest.go of Prometheus).
struct RuleTestFile {
  std::vector<std::string> rule_files;  ///< as written: relative to the file, with wildcards
  std::chrono::nanoseconds evaluation_interval = std::chrono::minutes{1};
  std::vector<std::string> group_order;
  bool fuzzy_compare = false;  ///< values that differ in the last bit are equal
  std::vector<RuleTest> tests;
  std::vector<rules::RuleFault> faults;  ///< in the file's order; not empty: it must not be run
};

/// `file` is what faults call it.
RuleTestFile read_rule_test_file(std::string_view text, const std::string& file);

}  // namespace sonde::app
