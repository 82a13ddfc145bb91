#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "cli/daemon.h"
#include "cli/notes.h"
#include "cli/types.h"

namespace sonde::cli {

/// What the daemon is asked for the command, as of `now`.
PrometheusQuestion question_of(const SeriesCommand& command, WallTime now);

/// The series, ordered by name and labels: one on each line and how many there are, or as a JSON list.
std::string render_series(std::vector<SeriesLabels> series, const SeriesCommand& command);

/// The names of their labels and how many values each has: as a table, or as a JSON object.
std::string render_labels(const std::vector<SeriesLabels>& series, const SeriesCommand& command);

/// Asks the daemon for the series that the command selects, and prints them.
/// errors: those of ask_prometheus and parse_series; of the streams.
Result<> run_series(const SeriesCommand& command, const Clock& clock, const AnswerStreams& streams = {});

}  // namespace sonde::cli
