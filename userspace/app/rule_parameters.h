#pragma once

#include <string>

#include "rules/types.h"

namespace sonde::app {

/// What of the built-in rules can be set, and how the options set it: a table for people.
std::string parameters_as_table(const rules::RuleOptions& options);

/// The same as a list of objects.
std::string parameters_as_json(const rules::RuleOptions& options);

/// docs/rule-parameters.md, if the options say nothing.
std::string parameters_as_markdown(const rules::RuleOptions& options);

}  // namespace sonde::app
