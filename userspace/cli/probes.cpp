#include "cli/probes.h"

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>

#include "base/utf8.h"
#include "cli/daemon_address.h"
#include "cli/http_client.h"
#include "cli/human.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace sonde::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<const char*, 3> kWindows{"1h", "24h", "30d"};

std::string text_of(const Json& object, const char* field) {
  const Json& value = object.at(field);
  return value.is_null() ? "" : sanitise_utf8(value.get<std::string>());
}

std::optional<double> number_of(const Json& object, const char* field) {
  const Json& value = object.at(field);
  return value.is_null() ? std::nullopt : std::optional(value.get<double>());
}

ProbeLine line_of(const Json& object) {
  ProbeLine line;
  line.name = text_of(object, "probe");
  line.kind = text_of(object, "kind");
  line.address = text_of(object, "address");
  if (!object.at("up").is_null()) line.up = object.at("up").get<bool>();
  line.since = text_of(object, "since");
  line.contradicted_by = text_of(object, "contradicted_by");
  if (const Json& last = object.at("last"); !last.is_null()) {
    line.reason = text_of(last, "reason");
    line.duration_seconds = number_of(last, "duration_seconds");
  }
  for (std::size_t i = 0; i < kWindows.size(); ++i) {
    line.uptime_ratios[i] = number_of(object.at("uptime").at(kWindows[i]), "ratio");
  }
  return line;
}

std::string state_of(const ProbeLine& line) {
  if (!line.up) return "not yet";
  return *line.up ? "up" : "DOWN";
}

/// Down, unknown, up.
int rank_of(const ProbeLine& line) {
  if (!line.up) return 1;
  return *line.up ? 2 : 0;
}

Tint tint_of(const ProbeLine& line) {
  if (line.up && !*line.up) return line.contradicted_by.empty() ? Tint::kRed : Tint::kYellow;
  return line.reason.empty() ? Tint::kNone : Tint::kYellow;
}

std::string note_on(const ProbeLine& line) {
  if (line.contradicted_by.empty()) return line.reason;
  return line.reason.empty() ? "but " + line.contradicted_by : line.reason + ", but " + line.contradicted_by;
}

std::vector<Cell> cells_of(const ProbeLine& line) {
  const auto ratio = [](const std::optional<double>& value) { return Cell{value ? human_ratio(*value) : "-"}; };
  return {Cell{line.name},
          Cell{line.kind},
          Cell{line.address},
          Cell{state_of(line), tint_of(line)},
          Cell{line.since},
          Cell{line.duration_seconds ? human_duration(*line.duration_seconds) : "-"},
          ratio(line.uptime_ratios[0]),
          ratio(line.uptime_ratios[1]),
          ratio(line.uptime_ratios[2]),
          Cell{note_on(line)}};
}

}  // namespace

Result<std::vector<ProbeLine>> parse_probes(std::string_view json) {
  try {
    const Json answer = Json::parse(json);
    std::vector<ProbeLine> lines;
    for (const Json& object : answer.at("probes")) lines.push_back(line_of(object));
    return lines;
  } catch (const Json::exception& fault) {
    return Error{Code::kBadInput, std::string("the answer makes no sense: ") + fault.what()};
  }
}

std::string render_probes(std::span<const ProbeLine> probes) {
  if (probes.empty()) return "there are no probes: the section `probes` of the configuration names them\n";
  std::vector<ProbeLine> sorted(probes.begin(), probes.end());
  std::ranges::stable_sort(sorted, {}, rank_of);
  Table table{.columns = {{"PROBE", false},
                          {"KIND", false, 4},
                          {"ADDRESS", false, 3},
                          {"STATE", false},
                          {"SINCE", false, 5},
                          {"LAST", true, 6},
                          {"1H", true, 7},
                          {"24H", true, 8},
                          {"30D", true, 2},
                          {"WHY", false}},
              .rows = {}};
  for (const ProbeLine& line : sorted) table.rows.push_back(cells_of(line));
  const auto down = std::ranges::count_if(sorted, [](const ProbeLine& line) { return rank_of(line) == 0; });
  return render_table(table, {}) + std::to_string(sorted.size()) + (sorted.size() == 1 ? " probe, " : " probes, ") +
         std::to_string(down) + " down\n";
}

Result<> run_probe_list(const ProbeListCommand& command, const AnswerStreams& streams) {
  const std::string answer = SONDE_TRY(http_get(command.address, "/api/sonde/v1/probes"));
  auto probes = parse_probes(answer);
  if (!probes) return std::move(probes).error().with("probes of " + to_text(command.address));
  if (command.output == OutputFormat::kJson) return write_all(streams.output_fd, answer + "\n");
  return write_all(streams.output_fd, render_probes(*probes));
}

}  // namespace sonde::cli
