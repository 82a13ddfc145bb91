#pragma once

#include <functional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "cli/answers.h"
#include "cli/types.h"

namespace sonde::cli {

/// What one refresh of `sonde top` shows.
struct TopData {
  std::vector<TopRow> rows;
  DaemonSensors sensors;
};

using FetchTop = std::function<Result<TopData>()>;

/// Asks the daemon that the command names.  errors: those of fetch_services, select_service and fetch_sensors.
Result<TopData> fetch_top(const TopCommand& command);

/// The two ends of the user's terminal.  owner: the caller.
struct TopStreams {
  int input_fd = 0;
  int output_fd = 1;
};

/// Shows the services again and again until q, Ctrl-C or a signal; shows them once if asked to, as JSON or CSV, or if
/// either stream is no terminal. An error of a later `fetch` is shown on the screen, and tried again.
/// errors: those of the first `fetch`; of the terminal.  threads: one, without others that take signals.
Result<> run_top(const TopCommand& command, const FetchTop& fetch, const Clock& clock, const TopStreams& streams = {});

}  // namespace sonde::cli
