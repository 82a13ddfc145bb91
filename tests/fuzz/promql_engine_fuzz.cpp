#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "promql/engine.h"
#include "support/memory_series.h"

namespace {

using sonde::promql::EngineOptions;
using sonde::promql::QueryErrorKind;
using sonde::promql::QueryRequest;
using sonde::promql::QueryResult;
using sonde::store::Labels;
using sonde::store::Sample;

constexpr std::int64_t kIntervalMs = 10'000;
constexpr std::int64_t kEndMs = 60 * kIntervalMs;

void require(bool holds) {
  if (!holds) std::abort();
}

std::vector<Sample> samples(double start, double step) {
  std::vector<Sample> all;
  for (std::int64_t at_ms = 0; at_ms <= kEndMs; at_ms += kIntervalMs) {
    all.push_back(Sample{at_ms, start});
    start += step;
  }
  return all;
}

/// A few series of each kind, with names and labels that a fuzzer comes upon: `m`, `c_total`, `b_bucket`.
sonde::test::MemorySeries make_series() {
  sonde::test::MemorySeries series;
  series.add(Labels{{"__name__", "m"}, {"a", "x"}}, samples(1, 2));
  series.add(Labels{{"__name__", "m"}, {"a", "y"}, {"b", "z"}}, samples(-3, 0.5));
  series.add(Labels{{"__name__", "c_total"}, {"a", "x"}}, samples(0, 7));
  series.add(Labels{{"__name__", "n"}, {"a", "x"}}, {Sample{0, NAN}, Sample{kIntervalMs, sonde::store::stale_marker()},
                                                     Sample{2 * kIntervalMs, INFINITY}, Sample{kEndMs, -1e308}});
  for (const char* const bound : {"0.1", "1", "10", "+Inf", "none"}) {
    series.add(Labels{{"__name__", "b_bucket"}, {"a", "x"}, {"le", bound}}, samples(0, bound[0] == '+' ? 9 : 4));
  }
  return series;
}

void check(const QueryResult& result, const QueryRequest& request) {
  for (const auto& series : result.value.series) {
    require(series.labels != nullptr && !series.samples.empty());
    std::int64_t before_ms = INT64_MIN;
    for (const Sample& sample : series.samples) {
      require(sample.at_ms > before_ms && !sonde::store::is_stale(sample.value));
      require(request.step_ms == 0 || (sample.at_ms >= request.start_ms && sample.at_ms <= request.end_ms));
      before_ms = sample.at_ms;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const sonde::test::MemorySeries series = make_series();
  static const sonde::SystemClock clock;
  EngineOptions options;
  options.max_samples = 20'000;
  options.max_depth = 40;
  options.max_expression_bytes = 512;
  options.timeout = std::chrono::seconds{2};
  const sonde::promql::Engine engine(options, series, clock);
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const QueryRequest& request : {QueryRequest{text, kEndMs, kEndMs, 0}, QueryRequest{text, 0, kEndMs, 30'000}}) {
    const auto result = engine.run(request);
    if (result) {
      check(*result, request);
    } else {
      require(!result.error().what.empty() && result.error().kind != QueryErrorKind::kCanceled);
    }
  }
  return 0;
}
