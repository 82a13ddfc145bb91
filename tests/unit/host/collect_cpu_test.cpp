#include "unit/host/fake_host.h"

namespace sonde::host {
namespace {

std::string seconds(std::string_view cpu, std::string_view mode) {
  return "counter node_cpu_seconds_total{cpu=\"" + std::string(cpu) + "\",mode=\"" + std::string(mode) + "\"}";
}

std::string guest_seconds(std::string_view cpu, std::string_view mode) {
  return "counter node_cpu_guest_seconds_total{cpu=\"" + std::string(cpu) + "\",mode=\"" + std::string(mode) + "\"}";
}

TEST(CollectCpu, gives_seconds_of_each_mode) {
  FakeHost host;
  host.write("proc/stat",
             "cpu  999 999 999 999 999 999 999 999 999 999\n"
             "cpu0 12345 158 2077 8694 500 7 6 5 250 3\n"
             "intr 1 0\n");
  EXPECT_EQ(host.collect(&collect_cpu), (Readings{{seconds("0", "user"), 123.45},
                                                  {seconds("0", "nice"), 1.58},
                                                  {seconds("0", "system"), 20.77},
                                                  {seconds("0", "idle"), 86.94},
                                                  {seconds("0", "iowait"), 5},
                                                  {seconds("0", "irq"), 0.07},
                                                  {seconds("0", "softirq"), 0.06},
                                                  {seconds("0", "steal"), 0.05},
                                                  {guest_seconds("0", "user"), 2.5},
                                                  {guest_seconds("0", "nice"), 0.03}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectCpu, leaves_out_cpus_that_are_off) {
  FakeHost host;
  host.write("proc/stat", "cpu  4 0 0 0\ncpu0 100 0 0 0\ncpu3 300 0 0 0\ncpu127 400 0 0 0\nintr 1\n");
  const Readings readings = host.collect(&collect_cpu);
  EXPECT_EQ(readings.size(), 30U);
  EXPECT_EQ(readings.at(seconds("3", "user")), 3);
  EXPECT_EQ(readings.at(seconds("127", "user")), 4);
  EXPECT_FALSE(readings.contains(seconds("1", "user")));
}

TEST(CollectCpu, gives_zero_for_modes_old_kernels_do_not_count) {
  FakeHost host;
  host.write("proc/stat", "cpu  4 0 0 0\ncpu0 100 200 300 400\n");
  const Readings readings = host.collect(&collect_cpu);
  EXPECT_EQ(readings.at(seconds("0", "idle")), 4);
  EXPECT_EQ(readings.at(seconds("0", "steal")), 0);
}

TEST(CollectCpu, passes_over_cpus_it_can_not_read) {
  FakeHost host;
  host.write("proc/stat", "cpu0 1 2 3 x\ncpux 1 2 3 4\ncpu99999999999 1 2 3 4\ncpu1 100 0 0 0\n");
  EXPECT_EQ(host.collect(&collect_cpu).size(), 10U);
  EXPECT_EQ(host.what(), "3 lines of " + host.at("proc/stat") + " could not be read");
}

struct GuardRow {
  const char* name;
  const char* before;
  const char* after;
  double idle;
  double iowait;
};

void PrintTo(const GuardRow& row, std::ostream* out) { *out << row.name; }

class CpuThatGoesBack : public testing::TestWithParam<GuardRow> {};

TEST_P(CpuThatGoesBack, is_told_from_one_that_began_anew) {
  FakeHost host;
  host.write("proc/stat", GetParam().before);
  host.collect(&collect_cpu);
  host.write("proc/stat", GetParam().after);
  const Readings readings = host.collect(&collect_cpu);
  EXPECT_EQ(readings.at(seconds("1", "idle")), GetParam().idle);
  EXPECT_EQ(readings.at(seconds("1", "iowait")), GetParam().iowait);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, CpuThatGoesBack,
    testing::Values(
        GuardRow{"goes_on", "cpu1 0 0 0 1000 500\n", "cpu1 0 0 0 1100 600\n", 11, 6},
        GuardRow{"iowait_back_a_little", "cpu1 0 0 0 1000 500\n", "cpu1 0 0 0 1000 499\n", 10, 5},
        GuardRow{"iowait_back_a_lot", "cpu1 0 0 0 1000 90000\n", "cpu1 0 0 0 1000 400\n", 10, 900},
        GuardRow{"idle_back_a_little", "cpu1 0 0 0 1000 500\n", "cpu1 0 0 0 701 500\n", 10, 5},
        GuardRow{"idle_back_by_three_seconds", "cpu1 0 0 0 1000 500\n", "cpu1 0 0 0 700 400\n", 7, 4},
        GuardRow{"another_cpu_went", "cpu1 0 0 0 1000 500\ncpu2 0 0 0 1 1\n", "cpu1 0 0 0 999 499\n", 9.99, 4.99},
        GuardRow{"another_cpu_came", "cpu1 0 0 0 1000 500\n", "cpu1 0 0 0 999 499\ncpu2 0 0 0 1 1\n", 9.99, 4.99},
        GuardRow{"another_cpu_instead", "cpu1 0 0 0 1000 500\ncpu2 0 0 0 1 1\n", "cpu1 0 0 0 999 499\ncpu3 0 0 0 1 1\n",
                 9.99, 4.99}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(CollectCpu, keeps_the_highest_value_over_many_passes) {
  FakeHost host;
  for (const char* text : {"cpu1 0 0 0 1000\n", "cpu1 0 0 0 900\n", "cpu1 0 0 0 950\n"}) {
    host.write("proc/stat", text);
    EXPECT_EQ(host.collect(&collect_cpu).at(seconds("1", "idle")), 10) << text;
  }
}

TEST(CollectCpu, takes_times_as_they_are_without_a_memory_of_earlier_passes) {
  FakeHost host;
  for (const char* text : {"cpu1 0 0 0 1000\n", "cpu1 0 0 0 900\n"}) {
    host.write("proc/stat", text);
    CollectContext context = host.context();
    context.memory = nullptr;
    ReadingWriter out;
    ASSERT_TRUE(collect_cpu(context, out));
    const double idle = to_readings(out.take()).at(seconds("1", "idle"));
    EXPECT_EQ(idle, std::string_view(text).ends_with(" 900\n") ? 9 : 10);
  }
}

/// Packages of two cores with two threads each: CPUs 0 and 4 share core 0 of package 0, and so on.
void write_throttle_counts(const FakeHost& host) {
  for (int cpu = 0; cpu < 8; ++cpu) {
    const std::string directory = "sys/devices/system/cpu/cpu" + std::to_string(cpu);
    host.write(directory + "/topology/physical_package_id", std::to_string((cpu % 4) / 2) + "\n");
    host.write(directory + "/topology/core_id", std::to_string(cpu % 2) + "\n");
    host.write(directory + "/thermal_throttle/core_throttle_count", std::to_string(10 + cpu) + "\n");
    host.write(directory + "/thermal_throttle/package_throttle_count", std::to_string(100 + cpu) + "\n");
  }
  host.write("sys/devices/system/cpu/cpufreq/x", "1\n");
  host.write("proc/stat", "cpu0 1 2 3 4\n");
}

std::string core_throttles(int package, int core) {
  return "counter node_cpu_core_throttles_total{core=\"" + std::to_string(core) + "\",package=\"" +
         std::to_string(package) + "\"}";
}

Readings throttles_of(Readings readings) {
  std::erase_if(readings, [](const auto& reading) { return reading.first.find("throttles") == std::string::npos; });
  return readings;
}

TEST(CollectCpu, counts_throttling_once_for_each_core_and_package) {
  FakeHost host;
  write_throttle_counts(host);
  EXPECT_EQ(throttles_of(host.collect(&collect_cpu)),
            (Readings{{core_throttles(0, 0), 10},
                      {core_throttles(0, 1), 11},
                      {core_throttles(1, 0), 12},
                      {core_throttles(1, 1), 13},
                      {"counter node_cpu_package_throttles_total{package=\"0\"}", 100},
                      {"counter node_cpu_package_throttles_total{package=\"1\"}", 102}}));
}

TEST(CollectCpu, reads_throttling_anew_in_every_pass) {
  FakeHost host;
  write_throttle_counts(host);
  host.collect(&collect_cpu);
  host.write("sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "77\n");
  host.write("sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "gone\n");
  const Readings throttles = throttles_of(host.collect(&collect_cpu));
  EXPECT_EQ(throttles.at(core_throttles(0, 0)), 77);
  EXPECT_FALSE(throttles.contains(core_throttles(0, 1)));
}

TEST(CollectCpu, looks_for_throttling_again_when_cpus_come_or_go) {
  FakeHost host;
  host.write("proc/stat", "cpu0 1 2 3 4\ncpu1 1 2 3 4\n");
  EXPECT_TRUE(throttles_of(host.collect(&collect_cpu)).empty());
  write_throttle_counts(host);
  EXPECT_EQ(throttles_of(host.collect(&collect_cpu)).size(), 6U);
}

struct IsolatedRow {
  const char* name;
  const char* text;
  std::vector<const char*> cpus;
};

void PrintTo(const IsolatedRow& row, std::ostream* out) { *out << row.name; }

class IsolatedCpus : public testing::TestWithParam<IsolatedRow> {};

TEST_P(IsolatedCpus, are_listed_one_by_one) {
  FakeHost host;
  host.write("proc/stat", "cpu0 1 2 3 4\n");
  host.write("sys/devices/system/cpu/isolated", GetParam().text);
  Readings readings = host.collect(&collect_cpu);
  std::erase_if(readings, [](const auto& reading) { return !reading.first.starts_with("gauge node_cpu_isolated"); });
  Readings expected;
  for (const char* cpu : GetParam().cpus) expected["gauge node_cpu_isolated{cpu=\"" + std::string(cpu) + "\"}"] = 1;
  EXPECT_EQ(readings, expected);
}

INSTANTIATE_TEST_SUITE_P(Rows, IsolatedCpus,
                         testing::Values(IsolatedRow{"none", "\n", {}}, IsolatedRow{"one", "5\n", {"5"}},
                                         IsolatedRow{"range", "2-4\n", {"2", "3", "4"}},
                                         IsolatedRow{"both", "1,3-4,9\n", {"1", "3", "4", "9"}},
                                         IsolatedRow{"backwards", "4-2\n", {}},
                                         IsolatedRow{"half_a_range", "3-,7\n", {"7"}},
                                         IsolatedRow{"absurd", "0-18446744073709551615,1\n", {"1"}},
                                         IsolatedRow{"commas", ",,\n", {}}),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sonde::host
