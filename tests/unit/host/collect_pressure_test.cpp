#include "unit/host/fake_host.h"

// pressure, schedstat.
namespace sonde::host {
namespace {

void write_pressure(const FakeHost& host, const std::string& resource, int some_us, int full_us) {
  host.write("proc/pressure/" + resource,
             "some avg10=0.00 avg60=0.08 avg300=0.14 total=" + std::to_string(some_us) +
                 "\nfull avg10=0.00 avg60=0.08 avg300=0.14 total=" + std::to_string(full_us) + "\n");
}

TEST(CollectPressure, gives_waiting_and_stalled_seconds) {
  FakeHost host;
  write_pressure(host, "cpu", 20'500'001, 5);
  write_pressure(host, "io", 36'901'015, 26'254'124);
  write_pressure(host, "memory", 1'000'000, 0);
  EXPECT_EQ(host.collect(&collect_pressure), (Readings{{"counter node_pressure_cpu_waiting_seconds_total", 20.500001},
                                                       {"counter node_pressure_io_waiting_seconds_total", 36.901015},
                                                       {"counter node_pressure_io_stalled_seconds_total", 26.254124},
                                                       {"counter node_pressure_memory_waiting_seconds_total", 1},
                                                       {"counter node_pressure_memory_stalled_seconds_total", 0}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectPressure, keeps_what_came_before_a_missing_resource) {
  FakeHost host;
  write_pressure(host, "cpu", 1'000'000, 0);
  EXPECT_EQ(host.collect(&collect_pressure), (Readings{{"counter node_pressure_cpu_waiting_seconds_total", 1}}));
  EXPECT_EQ(host.code(), Code::kNotFound);
}

TEST(CollectPressure, explains_a_line_without_a_total) {
  FakeHost host;
  host.write("proc/pressure/cpu", "some avg10=0.00 avg60=0.08 avg300=0.14 total=\n");
  EXPECT_TRUE(host.collect(&collect_pressure).empty());
  EXPECT_EQ(host.what(), "1 line of " + host.at("proc/pressure/cpu") + " could not be read");
}

TEST(CollectSchedstat, gives_running_and_waiting_time_and_turns) {
  FakeHost host;
  host.write("proc/schedstat",
             "version 15\ntimestamp 4295012345\n"
             "cpu0 11 0 22 33 44 55 1500000000007 250000000009 3000000001\n"
             "domain0 MC 00000000,00000003 7 6 5 4 3 2 1\n"
             "cpu9 11 0 22 33 44 55 123456789 0 17\n");
  EXPECT_EQ(host.collect(&collect_schedstat),
            (Readings{{"counter node_schedstat_running_seconds_total{cpu=\"0\"}", 1500.000000007},
                      {"counter node_schedstat_waiting_seconds_total{cpu=\"0\"}", 250.000000009},
                      {"counter node_schedstat_timeslices_total{cpu=\"0\"}", 3000000001},
                      {"counter node_schedstat_running_seconds_total{cpu=\"9\"}", 0.123456789},
                      {"counter node_schedstat_waiting_seconds_total{cpu=\"9\"}", 0},
                      {"counter node_schedstat_timeslices_total{cpu=\"9\"}", 17}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectSchedstat, passes_over_cpus_it_can_not_read) {
  FakeHost host;
  host.write("proc/schedstat", "cpu0 0 0 0 0 0 0 1\ncpux 0 0 0 0 0 0 1 2 3\ncpu1 0 0 0 0 0 0 1 -2 3\n");
  EXPECT_TRUE(host.collect(&collect_schedstat).empty());
  EXPECT_EQ(host.what(), "3 lines of " + host.at("proc/schedstat") + " could not be read");
}

}  // namespace
}  // namespace sonde::host
