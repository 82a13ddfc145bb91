#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cli/answers.h"
#include "cli/daemon.h"
#include "cli/types.h"

namespace sonde::cli {

/// Writes events as a table that can be gone on with: columns keep at least the widths they had.
class EventsTable {
 public:
  explicit EventsTable(bool colour) : colour_(colour) {}

  /// Time (of this host's zone), service, event and sentence, the oldest first; the first call also writes the titles.
  std::string render(std::span<const EventRow> rows);

 private:
  bool colour_;
  bool has_begun_ = false;
  std::size_t service_width_ = 0;
};

/// The same as JSON: an object with the list "events".
std::string events_as_json(std::span<const EventRow> rows);

/// Tells which events of an answer are new, though answers overlap and a restarted daemon counts from 1 again.
class EventsSeen {
 public:
  std::vector<EventRow> take_new(std::vector<EventRow> rows);

 private:
  std::set<std::pair<WallTime, std::uint64_t>> seen_;  // the newest
};

using FetchEvents = std::function<Result<std::vector<EventRow>>(const EventsQuestion&)>;

/// Asks the daemon that the command names.
FetchEvents events_of(const DaemonAddress& address);

/// Where events are written.  owner: the caller.
struct EventsStreams {
  int output_fd = 1;
  int error_fd = 2;
  std::chrono::nanoseconds interval = std::chrono::seconds{1};  ///< between two questions when following
};

/// Prints the events that the command asks for; with --follow goes on until Ctrl-C or another signal to end. An error
/// of a later `fetch` is told once, and it is tried again.
/// errors: those of the first `fetch`; of the output.  threads: one, without others that take signals.
Result<> run_events(const EventsCommand& command, const FetchEvents& fetch, const EventsStreams& streams = {});

}  // namespace sonde::cli
