#include "cli/top_loop.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cli/daemon.h"
#include "cli/services.h"
#include "cli/signal_watch.h"
#include "cli/terminal.h"
#include "cli/top.h"

namespace sonde::cli {
namespace {

enum class Wake : std::uint8_t { kRefresh, kRedraw, kQuit };

std::string clock_text(WallTime now) {
  const std::time_t seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  std::tm local{};
  std::array<char, 16> text{};
  if (::localtime_r(&seconds, &local) == nullptr) return "";
  return std::string(text.data(), std::strftime(text.data(), text.size(), "%H:%M:%S", &local));
}

TopView view_of(const TopCommand& command, const TopData& data, WallTime now) {
  TopView view;
  view.count = command.count;
  view.sort = command.sort;
  view.window = command.window;
  view.address = command.address;
  view.clock = clock_text(now);
  view.sensors = data.sensors;
  return view;
}

/// The rows that the table would show, for programs.
std::vector<TopRow> shown_rows(const TopCommand& command, const TopData& data) {
  std::vector<TopRow> rows = sort_rows(data.rows, command.sort);
  rows.resize(std::min(rows.size(), command.count));
  return rows;
}

Result<> show_table(const TopCommand& command, const TopData& data, WallTime now, int output_fd) {
  TopView view = view_of(command, data, now);
  const bool on_terminal = ::isatty(output_fd) == 1;
  view.colour = on_terminal && !command.no_color;
  view.width = on_terminal ? terminal_size(output_fd).columns : 0;
  return write_all(output_fd, render_top(data.rows, view));
}

Result<> show_once(const TopCommand& command, const TopData& data, WallTime now, int output_fd) {
  switch (command.output) {
    case RowsFormat::kTable:
      return show_table(command, data, now, output_fd);
    case RowsFormat::kJson:
      return write_all(output_fd, services_as_json(shown_rows(command, data), command.window));
    case RowsFormat::kCsv:
      return write_all(output_fd, services_as_csv(shown_rows(command, data)));
  }
  return Ok{};
}

Result<> draw(TerminalScreen& screen, const TopView& wanted, std::span<const TopRow> rows, int output_fd) {
  const TerminalSize size = terminal_size(output_fd);
  // Header, state, a possible notice, an empty line, the titles and "and N more" need their room too.
  constexpr std::size_t kOtherLines = 6;
  TopView view = wanted;
  view.width = size.columns;
  view.count = std::min(view.count, std::max(size.rows, kOtherLines + 1) - kOtherLines);
  return screen.draw(render_top(rows, view));
}

Wake read_key(int input_fd) {
  char key = 0;
  const ssize_t length = ::read(input_fd, &key, 1);
  // The end of the input means that the terminal is gone.
  if (length == 0 || (length < 0 && errno != EINTR && errno != EAGAIN)) return Wake::kQuit;
  return length == 1 && (key == 'q' || key == 'Q') ? Wake::kQuit : Wake::kRedraw;
}

/// Waits for a key, a signal or the time of the next refresh, whichever comes first.
Wake wait_for(int input_fd, SignalWatch& signals, std::chrono::steady_clock::time_point refresh_at) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(refresh_at - std::chrono::steady_clock::now()).count();
  std::array<pollfd, 2> ready{pollfd{input_fd, POLLIN, 0}, pollfd{signals.fd(), POLLIN, 0}};
  constexpr std::int64_t kLongestMs = 3'600'000;
  const int count = ::poll(ready.data(), ready.size(), static_cast<int>(std::clamp<std::int64_t>(left, 0, kLongestMs)));
  if (count == 0) return std::chrono::steady_clock::now() >= refresh_at ? Wake::kRefresh : Wake::kRedraw;
  if (count < 0) return errno == EINTR ? Wake::kRedraw : Wake::kQuit;
  if (ready[1].revents != 0) {
    const std::optional<int> signal = signals.take();
    return !signal || *signal == SIGWINCH ? Wake::kRedraw : Wake::kQuit;
  }
  return read_key(input_fd);
}

bool is_interactive(const TopCommand& command, const TopStreams& streams) {
  if (command.once || command.output != RowsFormat::kTable) return false;
  if (::isatty(streams.input_fd) != 1 || ::isatty(streams.output_fd) != 1) return false;
  const char* kind = std::getenv("TERM");
  return kind != nullptr && std::string_view(kind) != "dumb" && *kind != '\0';
}

}  // namespace

Result<TopData> fetch_top(const TopCommand& command) {
  TopData data;
  const std::vector<TopRow> rows = SONDE_TRY(fetch_services(command.address, command.window));
  data.rows = SONDE_TRY(select_service(rows, command.service));
  data.sensors = SONDE_TRY(fetch_sensors(command.address));
  return data;
}

Result<> run_top(const TopCommand& command, const FetchTop& fetch, const Clock& clock, const TopStreams& streams) {
  TopData data = SONDE_TRY(fetch());
  if (!is_interactive(command, streams)) return show_once(command, data, clock.now(), streams.output_fd);
  SignalWatch signals = SONDE_TRY(SignalWatch::create());
  TerminalScreen screen = SONDE_TRY(TerminalScreen::open(streams.input_fd, streams.output_fd));
  TopView view = view_of(command, data, clock.now());
  view.colour = !command.no_color;
  Wake wake = Wake::kRedraw;
  auto refresh_at = std::chrono::steady_clock::now() + command.interval;
  while (wake != Wake::kQuit) {
    if (wake == Wake::kRefresh) {
      Result<TopData> fresh = fetch();
      view.notice = fresh ? "" : "not refreshed: " + fresh.error().what;
      if (fresh) data = *std::move(fresh);
      if (view.notice.empty()) view.clock = clock_text(clock.now());
      view.sensors = data.sensors;
      refresh_at = std::chrono::steady_clock::now() + command.interval;
    }
    SONDE_TRY(draw(screen, view, data.rows, streams.output_fd));
    wake = wait_for(streams.input_fd, signals, refresh_at);
  }
  return Ok{};
}

}  // namespace sonde::cli
