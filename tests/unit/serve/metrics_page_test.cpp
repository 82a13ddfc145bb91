#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <memory>
#include <string>
#include <vector>

#include "serve/metrics_renderer.h"
#include "serve/snapshot_collectable.h"
#include "unit/serve/snapshot_maker.h"

namespace sonde::serve {
namespace {

using measure::Family;
using measure::MetricType;

/// What a host with one disk and one service that talks to a database exports, in small.
std::shared_ptr<const measure::Snapshot> small_host() {
  std::vector<Family> families{
      {"node_vmstat_pgfault", "Page faults, from /proc/vmstat.", MetricType::kUntyped, {}},
      {"sonde_disk_io_duration_seconds", "Duration of requests to a disk.", MetricType::kHistogram, {}},
      {"sonde_tcp_connect_failures_total", "Connections that could not be opened.", MetricType::kCounter, {}},
      {"sonde_tcp_rtt_seconds", "Mean smoothed round-trip time.", MetricType::kGauge, {}}};
  families[0].series.push_back(SnapshotMaker::series({}, 123456789));
  auto latency = std::make_shared<measure::HistogramValue>();  // without `fine`: the kernel counted it
  latency->bucket_counts[1] = 3;
  latency->bucket_counts[8] = 2;
  latency->bucket_counts.back() = 1;
  latency->count = 6;
  latency->sum_seconds = 70.25;
  families[1].series.push_back(SnapshotMaker::series({{"device", "sda"}, {"operation", "read"}}, 0));
  families[1].series[0].histogram = latency;
  const std::vector<measure::Label> database{
      {"service_name", "shop"}, {"role", "client"}, {"server_address", "2001:db8::1"}, {"server_port", "5432"}};
  std::vector<measure::Label> refused = database;
  refused.push_back({"error_type", "refused"});
  families[2].series.push_back(SnapshotMaker::series(refused, 2));
  families[3].series.push_back(SnapshotMaker::series(database, 0.0005));
  auto snapshot = std::make_shared<measure::Snapshot>();
  snapshot->generation = 1;
  snapshot->families = std::move(families);
  return snapshot;
}

constexpr std::string_view kPage =
    R"(# HELP node_vmstat_pgfault Page faults, from /proc/vmstat.
# TYPE node_vmstat_pgfault untyped
node_vmstat_pgfault 123456789
# HELP sonde_disk_io_duration_seconds Duration of requests to a disk.
# TYPE sonde_disk_io_duration_seconds histogram
sonde_disk_io_duration_seconds_count{device="sda",operation="read"} 6
sonde_disk_io_duration_seconds_sum{device="sda",operation="read"} 70.25
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="0.0001"} 0
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="0.00025"} 3
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="0.0005"} 3
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="0.00075"} 3
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="0.001"} 3
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="0.0025"} 3
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="0.005"} 3
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="0.0075"} 3
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="0.01"} 5
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="0.025"} 5
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="0.05"} 5
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="0.075"} 5
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="0.1"} 5
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="0.25"} 5
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="0.5"} 5
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="0.75"} 5
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="1"} 5
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="1.5"} 5
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="2.5"} 5
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="5"} 5
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="7.5"} 5
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="10"} 5
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="15"} 5
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="20"} 5
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="30"} 5
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="60"} 5
sonde_disk_io_duration_seconds_bucket{device="sda",operation="read",le="+Inf"} 6
# HELP sonde_tcp_connect_failures_total Connections that could not be opened.
# TYPE sonde_tcp_connect_failures_total counter
sonde_tcp_connect_failures_total{service_name="shop",role="client",server_address="2001:db8::1",server_port="5432",error_type="refused"} 2
# HELP sonde_tcp_rtt_seconds Mean smoothed round-trip time.
# TYPE sonde_tcp_rtt_seconds gauge
sonde_tcp_rtt_seconds{service_name="shop",role="client",server_address="2001:db8::1",server_port="5432"} 0.0005
)";

TEST(MetricsPage, of_a_small_host_reads_as_the_text_format_says) {
  EXPECT_EQ(*MetricsRenderer().render(small_host()), kPage);
}

TEST(MetricsPage, of_a_small_host_is_the_same_through_prometheus_cpp) {
  const SnapshotCollectable collectable([] { return small_host(); });
  EXPECT_EQ(prometheus::TextSerializer().Serialize(collectable.Collect()), kPage);
}

}  // namespace
}  // namespace sonde::serve
