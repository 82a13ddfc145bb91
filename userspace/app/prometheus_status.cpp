#include "app/prometheus_status.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>

#include "app/host_name.h"
#include "app/version.h"
#include "serve/prometheus_status.h"

namespace sonde::app {
namespace {

std::size_t thread_count() {
  std::error_code failed;
  const std::filesystem::directory_iterator threads("/proc/self/task", failed);
  return failed ? 0 : static_cast<std::size_t>(std::distance(begin(threads), end(threads)));
}

using Counts = std::unordered_map<std::string, std::uint64_t>;

/// The largest first; the same size by name.
std::vector<serve::Cardinality> largest(const Counts& counts, std::size_t limit) {
  std::vector<serve::Cardinality> all;
  all.reserve(counts.size());
  for (const auto& [name, count] : counts) all.push_back({name, count});
  const std::size_t kept = std::min(limit, all.size());
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept), all.end(),
                    [](const serve::Cardinality& left, const serve::Cardinality& right) {
                      return left.count != right.count ? left.count > right.count : left.name < right.name;
                    });
  all.resize(kept);
  return all;
}

/// As Prometheus counts them (tsdb/index/postings.go, Stats).
void count_labels(const std::vector<std::shared_ptr<const store::Labels>>& series, std::size_t limit,
                  serve::TsdbFacts& facts) {
  Counts pairs;
  Counts metrics;
  Counts values;
  Counts bytes;
  for (const std::shared_ptr<const store::Labels>& labels : series) {
    for (const measure::Label& label : *labels) {
      if (label.name == store::kNameLabel) ++metrics[label.value];
      bytes[label.name] += label.value.size();
      if (++pairs[label.name + "=" + label.value] == 1) ++values[label.name];
    }
  }
  facts.label_pairs = pairs.size();
  facts.series_by_metric = largest(metrics, limit);
  facts.values_by_label = largest(values, limit);
  facts.bytes_by_label = largest(bytes, limit);
  facts.series_by_pair = largest(pairs, limit);
}

}  // namespace

ApiAnswer show_targets(const PrometheusState& state, const serve::HttpRequest& request) {
  const std::string wanted = lower_case(request.query.value("state"));
  const std::string_view pool = request.query.value("scrapePool");
  const bool any = wanted.empty() || wanted == "any";
  const serve::TargetChoice choice{.active = (any || wanted == "active") && (pool.empty() || pool == "sonde"),
                                   .dropped = any || wanted == "dropped"};
  return serve::targets_json(
      {.host = request.host, .interval = state.sources.store_options.interval, .last_sampled = state.last_sampled()},
      choice);
}

ApiAnswer show_build_info(const PrometheusState&, const serve::HttpRequest&) {
  return serve::build_info_json(kVersion);
}

ApiAnswer show_runtime_info(const PrometheusState& state, const serve::HttpRequest&) {
  std::error_code unknown;
  const auto alerting = state.sources.alerting();
  return serve::runtime_info_json(
      {.started = state.sources.started,
       .rules_loaded = alerting->loaded_at,
       .rules_are_sound = alerting->rules_are_sound && state.sources.config.facts().is_sound,
       .now = state.sources.clock.now(),
       .directory = std::filesystem::current_path(unknown).string(),
       .host_name = host_name(),
       .damaged_files = state.sources.database.facts().damaged_files,
       .threads = thread_count(),
       .cpus = std::thread::hardware_concurrency(),
       .retention = state.sources.store_options.retention,
       .max_bytes = state.sources.store_options.max_bytes});
}

ApiAnswer show_config(const PrometheusState& state, const serve::HttpRequest&) {
  return serve::config_json(state.sources.config.get()->shown_text);
}

ApiAnswer show_flags(const PrometheusState& state, const serve::HttpRequest&) {
  return serve::flags_json(state.sources.flags);
}

ApiAnswer show_tsdb(const PrometheusState& state, const serve::HttpRequest& request) {
  std::size_t limit = 10;
  if (const std::string_view text = request.query.value("limit"); !text.empty()) {
    const auto given = read_integer(text);
    if (!given || *given < 1) return ApiError{serve::ApiErrorType::kBadData, "limit must be a positive number"};
    limit = static_cast<std::size_t>(*given);
  }
  const std::array everything{store::Selection{.matchers = {}, .from_ms = kMinTimeMs, .to_ms = kMaxTimeMs}};
  const auto series = state.sources.database.series(everything);
  if (!series) return ApiError{serve::ApiErrorType::kInternal, series.error().what};
  const store::DatabaseFacts now = state.sources.database.facts();
  serve::TsdbFacts facts;
  facts.series = now.series;
  facts.chunks = now.chunks;
  facts.oldest_ms = now.oldest_ms;
  facts.newest_ms = now.newest_ms;
  count_labels(*series, limit, facts);
  return serve::tsdb_json(facts);
}

}  // namespace sonde::app
