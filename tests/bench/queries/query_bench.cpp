// How long queries over an hour of 10,000 series take, in the process that holds them: queries.py runs this beside a
// real Prometheus with the same samples. Prints a line of JSON about the data, then one for each query. With --store it
// leaves the hour, which then ends now, to a daemon: resident.py starts one on it.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/store_source.h"
#include "base/clock.h"
#include "base/go_number.h"
#include "bench/queries/query_data.h"
#include "promql/engine.h"
#include "store/database.h"

namespace sonde {
namespace {

using nlohmann::json;

constexpr std::int64_t kIntervalMs = 10'000;
constexpr int kHourTicks = 360;
// All in one of Prometheus' blocks of two hours, which begin at multiples of them.
constexpr std::int64_t kStartMs = 1'700'002'800'000;
// No step of a range query falls on a sample or a whole minute: there Prometheus 2 and 3 differ on whether a range
// holds its first moment.
constexpr std::int64_t kQueryEndAfterMs = 3'597'000;
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kStepMs = 15'000;

struct Options {
  std::size_t services = 50;
  std::size_t repeat = 30;
  std::string dump;
  std::string queries;
  std::string store;
};

/// When the samples begin, and what is asked of them.
struct Hour {
  std::int64_t start_ms = kStartMs;

  [[nodiscard]] std::int64_t query_end_ms() const { return start_ms + kQueryEndAfterMs; }
  [[nodiscard]] std::int64_t query_start_ms() const { return query_end_ms() - kHourMs; }
};

/// The hour whose last sample is the newest that a daemon could have taken by `now`.
Hour hour_before(WallTime now) {
  const std::int64_t now_ms = std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count();
  return {now_ms / kIntervalMs * kIntervalMs - (kHourTicks - 1) * kIntervalMs};
}

std::optional<Options> read_options(int count, char** arguments) {
  Options options;
  if (count % 2 == 0) return std::nullopt;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = arguments[i];
    const char* value = arguments[i + 1];
    if (name == "--services") {
      options.services = std::strtoul(value, nullptr, 10);
    } else if (name == "--repeat") {
      options.repeat = std::strtoul(value, nullptr, 10);
    } else if (name == "--dump") {
      options.dump = value;
    } else if (name == "--queries") {
      options.queries = value;
    } else if (name == "--store") {
      options.store = value;
    } else {
      return std::nullopt;
    }
  }
  if (options.services == 0 || options.repeat == 0) return std::nullopt;
  return options;
}

double resident_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:"))
      return std::strtod(line.c_str() + std::string_view("VmRSS:").size(), nullptr) / 1024;
  }
  return 0;
}

bool fill(store::Database& database, const Options& options, const Hour& hour) {
  bench::QueryData data(options.services);
  std::ofstream dump;
  if (!options.dump.empty()) dump.open(options.dump);
  for (int tick = 0; tick < kHourTicks; ++tick) {
    const std::int64_t at_ms = hour.start_ms + tick * kIntervalMs;
    const measure::Snapshot& snapshot = data.tick();
    database.append(snapshot, WallTime{std::chrono::milliseconds{at_ms}});
    if (dump.is_open()) bench::write_open_metrics(snapshot, at_ms, dump);
  }
  if (dump.is_open()) dump << "# EOF\n" << std::flush;
  return options.dump.empty() || dump.good();
}

json answer_of(const promql::QueryValue& value) {
  json answer = json::array();
  for (const promql::ResultSeries& series : value.series) {
    json labels = json::object();
    for (const measure::Label& label : *series.labels) labels[label.name] = label.value;
    json samples = json::array();
    for (const store::Sample& sample : series.samples) samples.push_back({sample.at_ms, format_number(sample.value)});
    answer.push_back({{"labels", std::move(labels)}, {"samples", std::move(samples)}});
  }
  return answer;
}

