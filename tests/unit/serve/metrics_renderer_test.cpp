#include "serve/metrics_renderer.h"

#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>
#include <thread>

#include "serve/snapshot_collectable.h"
#include "serve/text_format.h"
#include "unit/serve/snapshot_maker.h"

namespace sonde::serve {
namespace {

using measure::Family;
using measure::MetricType;
using measure::Snapshot;

std::string as_prometheus_cpp(const std::shared_ptr<const Snapshot>& snapshot) {
  const SnapshotCollectable collectable([&] { return snapshot; });
  return prometheus::TextSerializer().Serialize(collectable.Collect());
}

std::shared_ptr<const Snapshot> snapshot_of(std::vector<Family> families, std::uint64_t generation = 1) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->generation = generation;
  snapshot->families = std::move(families);
  return snapshot;
}

class RandomHistory : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomHistory, renders_every_snapshot_as_prometheus_cpp_does) {
  SnapshotMaker maker(GetParam());
  MetricsRenderer renderer;
  for (int step = 0; step < 60; ++step) {
    const auto snapshot = maker.now();
    ASSERT_EQ(*renderer.render(snapshot), as_prometheus_cpp(snapshot)) << "at step " << step;
    maker.step();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomHistory, testing::Range<std::uint64_t>(1, 21));

TEST(MetricsRenderer, writes_what_the_text_format_says) {
  std::vector<Family> families{{"a_total", "What a\nis\\was.", MetricType::kCounter, {}},
                               {"empty", "", MetricType::kGauge, {}},
                               {"b", "B.", MetricType::kGauge, {}}};
  families[0].series.push_back(SnapshotMaker::series({{"path", "/\"x\"\\\n"}, {"code", "200"}}, 3));
  families[2].series.push_back(SnapshotMaker::series({}, 0.25));
  EXPECT_EQ(*MetricsRenderer().render(snapshot_of(families)),
            "# HELP a_total What a is was.\n"
            "# TYPE a_total counter\n"
            "a_total{path=\"/\\\"x\\\"\\\\\\n\",code=\"200\"} 3\n"
            "# TYPE empty gauge\n"
            "# HELP b B.\n"
            "# TYPE b gauge\n"
            "b 0.25\n");
}

TEST(MetricsRenderer, writes_histograms_with_cumulative_buckets) {
  std::vector<Family> families{{"h_seconds", "H.", MetricType::kHistogram, {}}};
  measure::Series series = SnapshotMaker::series({{"a", "b"}}, 0);
  auto value = std::make_shared<measure::HistogramValue>();
  value->bucket_counts[0] = 2;
  value->bucket_counts[1] = 1;
  value->bucket_counts.back() = 4;
  value->count = 7;
  value->sum_seconds = 480.5;
  series.histogram = value;
  families[0].series.push_back(series);
  const std::string page = *MetricsRenderer().render(snapshot_of(families));
  EXPECT_EQ(page.find("# HELP h_seconds H.\n# TYPE h_seconds histogram\n"
                      "h_seconds_count{a=\"b\"} 7\nh_seconds_sum{a=\"b\"} 480.5\n"
                      "h_seconds_bucket{a=\"b\",le=\"0.0001\"} 2\nh_seconds_bucket{a=\"b\",le=\"0.00025\"} 3\n"),
            0u);
  EXPECT_NE(page.find("h_seconds_bucket{a=\"b\",le=\"60\"} 3\nh_seconds_bucket{a=\"b\",le=\"+Inf\"} 7\n"),
            std::string::npos);
}

TEST(MetricsRenderer, renders_a_generation_once) {
  SnapshotMaker maker(1);
  MetricsRenderer renderer;
  const auto first = maker.now();
  const auto page = renderer.render(first);
  EXPECT_EQ(renderer.render(first), page);
  EXPECT_NE(renderer.render(maker.now()), page);
}

TEST(MetricsRenderer, keeps_handed_out_pages_intact) {
  SnapshotMaker maker(2);
  MetricsRenderer renderer;
  const auto first = maker.now();
  const auto page = renderer.render(first);
  const std::string copy = *page;
  for (int i = 0; i < 10; ++i, maker.step()) static_cast<void>(renderer.render(maker.now()));
  EXPECT_EQ(*page, copy);
}

TEST(MetricsRenderer, may_be_asked_by_many_threads) {
  SnapshotMaker maker(3);
  std::vector<std::shared_ptr<const Snapshot>> history;
  for (int i = 0; i < 20; ++i, maker.step()) history.push_back(maker.now());
  MetricsRenderer renderer;
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; ++reader) {
    readers.emplace_back([&] {
      for (const auto& snapshot : history) wrong += *renderer.render(snapshot) == as_prometheus_cpp(snapshot) ? 0 : 1;
    });
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
}

TEST(SnapshotCollectable, collects_nothing_before_the_first_snapshot) {
  EXPECT_TRUE(SnapshotCollectable([] { return nullptr; }).Collect().empty());
}

TEST(Numbers, are_written_with_sixteen_digits_as_printf_does) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 200'000; ++i) {
    double value = std::bit_cast<double>(random());
    if (i % 3 == 0) value = static_cast<double>(static_cast<std::int64_t>(random()) >> (random() % 64));
    if (!std::isfinite(value)) continue;
    std::array<char, 64> expected;
    std::array<char, kMaxNumberBytes> written;
    const int length = std::snprintf(expected.data(), expected.size(), "%.16g", value);
    char* const end = write_number(written.data(), value);
    ASSERT_EQ(std::string(written.data(), end), std::string(expected.data(), static_cast<std::size_t>(length)));
  }
}

/// A page such as a host with two services serves.
std::string realistic_page() {
  std::vector<Family> families{
      {std::string(measure::kHttpServerDuration), "Duration of HTTP requests served.", MetricType::kHistogram, {}},
      {"sonde_http_request_bytes_total", "Bytes of HTTP requests.", MetricType::kCounter, {}},
      {"sonde_sensor_up", "Whether a sensor measures.", MetricType::kGauge, {}}};
  for (const char* route : {"/users/{id}", "/caf\xC3\xA9 \"x\"\\y"}) {
    measure::Series series = SnapshotMaker::series({{"service_name", "shop"}, {"http_route", route}}, 0);
    auto value = std::make_shared<measure::HistogramValue>();
    value->bucket_counts[4] = value->count = 1000;
    value->sum_seconds = 1.0 / 3;
    series.histogram = value;
    families[0].series.push_back(series);
  }
  families[1].series.push_back(SnapshotMaker::series({{"service_name", "shop"}, {"role", "server"}}, 1e17));
  families[2].series.push_back(SnapshotMaker::series({{"sensor", "traffic"}, {"variant", "tp_btf"}}, 1));
  return *MetricsRenderer().render(snapshot_of(families));
}

TEST(MetricsPage, has_nothing_promtool_complains_about) {
  if (std::system("promtool --version >/dev/null 2>&1") != 0) {
    GTEST_SKIP() << "promtool is missing (apt-get install prometheus): the page is NOT checked by Prometheus itself";
  }
  const std::string page = realistic_page();
  FILE* promtool = popen("promtool check metrics 2>&1", "w");
  ASSERT_NE(promtool, nullptr);
  EXPECT_EQ(std::fwrite(page.data(), 1, page.size(), promtool), page.size());
  EXPECT_EQ(pclose(promtool), 0);
}

}  // namespace
}  // namespace sonde::serve
