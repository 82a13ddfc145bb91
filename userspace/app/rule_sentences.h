#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alerts/types.h"
#include "promql/types.h"
#include "rules/types.h"

// How it is told to people why an alert fires or does not.
namespace sonde::app {

/// To six digits, whole numbers in full: `0.4`, `1`, `NaN`.
std::string shown_number(double value);

/// "0.4 is not above 1", "2 is above 1".
std::string compare(double value, const promql::Threshold& threshold);

/// What an evaluation says of an instance, sentence by sentence.
std::vector<std::string> tell_finding(const rules::Rule& rule, const rules::Finding& finding);

/// Where an instance stands, as of the rule's last evaluation at `evaluated_at`.
std::vector<std::string> tell_instance(const rules::Rule& rule, const alerts::Instance& instance,
                                       const alerts::Moment& evaluated_at);

/// What people hear of the problem that the instance belongs to.
std::vector<std::string> tell_problem(const alerts::Problem& problem);

}  // namespace sonde::app
