#include <benchmark/benchmark.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "measure/measurements.h"
#include "scrape_data.h"

namespace sonde::bench {
namespace {

/// Exchanges over `range(0)` paths in turn; with more paths than the cache has slots, most are looked up anew.
void observe(benchmark::State& state) {
  measure::MeasureOptions options;
  options.max_routes_per_service = 100'000;
  options.max_series = 300'000;
  measure::Measurements measurements(options, plain_vocabulary());
  const measure::ServiceContext shop{"shop", 1, 8080};
  std::vector<std::string> paths;
  for (int i = 0; i < state.range(0); ++i) paths.push_back("/shop/v1/orders/kind" + std::to_string(i) + "/items");
  std::vector<protocol::Exchange> exchanges;
  for (int turn = 0; turn < 16'384; ++turn) {
    exchanges.push_back(exchange_for(paths[static_cast<std::size_t>(turn) % paths.size()], turn * 97));
  }
  for (const protocol::Exchange& exchange : exchanges) measurements.observe(exchange, shop);
  std::size_t next = 0;
  for (auto _ : state) {
    measurements.observe(exchanges[next], shop);
    next = (next + 1) % exchanges.size();
  }
}
BENCHMARK(observe)->Name("observe/paths")->Arg(1)->Arg(10)->Arg(100)->Arg(5'000);

/// Every path is new, all share a route: /users/1, /users/2 and so on. Nothing is found in the cache.
void observe_ids(benchmark::State& state) {
  measure::Vocabulary vocabulary = plain_vocabulary();
  vocabulary.route = [](std::string_view, std::string& into) { into += "/shop/v1/users/{id}/items"; };
  measure::Measurements measurements({}, vocabulary);
  const measure::ServiceContext shop{"shop", 1, 8080};
  std::vector<std::string> paths;
  for (int i = 0; i < 16'384; ++i) paths.push_back("/shop/v1/users/" + std::to_string(i) + "/items");
  std::size_t next = 0;
  for (auto _ : state) {
    measurements.observe(exchange_for(paths[next], static_cast<int>(next) * 97), shop);
    next = (next + 1) % paths.size();
  }
}
BENCHMARK(observe_ids)->Name("observe/ids");

/// One snapshot while every series has changed since the last: what the capture thread pays on a tick.
void take_snapshot(benchmark::State& state) {
  const auto routes = static_cast<std::size_t>(state.range(0));
  measure::MeasureOptions options;
  options.max_routes_per_service = routes;
  options.max_series = 3 * routes;
  measure::Measurements measurements(options, plain_vocabulary());
  const measure::ServiceContext shop{"shop", 1, 8080};
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < routes; ++i) paths.push_back("/kind" + std::to_string(i));
  for (auto _ : state) {
    state.PauseTiming();
    for (const std::string& path : paths) measurements.observe(exchange_for(path, 1), shop);
    state.ResumeTiming();
    benchmark::DoNotOptimize(measurements.snapshot(WallTime{}));
  }
}
BENCHMARK(take_snapshot)->Name("snapshot/routes")->Arg(100)->Arg(3'333)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace sonde::bench
