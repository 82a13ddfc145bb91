#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "cli/notes.h"
#include "cli/rule_answers.h"
#include "cli/types.h"

namespace sonde::cli {

/// A line for each rule, and how many there are.
std::string render_rule_list(std::span<const RuleRow> rules);

/// Why the alert fires or does not, for people.
std::string render_explanation(std::span<const RuleStory> rules);

/// Asks the daemon and prints its rules.  errors: of http_get, parse_rule_list and the streams.
Result<> run_rules_list(const RulesListCommand& command, const AnswerStreams& streams = {});

/// Asks the daemon and prints what it says of an alert.  errors: of http_get, parse_explanation and the streams.
Result<> run_rules_explain(const RulesExplainCommand& command, const AnswerStreams& streams = {});

}  // namespace sonde::cli
