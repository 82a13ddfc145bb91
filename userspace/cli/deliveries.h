#pragma once

#include <string>

#include "base/result.h"
#include "cli/alert_answers.h"
#include "cli/notes.h"
#include "cli/types.h"

namespace sonde::cli {

/// A line for each message of an answer of /api/sonde/v1/deliveries.  errors: throws what JSON does.
std::string render_deliveries(const AnswerJson& answer, bool colour);

/// Each asks the daemon and prints what it answers.  errors: of ask_alerting and of the stream.
Result<> run_deliveries_list(const DeliveriesListCommand& command, const AnswerStreams& streams = {});
Result<> run_deliveries_retry(const DeliveriesRetryCommand& command, const AnswerStreams& streams = {});

}  // namespace sonde::cli
