#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "cli/alert_answers.h"
#include "cli/notes.h"
#include "cli/types.h"

namespace sonde::cli {

/// A line for each group of an answer of /api/sonde/v1/reports/incidents and one for all, then what noisy rules could
/// do.  errors: of both: throws what JSON does.
std::string render_report(const AnswerJson& report);

/// A record for each group, under one of names.  shape: RFC 4180; lengths in seconds, empty where there is none.
std::string report_as_csv(const AnswerJson& report);

/// Asks the daemon for the time up to `now`, and prints what it answers.  errors: of ask_alerting and of the stream.
Result<> run_incident_report(const IncidentReportCommand& command, WallTime now, const AnswerStreams& streams = {});

}  // namespace sonde::cli
