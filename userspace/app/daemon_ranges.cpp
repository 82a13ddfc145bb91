#include "app/daemon_ranges.h"

#include <algorithm>
#include <chrono>

#include "cli/daemon.h"
#include "cli/moment.h"
#include "cli/prometheus_answer.h"

namespace sonde::app {
namespace {

/// Prometheus' API gives 11,000 at once (web/api/v1/api.go, queryRange).
constexpr std::int64_t kMostSteps = 10'000;

std::string seconds_text(std::int64_t ms) { return cli::unix_text(WallTime{std::chrono::milliseconds{ms}}); }

std::shared_ptr<const store::Labels> labels_of(const cli::SeriesLabels& given) {
  store::Labels labels;
  for (const auto& [name, value] : given) labels.push_back({name, value});
  return std::make_shared<const store::Labels>(std::move(labels));
}

void take(const cli::QueryResult& result, std::map<cli::SeriesLabels, promql::ResultSeries>& all) {
  for (const cli::ResultSeries& series : result.series) {
    promql::ResultSeries& own = all[series.labels];
    if (own.labels == nullptr) own.labels = labels_of(series.labels);
    for (const cli::Sample& sample : series.samples) {
      const auto since_epoch = sample.at.time_since_epoch();
      own.samples.push_back({std::chrono::round<std::chrono::milliseconds>(since_epoch).count(), sample.value});
    }
  }
}

}  // namespace

Expected<std::vector<promql::ResultSeries>, promql::QueryError> DaemonRanges::range(const std::string& expression,
                                                                                    const EvaluationGrid& grid) const {
  std::map<cli::SeriesLabels, promql::ResultSeries> all;
  for (std::int64_t start_ms = grid.start_ms; start_ms <= grid.end_ms; start_ms += kMostSteps * grid.step_ms) {
    const std::int64_t end_ms = std::min(grid.end_ms, start_ms + (kMostSteps - 1) * grid.step_ms);
    cli::PrometheusQuestion question;
    question.path = "/api/v1/query_range";
    question.fields = {{"query", expression},
                       {"start", seconds_text(start_ms)},
                       {"end", seconds_text(end_ms)},
                       {"step", seconds_text(grid.step_ms)}};
    const auto answer = cli::ask_prometheus(address_, question);
    if (!answer) return promql::QueryError{promql::QueryErrorKind::kExecution, answer.error().what};
    const auto result = cli::parse_query_result(answer->data);
    if (!result) return promql::QueryError{promql::QueryErrorKind::kExecution, result.error().what};
    take(*result, all);
  }
  std::vector<promql::ResultSeries> series;
  for (auto& [labels, each] : all) series.push_back(std::move(each));
  return series;
}

}  // namespace sonde::app
