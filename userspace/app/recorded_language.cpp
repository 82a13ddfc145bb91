#include "app/recorded_language.h"

namespace sonde::app {

Expected<promql::QueryResult, promql::QueryError> RecordedLanguage::query(const std::string& expression,
                                                                          std::int64_t at_ms) const {
  auto found = recordings_.find(expression);
  if (found == recordings_.end()) found = recordings_.emplace(expression, fetch(expression)).first;
  const Recording& recording = found->second;
  if (recording.error) return *recording.error;
  promql::QueryResult result;
  result.value.type = promql::ValueType::kVector;
  const std::int64_t since_ms = at_ms - grid_.start_ms;
  const auto step = static_cast<std::size_t>(since_ms / grid_.step_ms);
  if (since_ms < 0 || since_ms % grid_.step_ms != 0 || step >= recording.steps.size()) return result;
  for (const auto& [series, value] : recording.steps[step]) {
    result.value.series.push_back({recording.labels[series], {{at_ms, value}}});
  }
  return result;
}

RecordedLanguage::Recording RecordedLanguage::fetch(const std::string& expression) const {
  Recording recording;
  auto series = source_.range(expression, grid_);
  if (!series) {
    recording.error = std::move(series).error();
    return recording;
  }
  recording.steps.resize(static_cast<std::size_t>((grid_.end_ms - grid_.start_ms) / grid_.step_ms) + 1);
  for (const promql::ResultSeries& each : *series) {
    for (const store::Sample& sample : each.samples) {
      const std::int64_t step = (sample.at_ms - grid_.start_ms) / grid_.step_ms;
      if (step < 0 || static_cast<std::size_t>(step) >= recording.steps.size()) continue;
      recording.steps[static_cast<std::size_t>(step)].emplace_back(recording.labels.size(), sample.value);
    }
    recording.labels.push_back(each.labels);
  }
  return recording;
}

}  // namespace sonde::app
