#include "cli/series.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "base/quantity.h"
#include "cli/expression_fault.h"
#include "cli/moment.h"
#include "cli/series_text.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace sonde::cli {
namespace {

using Json = nlohmann::ordered_json;
using LabelCounts = std::map<std::string, std::size_t>;

LabelCounts count_labels(const std::vector<SeriesLabels>& series) {
  std::map<std::string, std::set<std::string>> values;
  for (const SeriesLabels& labels : series) {
    for (const auto& [name, value] : labels) values[name].insert(value);
  }
  LabelCounts counts;
  for (const auto& [name, found] : values) counts[name] = found.size();
  return counts;
}

/// `3 series in the last 1h`, `2 of 3 series in the last 1h`
std::string closing_line(std::size_t shown, std::size_t found, const SeriesCommand& command) {
  const std::string of = shown < found ? std::to_string(shown) + " of " : "";
  return of + std::to_string(found) + " series in the last " + format_duration(command.since) + "\n";
}

}  // namespace

PrometheusQuestion question_of(const SeriesCommand& command, WallTime now) {
  PrometheusQuestion question;
  question.path = "/api/v1/series";
  for (const std::string& match : command.matches) question.fields.push_back({"match[]", match});
  question.fields.push_back({"start", unix_text(now - command.since)});
  question.fields.push_back({"end", unix_text(now)});
  return question;
}

std::string render_series(std::vector<SeriesLabels> series, const SeriesCommand& command) {
  std::sort(series.begin(), series.end());
  const std::size_t shown = std::min(series.size(), command.count.value_or(series.size()));
  const std::span<const SeriesLabels> first(series.data(), shown);
  if (command.output == OutputFormat::kJson) {
    Json list = Json::array();
    for (const SeriesLabels& labels : first) list.push_back(labels);
    return list.dump(2) + "\n";
  }
  std::string text;
  for (const SeriesLabels& labels : first) text += series_text(labels) + "\n";
  return text + closing_line(shown, series.size(), command);
}

std::string render_labels(const std::vector<SeriesLabels>& series, const SeriesCommand& command) {
  const LabelCounts counts = count_labels(series);
  if (command.output == OutputFormat::kJson) return Json(counts).dump(2) + "\n";
  Table table;
  table.columns = {Column{"LABEL", false}, Column{"VALUES"}};
  for (const auto& [name, count] : counts) {
    table.rows.push_back({Cell{label_name_text(name)}, Cell{std::to_string(count)}});
  }
  return (counts.empty() ? "" : render_table(table, TableStyle{})) +
         closing_line(series.size(), series.size(), command);
}

Result<> run_series(const SeriesCommand& command, const Clock& clock, const AnswerStreams& streams) {
  auto answer = ask_prometheus(command.address, question_of(command, clock.now()));
  if (!answer) {
    Error error = std::move(answer).error();
    // Which of several selectors is meant, the daemon does not say.
    if (command.matches.size() == 1) error.what = explain_fault(error.what, command.matches.front());
    return error;
  }
  SONDE_TRY(write_notes(*answer, streams));
  std::vector<SeriesLabels> series = SONDE_TRY(parse_series(answer->data));
  return write_all(streams.output_fd,
                   command.labels ? render_labels(series, command) : render_series(std::move(series), command));
}

}  // namespace sonde::cli
