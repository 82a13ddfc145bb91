#include <cstdlib>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/go_number.h"
#include "promql/engine.h"
#include "promql/matching_labels.h"
#include "promql/series_notation.h"
#include "support/memory_series.h"

namespace {

using nlohmann::json;
using sonde::promql::QueryRequest;
using sonde::store::Sample;

/// Reads `name{label="value"} VALUE SECONDS` lines, as promtool backfills them.
sonde::Result<sonde::test::MemorySeries> read_series(const std::string& path) {
  const std::string text = SONDE_TRY(sonde::read_file(path));
  std::map<std::string, std::pair<sonde::store::Labels, std::vector<Sample>>> known;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    sonde::promql::SeriesLine series = SONDE_TRY(sonde::promql::parse_series_line(line));
    if (series.points.size() != 2) return sonde::Error{sonde::Code::kBadInput, "no value and time: " + line};
    auto& [labels, samples] = known[sonde::promql::to_text(series.labels)];
    labels = std::move(series.labels);
    samples.push_back(Sample{static_cast<std::int64_t>(series.points[1].value * 1000), series.points[0].value});
  }
  sonde::test::MemorySeries all;
  for (auto& [text_of_labels, series] : known) all.add(std::move(series.first), series.second);
  return all;
}

json answer_of(const sonde::promql::Engine& engine, const QueryRequest& request) {
  const auto answer = engine.run(request);
  if (!answer) return json{{"error", answer.error().what}};
  json series = json::array();
  for (const auto& each : answer->value.series) {
    json labels = json::object();
    for (const auto& label : *each.labels) labels[label.name] = label.value;
    json samples = json::array();
    for (const Sample& sample : each.samples) samples.push_back({sample.at_ms, sonde::format_number(sample.value)});
    series.push_back({{"labels", labels}, {"samples", samples}});
  }
  return json{{"series", series}};
}

}  // namespace

/// promql_eval SERIES_FILE: answers the queries on its input, `START_MS END_MS STEP_MS EXPRESSION` a line with step 0
/// for instant ones, each with one line of JSON.
int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: promql_eval SERIES_FILE < QUERIES\n";
    return EXIT_FAILURE;
  }
  const auto series = read_series(argv[1]);
  if (!series) {
    std::cerr << argv[1] << ": " << series.error().what << "\n";
    return EXIT_FAILURE;
  }
  const sonde::SystemClock clock;
  const sonde::promql::Engine engine(sonde::promql::EngineOptions{}, *series, clock);
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    QueryRequest request;
    words >> request.start_ms >> request.end_ms >> request.step_ms >> std::ws;
    std::getline(words, request.expression);
    std::cout << answer_of(engine, request).dump() << "\n";
  }
  return EXIT_SUCCESS;
}
