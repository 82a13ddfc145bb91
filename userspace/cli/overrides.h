#pragma once

#include <string>

#include "base/result.h"
#include "cli/alert_answers.h"
#include "cli/notes.h"
#include "cli/types.h"

namespace sonde::cli {

/// A line for each override of an answer of /api/sonde/v1/oncall/changes; those of one schedule, unless it is empty.
/// errors: throws what JSON does.
std::string render_overrides(const AnswerJson& answer, const std::string& schedule);

/// Has somebody stand in, lists who does, or takes it back, and prints what the daemon answers.
/// errors: of ask_alerting and of the stream.
Result<> run_oncall_override(const OncallOverrideCommand& command, const AnswerStreams& streams = {});

}  // namespace sonde::cli
