#include "cli/query.h"

#include <unistd.h>

#include <chrono>
#include <string>
#include <utility>

#include "cli/expression_fault.h"
#include "cli/moment.h"
#include "cli/query_output.h"
#include "cli/terminal.h"

namespace sonde::cli {
namespace {

using std::chrono::nanoseconds;

/// Prometheus takes durations as seconds too, and so without a unit that it lacks.
std::string seconds_text(nanoseconds value) { return unix_text(WallTime{value}); }

RangeGrid grid_of(const QueryRange& range, WallTime end) { return RangeGrid{end - range.length, end, range.step}; }

/// A range up to now ends at a whole second, as its values are easier to read then.
WallTime end_of(const QueryCommand& command, WallTime now) {
  if (command.at) return resolve(*command.at, now);
  return command.range ? WallTime{std::chrono::floor<std::chrono::seconds>(now)} : now;
}

ResultView view_of(const QueryCommand& command, WallTime end, int output_fd) {
  ResultView view;
  const bool is_terminal = ::isatty(output_fd) == 1;
  view.colour = is_terminal && !command.no_color;
  // Curves and cut names are drawn with signs that only UTF-8 has.
  if (!is_terminal || !locale_is_utf8()) return view;
  view.width = terminal_size(output_fd).columns;
  if (command.range) view.curve = grid_of(*command.range, end);
  return view;
}

Result<> print_table(const QueryCommand& command, const QueryResult& result, WallTime end,
                     const AnswerStreams& streams) {
  if (!result.series.empty()) {
    return write_all(streams.output_fd, render_result(result, view_of(command, end, streams.output_fd)));
  }
  const std::string hint = hint_for_figure(command.expression);
  return write_all(streams.output_fd, "No series has a value there.\n" + (hint.empty() ? "" : hint + "\n"));
}

Result<> print(const QueryCommand& command, const PrometheusAnswer& answer, WallTime end,
               const AnswerStreams& streams) {
  if (command.output == RowsFormat::kJson) return write_all(streams.output_fd, answer.data + "\n");
  const QueryResult result = SONDE_TRY(parse_query_result(answer.data));
  if (command.output == RowsFormat::kCsv) return write_all(streams.output_fd, result_as_csv(result));
  return print_table(command, result, end, streams);
}

}  // namespace

PrometheusQuestion question_of(const QueryCommand& command, WallTime now) {
  const WallTime end = end_of(command, now);
  PrometheusQuestion question;
  question.path = command.range ? "/api/v1/query_range" : "/api/v1/query";
  question.timeout = command.timeout;
  question.fields = {{"query", command.expression}, {"timeout", seconds_text(command.timeout)}};
  if (command.range) {
    const RangeGrid grid = grid_of(*command.range, end);
    question.fields.push_back({"start", unix_text(grid.start)});
    question.fields.push_back({"end", unix_text(grid.end)});
    question.fields.push_back({"step", seconds_text(grid.step)});
  } else if (command.at) {
    question.fields.push_back({"time", unix_text(end)});
  }
  if (command.exact_buckets) question.fields.push_back({"sonde_fine_buckets", "false"});
  return question;
}

Result<> run_query(const QueryCommand& command, const Clock& clock, const AnswerStreams& streams) {
  const WallTime now = clock.now();
  auto answer = ask_prometheus(command.address, question_of(command, now));
  if (!answer) {
    Error error = std::move(answer).error();
    error.what = explain_fault(error.what, command.expression);
    if (const std::string hint = hint_for_figure(command.expression); !hint.empty()) error.what += "\n" + hint;
    return error;
  }
  SONDE_TRY(write_notes(*answer, streams));
  return print(command, *answer, end_of(command, now), streams);
}

}  // namespace sonde::cli
