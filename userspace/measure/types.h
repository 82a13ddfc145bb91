#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/exponential_histogram.h"

namespace sonde::measure {

enum class MetricType : std::uint8_t { kCounter, kGauge, kHistogram };

struct Label {
  std::string name;
  std::string value;  ///< valid UTF-8: passed through sanitise_utf8

  bool operator==(const Label&) const = default;
};

/// Upper bounds of the classic duration buckets: 100 us to 60 s, OpenTelemetry's among them; +Inf is implied.
inline constexpr std::array<std::chrono::nanoseconds, 26> kDurationBounds = [] {
  using std::chrono::microseconds;
  return std::array<std::chrono::nanoseconds, 26>{
      microseconds{100},        microseconds{250},        microseconds{500},        microseconds{750},
      microseconds{1'000},      microseconds{2'500},      microseconds{5'000},      microseconds{7'500},
      microseconds{10'000},     microseconds{25'000},     microseconds{50'000},     microseconds{75'000},
      microseconds{100'000},    microseconds{250'000},    microseconds{500'000},    microseconds{750'000},
      microseconds{1'000'000},  microseconds{1'500'000},  microseconds{2'500'000},  microseconds{5'000'000},
      microseconds{7'500'000},  microseconds{10'000'000}, microseconds{15'000'000}, microseconds{20'000'000},
      microseconds{30'000'000}, microseconds{60'000'000}};
}();

/// Never changes once made; its address identifies the series as long as anyone holds it.
struct SeriesIdentity {
  std::uint64_t id = 0;       ///< unique within the process
  std::vector<Label> labels;  ///< in the order they are printed
};

/// units: bucket_counts are per bucket (not cumulative), the last one is +Inf.
struct HistogramValue {
  std::array<std::uint64_t, kDurationBounds.size() + 1> bucket_counts{};
  std::uint64_t count = 0;
  double sum_seconds = 0;
  std::shared_ptr<const ExponentialHistogram> fine;  ///< the same observations, for quantiles within 1 %
};

struct Series {
  std::shared_ptr<const SeriesIdentity> identity;
  double value = 0;                                 ///< counters and gauges
  std::shared_ptr<const HistogramValue> histogram;  ///< histograms; shared with the last snapshot if unchanged
};

struct Family {
  std::string name;
  std::string help;
  MetricType type = MetricType::kGauge;
  std::vector<Series> series;
};

/// Everything measured at one moment. Immutable: readers share it.
struct Snapshot {
  std::uint64_t generation = 0;  ///< grows with every snapshot that differs from the one before
  WallTime taken_at;
  std::vector<Family> families;
};

/// Names the rest of the program reads families by.
inline constexpr std::string_view kHttpServerDuration = "http_server_request_duration_seconds";
inline constexpr std::string_view kHttpClientDuration = "http_client_request_duration_seconds";
inline constexpr std::string_view kHttpServerFirstByte = "http_server_time_to_first_byte_seconds";
inline constexpr std::string_view kHttpServerQueue = "sonde_http_server_queue_seconds";

struct MeasureOptions {
  std::size_t max_series = 2'000;            ///< histograms, 29 samples each; beyond it: the overflow route
  std::size_t max_routes_per_service = 100;  ///< beyond it, routes become kOverflowRoute
  std::vector<std::string> routes;           ///< templates such as /users/{id}/orders, tried before ids are collapsed
};

/// The route of requests whose own route was one too many.
inline constexpr std::string_view kOverflowRoute = "/{other}";

}  // namespace sonde::measure
