#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/prometheus_answer.h"

namespace sonde::cli {

/// A rule as the daemon tells it. Texts are safe to print: of one line, without control characters.
struct RuleRow {
  std::string group;
  std::string file;
  std::uint64_t line = 0;
  std::string name;
  bool is_alerting = true;
  std::string severity;  ///< empty if it records
  std::uint64_t pending = 0;
  std::uint64_t firing = 0;
  std::string health;  ///< ok, err, unknown
  std::string last_error;
  std::vector<std::string> missing_metrics;
  std::uint64_t held_back = 0;
  std::uint64_t gated = 0;
  std::uint64_t refused = 0;
  bool blind = false;
};

struct RuleThreshold {
  bool above = true;
  bool inclusive = false;
  std::string value;
};

struct SettingElement {
  SeriesLabels labels;
  std::string value;
  bool holds = false;
};

struct SettingRow {
  std::string name;
  std::string expression;
  std::string error;
  std::vector<SettingElement> elements;
};

struct InstanceRow {
  SeriesLabels labels;
  std::string state;
  std::vector<std::string> says;
  std::vector<std::pair<std::string, std::string>> annotations;
};

struct RuleStory {
  RuleRow rule;
  std::string expression;
  std::optional<RuleThreshold> threshold;
  std::string clear;
  std::optional<RuleThreshold> clear_threshold;
  double hold_seconds = 0;
  double keep_seconds = 0;
  std::uint64_t breaches = 1;
  std::uint64_t clears = 1;
  std::string no_data;
  std::vector<std::string> says;
  std::vector<SettingRow> settings;
  std::vector<InstanceRow> instances;
  std::uint64_t left_out = 0;
};

/// Reads the answer of /api/sonde/v1/rules.  errors: kBadInput.
Result<std::vector<RuleRow>> parse_rule_list(std::string_view json);

/// Reads the answer of /api/sonde/v1/rules/explain.  errors: kBadInput.
Result<std::vector<RuleStory>> parse_explanation(std::string_view json);

/// What the same answer takes an unknown alert for; empty: nothing.
std::string parse_nearest_alert(std::string_view json);

}  // namespace sonde::cli