/// The smallest of the sorted figures that `share` of them do not exceed.
double quantile(const std::vector<double>& sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

Expected<json, promql::QueryError> measure_query(const promql::Engine& engine, const promql::QueryRequest& request,
                                                 std::size_t repeat) {
  std::vector<double> took_ms;
  promql::QueryResult last;
  for (std::size_t i = 0; i < repeat; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    auto result = engine.run(request);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    if (!result) return std::move(result).error();
    took_ms.push_back(took.count());
    last = *std::move(result);
  }
  std::sort(took_ms.begin(), took_ms.end());
  return json{{"query", request.expression},         {"kind", request.step_ms == 0 ? "instant" : "range"},
              {"median_ms", quantile(took_ms, 0.5)}, {"p99_ms", quantile(took_ms, 0.99)},
              {"series", last.value.series.size()},  {"resident_mib", resident_mib()},
              {"answer", answer_of(last.value)}};
}

/// shape: line is "instant" or "range", a tab, the expression.
std::optional<promql::QueryRequest> read_query(const std::string& line, const Hour& hour) {
  const std::size_t tab = line.find('\t');
  if (tab == std::string::npos) return std::nullopt;
  promql::QueryRequest request{line.substr(tab + 1), hour.query_end_ms(), hour.query_end_ms()};
  const std::string_view kind = std::string_view(line).substr(0, tab);
  if (kind == "instant") return request;
  if (kind != "range") return std::nullopt;
  request.start_ms = hour.query_start_ms();
  request.step_ms = kStepMs;
  return request;
}

bool measure_queries(const store::Database& database, const Options& options, const Hour& hour) {
  const app::StoreSource source(database);
  const SystemClock clock;
  const promql::Engine engine({}, source, clock);
  std::ifstream lines(options.queries);
  if (!lines) {
    std::cerr << options.queries << " cannot be read\n";
    return false;
  }
  for (std::string line; std::getline(lines, line);) {
    const std::optional<promql::QueryRequest> request = read_query(line, hour);
    if (!request) {
      std::cerr << "not instant|range TAB EXPRESSION: " << line << "\n";
      return false;
    }
    const auto figures = measure_query(engine, *request, options.repeat);
    if (!figures) {
      std::cerr << request->expression << ": " << figures.error().what << "\n";
      return false;
    }
    std::cout << *figures << std::endl;
  }
  return true;
}

int run(const Options& options) {
  const Hour hour = options.store.empty() ? Hour{} : hour_before(SystemClock().now());
  store::StoreOptions store_options;
  store_options.directory = options.store;
  std::vector<std::string> notices;
  const auto database = store::Database::open(store_options, notices);
  if (!database) {
    std::cerr << database.error().what << "\n";
    return 1;
  }
  if (!fill(**database, options, hour)) {
    std::cerr << options.dump << " cannot be written\n";
    return 1;
  }
  if (const auto written = (*database)->checkpoint(); !written) {
    std::cerr << written.error().what << "\n";
    return 1;
  }
  const store::DatabaseFacts facts = (*database)->facts();
  std::cout << json{{"series", facts.series},
                    {"samples", facts.appended_samples},
                    {"dropped_samples", facts.dropped_by_age + facts.dropped_by_size},
                    {"store_mib", static_cast<double>(facts.bytes) / 1048576},
                    {"resident_mib", resident_mib()},
                    {"start_ms", hour.query_start_ms()},
                    {"end_ms", hour.query_end_ms()},
                    {"step_ms", kStepMs}}
            << std::endl;
  return options.queries.empty() || measure_queries(**database, options, hour) ? 0 : 1;
}

}  // namespace
}  // namespace sonde

/// query_bench [--services N] [--store DIRECTORY] [--dump FILE] [--queries FILE] [--repeat N]
int main(int count, char** arguments) {
  const std::optional<sonde::Options> options = sonde::read_options(count, arguments);
  if (!options) {
    std::cerr << "usage: query_bench [--services N] [--store DIRECTORY] [--dump FILE] [--queries FILE] [--repeat N]\n";
    return 2;
  }
  return sonde::run(*options);
}
