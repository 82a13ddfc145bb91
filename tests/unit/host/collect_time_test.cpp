#include <ctime>

#include "host/timex_readings.h"
#include "unit/host/fake_host.h"

// time, timex.
namespace sonde::host {
namespace {

/// The process's time zone, as TZ has it (tzset(3)), until this goes.
class TimeZone {
 public:
  explicit TimeZone(const char* zone) : before_(::getenv("TZ") != nullptr ? ::getenv("TZ") : "") { set(zone); }
  TimeZone(const TimeZone&) = delete;
  TimeZone& operator=(const TimeZone&) = delete;
  ~TimeZone() { set(before_.c_str()); }

 private:
  static void set(const char* zone) {
    *zone != '\0' ? ::setenv("TZ", zone, 1) : ::unsetenv("TZ");
    ::tzset();
  }

  std::string before_;
};

TEST(CollectTime, gives_the_time_to_the_fraction) {
  const TimeZone zone("UTC0");
  FakeHost host;
  host.now = WallTime{std::chrono::milliseconds{1'700'000'000'500}};
  EXPECT_EQ(host.collect(&collect_time), (Readings{{"gauge node_time_seconds", 1'700'000'000.5},
                                                   {"gauge node_time_zone_offset_seconds{time_zone=\"UTC\"}", 0}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectTime, knows_summer_from_winter) {
  const TimeZone zone("CET-1CEST,M3.5.0,M10.5.0/3");
  FakeHost host;
  host.now = WallTime{std::chrono::seconds{1'673'000'000}};  // January 2023
  EXPECT_TRUE(host.collect(&collect_time).contains("gauge node_time_zone_offset_seconds{time_zone=\"CET\"}"));
  host.now = WallTime{std::chrono::seconds{1'689'000'000}};  // July 2023
  EXPECT_EQ(host.collect(&collect_time).at("gauge node_time_zone_offset_seconds{time_zone=\"CEST\"}"), 7200);
}

TEST(CollectTime, is_negative_west_of_greenwich) {
  const TimeZone zone("<-0330>3:30");
  FakeHost host;
  EXPECT_EQ(host.collect(&collect_time).at("gauge node_time_zone_offset_seconds{time_zone=\"-0330\"}"), -12600);
}

TEST(CollectTime, lists_clock_sources) {
  FakeHost host;
  host.write("sys/devices/system/clocksource/clocksource0/available_clocksource", "tsc hpet acpi_pm \n");
  host.write("sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n");
  host.write("sys/devices/system/clocksource/power/control", "auto\n");
  Readings readings = host.collect(&collect_time);
  std::erase_if(readings, [](const auto& reading) { return reading.first.find("clocksource") == std::string::npos; });
  EXPECT_EQ(readings, (Readings{{"gauge node_time_clocksource_available_info{clocksource=\"tsc\",device=\"0\"}", 1},
                                {"gauge node_time_clocksource_available_info{clocksource=\"hpet\",device=\"0\"}", 1},
                                {"gauge node_time_clocksource_available_info{clocksource=\"acpi_pm\",device=\"0\"}", 1},
                                {"gauge node_time_clocksource_current_info{clocksource=\"tsc\",device=\"0\"}", 1}}));
  EXPECT_TRUE(host.is_ok());
}

TEST(CollectTime, keeps_the_time_where_clock_sources_can_not_be_read) {
  FakeHost host;
  host.write("sys/devices/system/clocksource/clocksource0/available_clocksource", "tsc\n");
  EXPECT_TRUE(host.collect(&collect_time).contains("gauge node_time_seconds"));
  EXPECT_FALSE(host.is_ok());
}

Readings read_timex(const timex& clock, int state) {
  ReadingWriter out;
  write_timex(clock, state, out);
  return to_readings(out.take());
}

TEST(CollectTimex, gives_every_number_in_its_base_unit) {
  timex clock{};
  clock.offset = -1500;
  clock.freq = 65536 * 25;
  clock.maxerror = 16'000'000;
  clock.esterror = 250;
  clock.status = STA_PLL | STA_NANO;
  clock.constant = 7;
  clock.tick = 10'000;
  clock.ppsfreq = 65536 * 2;
  clock.jitter = 3000;
  clock.shift = 4;
  clock.stabil = 65536;
  clock.jitcnt = 5;
  clock.calcnt = 6;
  clock.errcnt = 8;
  clock.stbcnt = 9;
  clock.tai = 37;
  EXPECT_EQ(read_timex(clock, TIME_OK), (Readings{{"gauge node_timex_sync_status", 1},
                                                  {"gauge node_timex_offset_seconds", -0.0000015},
                                                  {"gauge node_timex_frequency_adjustment_ratio", 1.000025},
                                                  {"gauge node_timex_maxerror_seconds", 16},
                                                  {"gauge node_timex_estimated_error_seconds", 0.00025},
                                                  {"gauge node_timex_status", 0x2001},
                                                  {"gauge node_timex_loop_time_constant", 7},
                                                  {"gauge node_timex_tick_seconds", 0.01},
                                                  {"gauge node_timex_pps_frequency_hertz", 0.000002},
                                                  {"gauge node_timex_pps_jitter_seconds", 0.000003},
                                                  {"gauge node_timex_pps_shift_seconds", 4},
                                                  {"gauge node_timex_pps_stability_hertz", 0.000001},
                                                  {"counter node_timex_pps_jitter_total", 5},
                                                  {"counter node_timex_pps_calibration_total", 6},
                                                  {"counter node_timex_pps_error_total", 8},
                                                  {"counter node_timex_pps_stability_exceeded_total", 9},
                                                  {"gauge node_timex_tai_offset_seconds", 37}}));
}

TEST(CollectTimex, takes_offsets_for_microseconds_unless_told_otherwise) {
  timex clock{};
  clock.offset = 1500;
  clock.jitter = 3000;
  const Readings readings = read_timex(clock, TIME_OK);
  EXPECT_EQ(readings.at("gauge node_timex_offset_seconds"), 0.0015);
  EXPECT_EQ(readings.at("gauge node_timex_pps_jitter_seconds"), 0.003);
}

TEST(CollectTimex, is_in_step_in_every_state_but_error) {
  EXPECT_EQ(read_timex(timex{}, TIME_INS).at("gauge node_timex_sync_status"), 1);
  EXPECT_EQ(read_timex(timex{}, TIME_ERROR).at("gauge node_timex_sync_status"), 0);
}

TEST(CollectTimex, asks_the_kernel) {
  FakeHost host;
  const Readings readings = host.collect(&collect_timex);
  if (!host.is_ok()) {
    // Containers may forbid the call.
    EXPECT_EQ(host.code(), Code::kPermission);
    return;
  }
  EXPECT_EQ(readings.size(), 17U);
  EXPECT_GT(readings.at("gauge node_timex_tick_seconds"), 0);
}

}  // namespace
}  // namespace sonde::host
