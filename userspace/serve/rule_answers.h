#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "promql/types.h"
#include "rules/types.h"
#include "store/types.h"

// Rules as Sonde's own API shows them: /api/sonde/v1/rules and /api/sonde/v1/rules/explain.
namespace sonde::serve {

/// A rule and how it fares.
struct ListedRule {
  std::string group;
  std::string file;
  int line = 0;
  std::string name;
  bool is_alerting = true;
  rules::Severity severity = rules::Severity::kWarning;
  std::size_t pending = 0;
  std::size_t firing = 0;  ///< recovering ones among them
  bool evaluated = false;
  std::string last_error;
  std::vector<std::string> missing_metrics;  ///< that the expression reads and this host has not
  std::size_t held_back = 0;                 ///< now
  std::uint64_t gated = 0;                   ///< since it is known
  std::uint64_t refused = 0;                 ///< by the group's limit
  bool blind = false;
};

std::string rule_list_json(std::span<const ListedRule> rules);

/// One element of what an expression gives.
struct ExplainedElement {
  store::Labels labels;
  double value = 0;
  bool holds = true;  ///< false: it has data, and the condition does not hold
};

/// A setting that is an expression, evaluated now.
struct ExplainedSetting {
  std::string name;  ///< sonde_requires
  std::string expression;
  std::string error;
  std::optional<promql::Threshold> threshold;
  std::vector<ExplainedElement> elements;
};

/// One thing that the rule judges.
struct ExplainedInstance {
  store::Labels labels;
  std::string state;            ///< inactive, pending, firing, recovering
  std::optional<double> value;  ///< of what is compared; nothing: there are no data
  bool breaches = false;
  std::vector<std::string> says;  ///< sentences for people: why it fires or does not
  std::vector<measure::Label> annotations;
};

struct ExplainedRule {
  ListedRule rule;
  std::string expression;
  std::optional<promql::Threshold> threshold;
  std::string clear;
  std::optional<promql::Threshold> clear_threshold;
  std::chrono::nanoseconds hold{0};
  std::chrono::nanoseconds keep_firing_for{0};
  unsigned breaches = 1;
  unsigned clears = 1;
  rules::NoDataPolicy no_data = rules::NoDataPolicy::kPrometheus;
  std::vector<std::string> says;  ///< of the rule as a whole
  std::vector<ExplainedSetting> settings;
  std::vector<ExplainedInstance> instances;
  std::size_t left_out = 0;  ///< instances that are not shown
};

/// `nearest`: what an alert without rules was most likely meant to be.
std::string explanation_json(const std::string& alert, WallTime at, std::span<const ExplainedRule> rules,
                             const std::string& nearest = "");

}  // namespace sonde::serve
