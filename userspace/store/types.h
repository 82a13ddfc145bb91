#pragma once

#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/exponential_histogram.h"
#include "measure/types.h"

namespace sonde::store {

/// What one service did over a window, on one side of its connections.
struct ServiceWindow {
  std::string service;
  bool server = true;                   ///< false: the requests it sent to others
  std::chrono::nanoseconds covered{0};  ///< how much of the asked-for window there is data for
  std::uint64_t requests = 0;
  std::uint64_t client_errors = 0;  ///< 4xx
  std::uint64_t server_errors = 0;  ///< 5xx, no response, or one the server broke off; as client: also one that was cut
  ExponentialHistogram duration;    ///< to the last byte
};

/// One value of a series.  units: milliseconds since the Unix epoch, as everywhere in Prometheus' data model.
struct Sample {
  std::int64_t at_ms = 0;
  double value = 0;
};

/// The value that says "this series ended here": a NaN of these very bits (Prometheus model/value/value.go).
inline constexpr std::uint64_t kStaleBits = 0x7ff0000000000002;

inline bool is_stale(double value) { return std::bit_cast<std::uint64_t>(value) == kStaleBits; }
inline double stale_marker() { return std::bit_cast<double>(kStaleBits); }

/// The label that holds a metric's name.
inline constexpr std::string_view kNameLabel = "__name__";

/// What a series is called: its labels with the metric's name among them.  shape: by name, each name once, no value
/// empty.
using Labels = std::vector<measure::Label>;

/// A series that is made from others: what a recording rule records, or the state of an alert.
struct Output {
  Labels labels;
  double value = 0;
};

enum class MatchOperator : std::uint8_t { kEqual, kNotEqual, kRegex, kNotRegex };

/// As selectors write it.
constexpr std::string_view spelling(MatchOperator op) {
  switch (op) {
    case MatchOperator::kEqual:
      return "=";
    case MatchOperator::kNotEqual:
      return "!=";
    case MatchOperator::kRegex:
      return "=~";
    case MatchOperator::kNotRegex:
      return "!~";
  }
  std::abort();
}

/// One condition on a label; a label that is not there has the empty value. Regular expressions are RE2's and match the
/// whole value.
struct Matcher {
  std::string name;
  MatchOperator op = MatchOperator::kEqual;
  std::string value;

  bool operator==(const Matcher&) const = default;
};

/// Which series, and from when to when.
struct Selection {
  std::vector<Matcher> matchers;  ///< all must hold
  std::int64_t from_ms = 0;       ///< samples before it may be left out
  std::int64_t to_ms = 0;         ///< likewise after it; both ends belong to the range
  bool fine_buckets = false;      ///< of histograms with finer buckets than they export, give those
};

/// One series of a selection: what it held when it was selected, decoded when it is read. A handle rather than a value,
/// so that a query over many series need not hold all their samples at once.
/// threads: one at a time, any; it stays valid without the database.
class SeriesView {
 public:
  virtual ~SeriesView() = default;

  /// With the metric's name.  shape: never null; views of the same series may share it.
  [[nodiscard]] virtual const std::shared_ptr<const Labels>& labels() const = 0;

  /// Replaces what is in `samples` by those from `from_ms` to `to_ms`, both included, ascending by time, stale markers
  /// among them.
  virtual void read(std::int64_t from_ms, std::int64_t to_ms, std::vector<Sample>& samples) const = 0;
};

/// What is known of a metric besides its values, as /api/v1/metadata tells it.
struct MetricMetadata {
  std::string name;
  measure::MetricType type = measure::MetricType::kGauge;
  std::string help;
};

/// Series matching all `matchers` are sampled each `interval` instead of each StoreOptions::interval.
struct SamplingDemand {
  std::vector<Matcher> matchers;
  std::chrono::nanoseconds interval = std::chrono::seconds{10};
};

struct StoreOptions {
  std::chrono::nanoseconds tick = std::chrono::seconds{1};
  std::chrono::nanoseconds keep = std::chrono::minutes{15};

  std::chrono::nanoseconds interval = std::chrono::seconds{10};  ///< between two samples of a series
  std::chrono::nanoseconds retention = std::chrono::hours{6};    ///< every sample
  std::chrono::nanoseconds long_interval = std::chrono::minutes{1};
  std::chrono::nanoseconds long_retention = std::chrono::hours{24 * 7};  ///< one sample each long_interval
  /// Of metrics with these names; a histogram's own.
  std::vector<std::string> long_metrics{"http_server_request_duration_seconds",
                                        "http_client_request_duration_seconds",
                                        "node_cpu_seconds_total",
                                        "node_load1",
                                        "node_memory_MemAvailable_bytes",
                                        "node_memory_MemTotal_bytes",
                                        "node_filesystem_avail_bytes",
                                        "node_filesystem_size_bytes",
                                        "node_disk_io_time_seconds_total",
                                        "process_cpu_time_seconds_total",
                                        "process_memory_usage_bytes",
                                        "sonde_tcp_connect_failures_total",
                                        "sonde_tcp_retransmits_total",
                                        "sonde_process_exits_total",
                                        "sonde_events_lost_total",
                                        "sonde_coverage_ratio",
                                        "sonde_sli_requests_total",
                                        "sonde_sli_objective_ratio"};
  std::size_t max_bytes = std::size_t{48} << 20U;  ///< beyond it the oldest goes first
  std::string directory{};                         ///< of the checkpoint; empty: none is kept
  std::chrono::nanoseconds checkpoint_interval = std::chrono::minutes{1};
  std::vector<SamplingDemand> demands{};
};

}  // namespace sonde::store
