#include "cli/incident_report.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

#include "cli/csv.h"
#include "cli/human.h"
#include "cli/moment.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace sonde::cli {
namespace {

std::string length_in(const AnswerJson& figures, const char* field) {
  const AnswerJson& seconds = figures.at(field);
  return seconds.is_null() ? "" : human_duration(seconds.get<double>());
}

std::string ratio_in(const AnswerJson& figures, const char* field) {
  const AnswerJson& ratio = figures.at(field);
  return ratio.is_null() ? "" : human_ratio(ratio.get<double>());
}

std::vector<Cell> figure_cells(std::string key, const AnswerJson& figures) {
  return {{std::move(key)},
          {number_in(figures, "incidents")},
          {number_in(figures, "open")},
          {number_in(figures, "acknowledged")},
          {length_in(figures, "mtta_mean_seconds")},
          {length_in(figures, "mtta_median_seconds")},
          {length_in(figures, "mttr_mean_seconds")},
          {length_in(figures, "mttr_median_seconds")},
          {number_in(figures, "reviewed")},
          {ratio_in(figures, "noise_ratio")},
          {ratio_in(figures, "brief_ratio")},
          {ratio_in(figures, "flapping_ratio")}};
}

std::string capitals(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  return text;
}

std::string incidents_text(const AnswerJson& ids) {
  std::string text;
  for (const AnswerJson& id : ids) text += (text.empty() ? "#" : ", #") + std::to_string(id.get<std::int64_t>());
  return text;
}

/// The step the hint is about: the smallest that drops all, else the longest.
const AnswerJson& step_of(const AnswerJson& hint) {
  const AnswerJson& steps = hint.at("steps");
  for (const AnswerJson& step : steps) {
    if (step.at("for") == hint.at("smallest_for")) return step;
  }
  return steps.at(steps.size() - 1);
}

/// "CpuBusy: `for: 10m` would have dropped all 6 that were noise (the longest lasted 9m00s), and of 4 actionable #7"
std::string hint_line(const AnswerJson& hint) {
  const AnswerJson& step = step_of(hint);
  const std::string noise = number_in(hint, "noise");
  const std::string length = text_in(step, "for");
  const bool drops_all = !hint.at("smallest_for").is_null();
  std::string text = text_in(hint, "rule") + ": of " + number_in(hint, "incidents") + " incidents " + noise +
                     (noise == "1" ? " was" : " were") + " noise; ";
  text += drops_all
              ? "`for: " + length + "` would have dropped " + (noise == "1" ? "it" : "all of it")
              : "not even `for: " + length + "` would have dropped all of it, but " + number_in(step, "noise_dropped");
  const std::string longest = length_in(hint, "longest_noise_seconds");
  text += longest.empty() ? " (some is not over)" : " (the longest lasted " + longest + ")";
  const std::string lost = incidents_text(step.at("actionable_lost"));
  const std::string actionable = number_in(hint, "actionable");
  return text + ", and of " + actionable + " actionable " + (lost.empty() ? "none" : lost) + "\n";
}

}  // namespace

std::string render_report(const AnswerJson& report) {
  if (report.at("total").at("incidents").get<std::int64_t>() == 0) return "no incidents\n";
  Table table;
  table.columns = {{.title = capitals(text_in(report, "by")), .align_right = false},
                   {.title = "INCIDENTS"},
                   {.title = "OPEN"},
                   {.title = "ACKED"},
                   {.title = "MTTA"},
                   {.title = "MEDIAN"},
                   {.title = "MTTR"},
                   {.title = "MEDIAN"},
                   {.title = "REVIEWED"},
                   {.title = "NOISE"},
                   {.title = "BRIEF"},
                   {.title = "FLAPPING"}};
  for (const AnswerJson& group : report.at("groups")) {
    const std::string key = text_in(group, "key");
    table.rows.push_back(figure_cells(key.empty() ? "-" : key, group));
  }
  table.rows.push_back(figure_cells("(all)", report.at("total")));
  std::string text = render_table(table, TableStyle{});
  if (!report.at("hints").empty()) text += "\n";
  for (const AnswerJson& hint : report.at("hints")) text += hint_line(hint);
  return text;
}

std::string report_as_csv(const AnswerJson& report) {
  std::vector<std::string> names{text_in(report, "by")};
  for (const auto& [name, value] : report.at("total").items()) names.push_back(name);
  std::string text = csv_line(names);
  for (const AnswerJson& group : report.at("groups")) {
    std::vector<std::string> fields{text_in(group, "key")};
    for (const auto& [name, value] : report.at("total").items()) {
      const AnswerJson& figure = group.at(name);
      fields.push_back(figure.is_null() ? "" : figure.dump());
    }
    text += csv_line(fields);
  }
  return text;
}

Result<> run_incident_report(const IncidentReportCommand& command, WallTime now, const AnswerStreams& streams) {
  const std::string path = "/api/sonde/v1/reports/incidents?from=" + percent_encoded(utc_text(now - command.since)) +
                           "&to=" + percent_encoded(utc_text(now)) + "&by=" + percent_encoded(command.by) +
                           "&zone=" + percent_encoded(command.zone);
  const std::string answer = SONDE_TRY(ask_alerting(command.address, {.method = "GET", .path_and_query = path}));
  switch (command.output) {
    case RowsFormat::kJson:
      return write_all(streams.output_fd, SONDE_TRY(indented(answer)));
    case RowsFormat::kCsv:
      return write_all(streams.output_fd, SONDE_TRY(put_into_words(answer, report_as_csv)));
    case RowsFormat::kTable:
      return write_all(streams.output_fd, SONDE_TRY(put_into_words(answer, render_report)));
  }
  std::abort();
}

}  // namespace sonde::cli
