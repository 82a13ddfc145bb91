#include <benchmark/benchmark.h>
#include <malloc.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "measure/measurements.h"
#include "scrape_data.h"
#include "serve/metrics_renderer.h"

namespace sonde::bench {
namespace {

/// Prints as usual and remembers the CPU time of one iteration by name.
class Recorder : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.iterations > 0) cpu_ns_[run.benchmark_name()] = run.cpu_accumulated_time * 1e9 / double(run.iterations);
    }
    ConsoleReporter::ReportRuns(runs);
  }

  [[nodiscard]] double cpu_ns(const std::string& name) const {
    const auto found = cpu_ns_.find(name);
    return found == cpu_ns_.end() ? 0 : found->second;
  }

 private:
  std::map<std::string, double> cpu_ns_;
};

void print_scrape(const Recorder& recorder, const std::string& kind) {
  const double baseline_ns = recorder.cpu_ns(kind + "/prometheus-cpp");
  if (baseline_ns == 0) return;
  std::printf("\nscrape of 10,000 samples, %s (goal: at most 10 ms of CPU)\n%-20s %12s %12s %10s\n", kind.c_str(), "",
              "ns/sample", "ms CPU", "ratio");
  for (const char* what :
       {"prometheus-cpp", "cold", "all changed", "10 % changed", "none changed", "same generation"}) {
    const double ns = recorder.cpu_ns(kind + "/" + what);
    std::printf("%-20s %12.2f %12.4f %10.4f\n", what, ns / 10'000, ns / 1e6, ns / baseline_ns);
  }
}

/// units: bytes the allocator has given out.
double mebibytes_in_use() {
  const auto info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd) / (1U << 20U);
}

void print_memory() {
  const double before = mebibytes_in_use();
  measure::MeasureOptions options;
  options.max_routes_per_service = options.max_series;
  measure::Measurements measurements(options, plain_vocabulary());
  std::vector<std::string> paths;
  for (std::size_t i = 0; 3 * i + 3 <= options.max_series; ++i) paths.push_back("/shop/kind" + std::to_string(i));
  const auto observe_all = [&](int turns) {
    for (const std::string& path : paths) {
      for (int turn = 0; turn < turns; ++turn) {
        measurements.observe(exchange_for(path, turn * 97), {"shop", 1, 8080});
      }
    }
  };
  observe_all(40);
  auto snapshot = measurements.snapshot(WallTime{});
  std::printf("\nmemory of %zu histograms, the default limit (goal: 64 MiB resident in all)\n",
              measurements.histogram_count());
  std::printf("%-52s %8.1f MiB\n", "with their snapshot", mebibytes_in_use() - before);
  observe_all(1);
  std::printf("%-52s %8.1f MiB\n", "after every one has changed since that snapshot", mebibytes_in_use() - before);
  snapshot = measurements.snapshot(WallTime{});
  const double without_page = mebibytes_in_use();
  serve::MetricsRenderer renderer;
  const auto page = renderer.render(snapshot);
  std::printf("%-52s %8.1f MiB (page of %.1f MiB)\n", "rendered as text, besides", mebibytes_in_use() - without_page,
              static_cast<double>(page->size()) / (1U << 20U));
}

}  // namespace
}  // namespace sonde::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  sonde::bench::Recorder recorder;
  benchmark::RunSpecifiedBenchmarks(&recorder);
  sonde::bench::print_scrape(recorder, "counters");
  sonde::bench::print_scrape(recorder, "histograms");
  std::printf("\none exchange (goal: at most 150 ns)\n");
  for (const char* name :
       {"observe/paths/1", "observe/paths/10", "observe/paths/100", "observe/paths/5000", "observe/ids"}) {
    std::printf("%-20s %12.1f ns\n", name, recorder.cpu_ns(name));
  }
  sonde::bench::print_memory();
  return 0;
}
