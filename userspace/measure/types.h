#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/duration_bounds.h"
#include "base/exponential_histogram.h"
#include "base/status_range.h"

namespace sonde::measure {

/// kUntyped: a number of which nothing more is promised, as node_exporter exports /proc/vmstat.
enum class MetricType : std::uint8_t { kCounter, kGauge, kHistogram, kUntyped };

struct Label {
  std::string name;
  std::string value;  ///< valid UTF-8: passed through sanitise_utf8

  bool operator==(const Label&) const = default;
};

/// The value of the label `name`; empty if there is none. It lives as long as the labels.
inline std::string_view value_of(const std::vector<Label>& labels, std::string_view name) {
  for (const Label& label : labels) {
    if (label.name == name) return label.value;
  }
  return {};
}

/// Never changes once made; its address identifies the series as long as anyone holds it.
struct SeriesIdentity {
  std::uint64_t id = 0;       ///< unique within the process
  std::vector<Label> labels;  ///< in the order they are printed
};

/// units: bucket_counts are per bucket of kDurationBounds (not cumulative), the last one is +Inf.
struct HistogramValue {
  std::array<std::uint64_t, kDurationBounds.size() + 1> bucket_counts{};
  std::uint64_t count = 0;
  double sum_seconds = 0;
  std::shared_ptr<const ExponentialHistogram> fine;  ///< the same observations, for quantiles within 1 %; may be null
};

struct Series {
  std::shared_ptr<const SeriesIdentity> identity;
  double value = 0;                                 ///< all but histograms
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

/// A service level indicator: which requests served count, and which of them are good. What a list leaves empty is any.
struct SliDefinition {
  std::string name;
  std::vector<std::string> services{};  ///< service_name
  std::vector<std::string> routes{};    ///< http_route
  std::vector<std::string> methods{};   ///< http_request_method
  std::vector<StatusRange> good_statuses{{100, 499}};
  std::vector<StatusRange> ignored_statuses{};            ///< do not count at all, whatever good_statuses says
  std::optional<std::chrono::nanoseconds> good_within{};  ///< what takes longer is bad
  double objective = 0.999;                               ///< share of events that are to be good
};

struct MeasureOptions {
  std::size_t max_series = 2'000;            ///< histograms, 29 samples each; beyond it: the overflow route
  std::size_t max_routes_per_service = 100;  ///< beyond it, routes become kOverflowRoute
  std::vector<std::string> routes{};         ///< templates such as /users/{id}/orders, tried before ids are collapsed
  std::vector<SliDefinition> slis{};         ///< with different names
};

struct TcpOptions {
  std::size_t max_destinations = 100;  ///< per service, as client; beyond it: kOverflowDestination
};

/// The server_address of connections whose own destination was one too many.
inline constexpr std::string_view kOverflowDestination = "other";

/// The route of requests whose own route was one too many.
inline constexpr std::string_view kOverflowRoute = "/{other}";

}  // namespace sonde::measure
