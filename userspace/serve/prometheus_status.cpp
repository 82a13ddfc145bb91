#include "serve/prometheus_status.h"

#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "base/quantity.h"
#include "serve/prometheus_answers.h"
#include "serve/timestamp.h"

namespace sonde::serve {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kNever = "0001-01-01T00:00:00Z";

/// Clients such as Grafana choose what they ask for by this.
constexpr std::string_view kAnswersAs = "3.5.0";

std::string answer(const Json& data) { return data_json(data.dump(-1, ' ', false, Json::error_handler_t::replace)); }

Json rows_of(std::span<const Cardinality> counts) {
  Json rows = Json::array();
  for (const Cardinality& each : counts) rows.push_back(Json{{"name", each.name}, {"value", each.count}});
  return rows;
}

}  // namespace

std::string targets_json(const TargetFacts& target, TargetChoice choice) {
  Json data{{"activeTargets", Json::array()}, {"droppedTargets", Json::array()}, {"droppedTargetCounts", nullptr}};
  if (choice.dropped) data["droppedTargetCounts"] = Json::object();
  if (!choice.active) return answer(data);
  const std::string url = "http://" + target.host + "/metrics";
  const std::string interval = format_duration(target.interval);
  data["activeTargets"].push_back(
      Json{{"discoveredLabels", Json{{"__address__", target.host},
                                     {"__metrics_path__", "/metrics"},
                                     {"__scheme__", "http"},
                                     {"__scrape_interval__", interval},
                                     {"__scrape_timeout__", interval},
                                     {"job", "sonde"}}},
           {"labels", Json{{"instance", target.host}, {"job", "sonde"}}},
           {"scrapePool", "sonde"},
           {"scrapeUrl", url},
           {"globalUrl", url},
           {"lastError", ""},
           {"lastScrape", target.last_sampled ? rfc3339(*target.last_sampled) : std::string(kNever)},
           {"lastScrapeDuration", 0},
           {"health", target.last_sampled ? "up" : "unknown"},
           {"scrapeInterval", interval},
           {"scrapeTimeout", interval}});
  return answer(data);
}

std::string build_info_json(std::string_view version) {
  return answer(Json{{"version", kAnswersAs},
                     {"revision", "sonde-" + std::string(version)},
                     {"branch", "sonde"},
                     {"buildUser", ""},
                     {"buildDate", ""},
                     {"goVersion", ""}});
}

std::string runtime_info_json(const RuntimeFacts& facts) {
  return answer(Json{{"startTime", rfc3339(facts.started)},
                     {"CWD", facts.directory},
                     {"hostname", facts.host_name},
                     {"serverTime", rfc3339(facts.now)},
                     {"reloadConfigSuccess", facts.rules_are_sound},
                     {"lastConfigTime", rfc3339(facts.rules_loaded)},
                     {"corruptionCount", facts.damaged_files},
                     {"goroutineCount", facts.threads},
                     {"GOMAXPROCS", facts.cpus},
                     {"GOMEMLIMIT", 0},
                     {"GOGC", ""},
                     {"GODEBUG", ""},
                     {"storageRetention",
                      format_duration(facts.retention) + " or " + std::to_string(facts.max_bytes >> 20U) + "MiB"}});
}

std::string config_json(std::string_view yaml) { return answer(Json{{"yaml", yaml}}); }

std::string flags_json(const std::map<std::string, std::string>& flags) {
  Json data = Json::object();
  for (const auto& [name, value] : flags) data[name] = value;
  return answer(data);
}

std::string tsdb_json(const TsdbFacts& facts) {
  return answer(Json{{"headStats", Json{{"numSeries", facts.series},
                                        {"numLabelPairs", facts.label_pairs},
                                        {"chunkCount", facts.chunks},
                                        {"minTime", facts.oldest_ms},
                                        {"maxTime", facts.newest_ms}}},
                     {"seriesCountByMetricName", rows_of(facts.series_by_metric)},
                     {"labelValueCountByLabelName", rows_of(facts.values_by_label)},
                     {"memoryInBytesByLabelName", rows_of(facts.bytes_by_label)},
                     {"seriesCountByLabelValuePair", rows_of(facts.series_by_pair)}});
}

}  // namespace sonde::serve
