#include "cli/events.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "base/quantity.h"
#include "cli/human.h"
#include "cli/moment.h"
#include "cli/signal_watch.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace sonde::cli {
namespace {

using Json = nlohmann::ordered_json;
using SteadyTime = std::chrono::steady_clock::time_point;

/// Answers overlap by so much, since the daemon's sensors tell of their events at different times.
constexpr std::chrono::nanoseconds kOverlap = std::chrono::minutes{1};
constexpr std::size_t kMostPerAnswer = 1'000;
constexpr std::size_t kRemembered = 20'000;  // twice what a daemon gives at once

/// The longest name of an event, so that later ones do not stand further right.
constexpr std::size_t kEventWidth = std::string_view("filesystem_read_only").size();

struct TintOfEvent {
  std::string_view event;
  Tint tint;
};
constexpr std::array kTints{TintOfEvent{"process_killed", Tint::kYellow}, TintOfEvent{"crash_loop", Tint::kRed},
                            TintOfEvent{"oom_kill", Tint::kRed}, TintOfEvent{"filesystem_read_only", Tint::kRed},
                            TintOfEvent{"listener_gone", Tint::kYellow}};

Tint tint_of(std::string_view event) {
  const auto row =
      std::find_if(kTints.begin(), kTints.end(), [event](const TintOfEvent& tint) { return tint.event == event; });
  return row == kTints.end() ? Tint::kNone : row->tint;
}

Json json_of(const EventRow& row) {
  return Json{{"id", row.id},           {"at", row.moment}, {"event", row.event},
              {"service", row.service}, {"pid", row.pid},   {"what", row.what}};
}

/// Writes what comes when following: further rows of the table, or one JSON object on each line.
class EventsPrinter {
 public:
  EventsPrinter(const EventsCommand& command, const EventsStreams& streams)
      : output_(command.output), fd_(streams.output_fd), table_(!command.no_color && ::isatty(fd_) == 1) {}

  Result<> print(std::span<const EventRow> rows) {
    if (output_ == OutputFormat::kTable) return write_all(fd_, table_.render(rows));
    std::string lines;
    for (const EventRow& row : rows) lines += json_of(row).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    return write_all(fd_, lines);
  }

 private:
  OutputFormat output_;
  int fd_;
  EventsTable table_;
};

/// True if a signal to end came before the time.
bool ends_before(SignalWatch& signals, SteadyTime until) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    if (left <= 0) return false;
    pollfd ready{signals.fd(), POLLIN, 0};
    const int count = ::poll(&ready, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
    if (count < 0 && errno != EINTR) return true;
    if (count <= 0) continue;
    const std::optional<int> signal = signals.take();
    if (signal && *signal != SIGWINCH) return true;
  }
}

Result<> follow(const EventsCommand& command, const FetchEvents& fetch, const EventsStreams& streams,
                std::vector<EventRow> first) {
  SignalWatch signals = SONDE_TRY(SignalWatch::create());
  EventsPrinter printer(command, streams);
  EventsSeen seen;
  std::vector<EventRow> rows = seen.take_new(std::move(first));
  const std::size_t most = std::min(rows.size(), command.limit);
  SONDE_TRY(printer.print(std::span(rows).last(most)));
  EventsQuestion question{.service = command.service, .limit = std::max(command.limit, kMostPerAnswer)};
  bool is_away = false;
  auto asked_at = std::chrono::steady_clock::now();
  while (!ends_before(signals, std::chrono::steady_clock::now() + streams.interval)) {
    const auto now = std::chrono::steady_clock::now();
    question.since = std::min(command.since, kOverlap) + std::chrono::ceil<std::chrono::milliseconds>(now - asked_at);
    auto fresh = fetch(question);
    if (!fresh) {
      if (!is_away) SONDE_TRY(write_all(streams.error_fd, "sonde: waiting: " + fresh.error().what + "\n"));
      is_away = true;
      continue;
    }
    is_away = false;
    asked_at = now;
    rows = seen.take_new(*std::move(fresh));
    if (!rows.empty()) SONDE_TRY(printer.print(rows));
  }
  return Ok{};
}

}  // namespace

std::string EventsTable::render(std::span<const EventRow> rows) {
  for (const EventRow& row : rows) service_width_ = std::max(service_width_, display_width(row.service));
  Table table;
  table.columns = {Column{.title = "TIME", .align_right = false},
                   Column{.title = "SERVICE", .align_right = false, .least_width = service_width_},
                   Column{.title = "EVENT", .align_right = false, .least_width = kEventWidth},
                   Column{.title = "WHAT", .align_right = false}};
  for (const EventRow& row : rows) {
    const std::string service = row.service.empty() ? "-" : row.service;
    table.rows.push_back(
        {Cell{local_text(row.at)}, Cell{service}, Cell{row.event, tint_of(row.event)}, Cell{row.what}});
  }
  const bool titles = !has_begun_;
  has_begun_ = true;
  return render_table(table, TableStyle{.width = 0, .colour = colour_, .titles = titles});
}

std::string events_as_json(std::span<const EventRow> rows) {
  Json events = Json::array();
  for (const EventRow& row : rows) events.push_back(json_of(row));
  return Json{{"events", std::move(events)}}.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::vector<EventRow> EventsSeen::take_new(std::vector<EventRow> rows) {
  std::erase_if(rows, [this](const EventRow& row) { return !seen_.emplace(row.at, row.id).second; });
  while (seen_.size() > kRemembered) seen_.erase(seen_.begin());
  return rows;
}

FetchEvents events_of(const DaemonAddress& address) {
  return [address](const EventsQuestion& question) { return fetch_events(address, question); };
}

Result<> run_events(const EventsCommand& command, const FetchEvents& fetch, const EventsStreams& streams) {
  EventsQuestion question{.since = command.since, .service = command.service, .limit = command.limit};
  // What is followed must know what is already there, also what is not printed.
  if (command.follow) question.limit = std::max(question.limit, kMostPerAnswer);
  std::vector<EventRow> rows = SONDE_TRY(fetch(question));
  if (command.follow) return follow(command, fetch, streams, std::move(rows));
  if (command.output == OutputFormat::kJson) return write_all(streams.output_fd, events_as_json(rows));
  if (rows.empty()) {
    return write_all(streams.output_fd, "Nothing happened in the last " + format_duration(command.since) + ".\n");
  }
  EventsTable table(!command.no_color && ::isatty(streams.output_fd) == 1);
  return write_all(streams.output_fd, table.render(rows));
}

}  // namespace sonde::cli
