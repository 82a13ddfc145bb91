#include "measure/readings.h"

#include <gtest/gtest.h>

#include <limits>

#include "unit/measure/tcp_fixture.h"

namespace sonde::measure {
namespace {

using namespace std::chrono_literals;
using capture::DiskLatency;
using capture::DiskOperation;
using host::ReadingFamily;
using host::ReadingType;

std::vector<Family> written(const std::vector<ReadingFamily>& families) {
  FamilyBuilder builder;
  append_readings(families, builder);
  return builder.take();
}

struct TypeRow {
  const char* name;
  ReadingType reading;
  MetricType metric;
};

class TypeCase : public testing::TestWithParam<TypeRow> {};

TEST_P(TypeCase, keeps_its_type_name_and_help) {
  const auto families = written({{"node_x", "What x is.", GetParam().reading, {{2.5, {}}}}});
  ASSERT_EQ(families.size(), 1u);
  EXPECT_EQ(families[0].name, "node_x");
  EXPECT_EQ(families[0].help, "What x is.");
  EXPECT_EQ(families[0].type, GetParam().metric);
  EXPECT_EQ(families[0].series[0].value, 2.5);
}

INSTANTIATE_TEST_SUITE_P(Readings, TypeCase,
                         testing::Values(TypeRow{"counter", ReadingType::kCounter, MetricType::kCounter},
                                         TypeRow{"gauge", ReadingType::kGauge, MetricType::kGauge},
                                         TypeRow{"untyped", ReadingType::kUntyped, MetricType::kUntyped}),
                         [](const auto& row) { return row.param.name; });

TEST(Readings, become_labels_in_the_order_of_their_tags) {
  const auto families =
      written({{"node_x", "X.", ReadingType::kGauge, {{1, {{"b", "1"}, {"a", "2"}}}, {2, {{"b", "1"}, {"a", "3"}}}}}});
  EXPECT_EQ(numbers_of(families), (Numbers{{"node_x{b=1,a=2}", 1}, {"node_x{b=1,a=3}", 2}}));
}

TEST(Readings, are_cleaned_of_what_is_no_text) {
  const auto families = written({{"node_x", "X.", ReadingType::kGauge, {{1, {{"device", "sd\xFF"}, {"none", ""}}}}}});
  EXPECT_EQ(numbers_of(families), (Numbers{{"node_x{device=sd\xEF\xBF\xBD}", 1}}));
}

TEST(Readings, that_do_not_come_again_disappear_and_the_others_keep_their_identity) {
  FamilyBuilder builder;
  append_readings({{"node_x", "X.", ReadingType::kGauge, {{1, {{"n", "1"}}}, {1, {{"n", "2"}}}}}}, builder);
  const auto first = builder.take();
  append_readings({{"node_x", "X.", ReadingType::kGauge, {{5, {{"n", "2"}}}}}}, builder);
  const auto second = builder.take();
  ASSERT_EQ(second[0].series.size(), 1u);
  EXPECT_EQ(second[0].series[0].identity, first[0].series[1].identity);
}

TEST(Readings, of_a_family_told_in_two_parts_are_one_family) {
  const auto families = written({{"node_x", "X.", ReadingType::kGauge, {{1, {{"n", "1"}}}}},
                                 {"node_y", "Y.", ReadingType::kGauge, {{1, {}}}},
                                 {"node_x", "X.", ReadingType::kGauge, {{2, {{"n", "2"}}}}}});
  ASSERT_EQ(families.size(), 2u);
  EXPECT_EQ(families[0].series.size(), 2u);
}

DiskLatency latency(std::uint32_t minor, DiskOperation operation = DiskOperation::kRead) {
  DiskLatency made;
  made.major = 259;
  made.minor = minor;
  made.operation = operation;
  return made;
}

const DiskNames kNames{{{259, 0}, "nvme0n1"}};

std::vector<Family> disks(const std::vector<DiskLatency>& latencies) {
  FamilyBuilder builder;
  append_disk_latencies(latencies, kNames, builder);
  return builder.take();
}

TEST(DiskLatencies, become_histograms_by_device_and_operation) {
  DiskLatency read = latency(0);
  read.counts[0] = 2;
  read.counts[3] = 1;
  read.counts.back() = 4;
  read.total = 1500ms;
  const auto families = disks({read, latency(0, DiskOperation::kFlush)});
  ASSERT_EQ(families[0].name, "sonde_disk_io_duration_seconds");
  EXPECT_EQ(families[0].type, MetricType::kHistogram);
  ASSERT_EQ(families[0].series.size(), 2u);
  EXPECT_EQ(text_of(*families[0].series[0].identity), "device=nvme0n1,operation=read");
  EXPECT_EQ(text_of(*families[0].series[1].identity), "device=nvme0n1,operation=flush");
  const HistogramValue& value = *families[0].series[0].histogram;
  EXPECT_EQ(value.count, 7u);
  EXPECT_DOUBLE_EQ(value.sum_seconds, 1.5);
  EXPECT_EQ(value.bucket_counts, read.counts);
}

TEST(DiskLatencies, count_errors) {
  DiskLatency write = latency(0, DiskOperation::kWrite);
  write.errors = 3;
  const auto families = disks({write});
  EXPECT_EQ(families[1].type, MetricType::kCounter);
  EXPECT_EQ(find(numbers_of(families), "sonde_disk_io_errors_total{device=nvme0n1,operation=write}"), 3);
}

TEST(DiskLatencies, of_disks_without_a_name_are_left_out) { EXPECT_TRUE(disks({latency(7)}).empty()); }

}  // namespace
}  // namespace sonde::measure
