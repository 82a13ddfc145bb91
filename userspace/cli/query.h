#pragma once

#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "cli/daemon.h"
#include "cli/notes.h"
#include "cli/types.h"

namespace sonde::cli {

/// What the daemon is asked for the command, as of `now`. An instant without a time leaves it to the daemon's clock.
PrometheusQuestion question_of(const QueryCommand& command, WallTime now);

/// Asks the daemon to evaluate the expression, and prints what it answers.
/// errors: those of ask_prometheus, with the place in the expression that is meant; of the streams.
Result<> run_query(const QueryCommand& command, const Clock& clock, const AnswerStreams& streams = {});

}  // namespace sonde::cli
