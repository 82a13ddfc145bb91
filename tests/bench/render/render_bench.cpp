#include <benchmark/benchmark.h>
#include <prometheus/text_serializer.h>

#include <cstddef>
#include <memory>

#include "measure/types.h"
#include "scrape_data.h"
#include "serve/metrics_renderer.h"
#include "serve/snapshot_collectable.h"

namespace sonde::bench {
namespace {

constexpr std::size_t kScrapeSamples = 10'000;
constexpr std::size_t kSamplesPerHistogram = kDurationBounds.size() + 3;

enum class Kind { kCounters, kHistograms };

TwoStates states_of(Kind kind, double changed_ratio) {
  return kind == Kind::kCounters ? counters(kScrapeSamples, changed_ratio)
                                 : histograms(kScrapeSamples / kSamplesPerHistogram + 1, changed_ratio);
}

void render_cold(benchmark::State& state, Kind kind) {
  const TwoStates states = states_of(kind, 1);
  for (auto _ : state) {
    serve::MetricsRenderer renderer;
    benchmark::DoNotOptimize(renderer.render(states.first));
  }
}

/// A renderer that has served before sees the two states in turn, each time as a new generation.
void render_again(benchmark::State& state, Kind kind, double changed_ratio) {
  const TwoStates states = states_of(kind, changed_ratio);
  serve::MetricsRenderer renderer;
  std::uint64_t generation = 1;
  static_cast<void>(renderer.render(as_generation(*states.first, generation)));
  for (auto _ : state) {
    state.PauseTiming();
    ++generation;
    auto snapshot = as_generation(generation % 2 == 0 ? *states.second : *states.first, generation);
    state.ResumeTiming();
    benchmark::DoNotOptimize(renderer.render(snapshot));
    state.PauseTiming();
    snapshot.reset();
    state.ResumeTiming();
  }
}

void render_same(benchmark::State& state, Kind kind) {
  const TwoStates states = states_of(kind, 0);
  const auto snapshot = as_generation(*states.first, 1);
  serve::MetricsRenderer renderer;
  for (auto _ : state) benchmark::DoNotOptimize(renderer.render(snapshot));
}

void prometheus_cpp(benchmark::State& state, Kind kind) {
  const TwoStates states = states_of(kind, 0);
  const serve::SnapshotCollectable collectable([&] { return states.first; });
  const prometheus::TextSerializer serializer;
  for (auto _ : state) benchmark::DoNotOptimize(serializer.Serialize(collectable.Collect()));
}

// The names are what summary.cpp looks for.
BENCHMARK_CAPTURE(prometheus_cpp, counters, Kind::kCounters)->Name("counters/prometheus-cpp");
BENCHMARK_CAPTURE(render_cold, counters, Kind::kCounters)->Name("counters/cold");
BENCHMARK_CAPTURE(render_again, counters_all, Kind::kCounters, 1.0)->Name("counters/all changed");
BENCHMARK_CAPTURE(render_again, counters_tenth, Kind::kCounters, 0.1)->Name("counters/10 % changed");
BENCHMARK_CAPTURE(render_again, counters_none, Kind::kCounters, 0.0)->Name("counters/none changed");
BENCHMARK_CAPTURE(render_same, counters, Kind::kCounters)->Name("counters/same generation");
BENCHMARK_CAPTURE(prometheus_cpp, histograms, Kind::kHistograms)->Name("histograms/prometheus-cpp");
BENCHMARK_CAPTURE(render_cold, histograms, Kind::kHistograms)->Name("histograms/cold");
BENCHMARK_CAPTURE(render_again, histograms_all, Kind::kHistograms, 1.0)->Name("histograms/all changed");
BENCHMARK_CAPTURE(render_again, histograms_tenth, Kind::kHistograms, 0.1)->Name("histograms/10 % changed");
BENCHMARK_CAPTURE(render_again, histograms_none, Kind::kHistograms, 0.0)->Name("histograms/none changed");
BENCHMARK_CAPTURE(render_same, histograms, Kind::kHistograms)->Name("histograms/same generation");

}  // namespace
}  // namespace sonde::bench
