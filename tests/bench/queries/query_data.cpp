#include "bench/queries/query_data.h"

#include <string>
#include <utility>
#include <vector>

#include "base/go_number.h"
#include "measure/histogram_series.h"

namespace sonde::bench {
namespace {

using measure::MetricType;

enum FamilyIndex : std::size_t { kRequests, kQueues, kBuckets };

constexpr std::size_t kRoutes = 20;
constexpr const char* kCodes[] = {"200", "201", "204", "301", "400", "404", "500", "503"};
constexpr std::size_t kQueuesOfService = 20;
constexpr const char* kBounds[] = {"0.001", "0.002", "0.005", "0.01", "0.02", "0.03", "0.05", "0.075", "0.1", "0.15",
                                   "0.2",   "0.3",   "0.5",   "0.75", "1",    "1.5",  "2",    "5",     "10",  "+Inf"};

// Counters of processes that have run for long: where a range begins before a series whose first value is small,
// Prometheus 2 and 3 extrapolate differently.
constexpr double kFirstCount = 1'000'000;

void add(measure::Family& family, std::vector<measure::Label> labels) {
  family.series.push_back({measure::make_identity(std::move(labels)), kFirstCount, nullptr});
}

}  // namespace

QueryData::QueryData(std::size_t services) {
  snapshot_.families = {{"bench_requests_total", "", MetricType::kCounter, {}},
                        {"bench_queue_ratio", "", MetricType::kGauge, {}},
                        {"bench_duration_seconds_bucket", "", MetricType::kCounter, {}}};
  for (std::size_t n = 0; n < services; ++n) add_service("service-" + std::to_string(n));
}

void QueryData::add_service(const std::string& name) {
  for (std::size_t route = 0; route < kRoutes; ++route) {
    for (const char* code : kCodes) {
      add(snapshot_.families[kRequests],
          {{"service", name}, {"route", "/route/" + std::to_string(route)}, {"code", code}, {"method", "GET"}});
    }
  }
  for (std::size_t queue = 0; queue < kQueuesOfService; ++queue) {
    add(snapshot_.families[kQueues], {{"service", name}, {"queue", std::to_string(queue)}});
  }
  for (const char* bound : kBounds) add(snapshot_.families[kBuckets], {{"service", name}, {"le", bound}});
}

const measure::Snapshot& QueryData::tick() {
  ++snapshot_.generation;
  for (measure::Series& series : snapshot_.families[kRequests].series) {
    series.value += static_cast<double>(random_() % 2000);
  }
  for (measure::Series& series : snapshot_.families[kQueues].series) {
    series.value = static_cast<double>(random_() % 10'007) / 10'007.0;
  }
  step_buckets();
  return snapshot_;
}

/// A bucket counts what the smaller ones of its service count, too.
void QueryData::step_buckets() {
  std::size_t n = 0;
  double cumulative = 0;
  for (measure::Series& series : snapshot_.families[kBuckets].series) {
    if (n++ % std::size(kBounds) == 0) cumulative = 0;
    cumulative += static_cast<double>(random_() % 50);
    series.value += cumulative;
  }
}

void write_open_metrics(const measure::Snapshot& snapshot, std::int64_t at_ms, std::ostream& out) {
  const std::string time = " " + format_number(static_cast<double>(at_ms) / 1000) + "\n";
  for (const measure::Family& family : snapshot.families) {
    for (const measure::Series& series : family.series) {
      char opening = '{';
      out << family.name;
      for (const measure::Label& label : series.identity->labels) {
        out << opening << label.name << "=\"" << label.value << '"';
        opening = ',';
      }
      out << "} " << format_number(series.value) << time;
    }
  }
}

}  // namespace sonde::bench
