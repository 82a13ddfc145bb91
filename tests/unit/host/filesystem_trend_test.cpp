#include "host/filesystem_trend.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

#include "unit/host/written.h"

namespace sonde::host {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr WallTime kBegin{seconds{1'800'000'000}};
constexpr double kGigabyte = 1e9;

/// units: bytes available, after so many minutes.
using Level = std::function<double(double minute)>;

struct HistoryRow {
  const char* name;
  int minutes;
  Level level;
  double full_minutes;  ///< 0: not to be predicted
};

double noise(double minute, double amplitude) {
  std::minstd_rand random(static_cast<unsigned>(minute * 7) + 1);
  random.discard(5);
  return std::uniform_real_distribution<double>(-amplitude, amplitude)(random);
}

const HistoryRow kRows[] = {
    {"fills_steadily", 60, [](double m) { return (100 - m) * kGigabyte; }, 40},
    {"fills_for_ten_minutes", 10, [](double m) { return (100 - m) * kGigabyte; }, 90},
    {"fills_for_nine_minutes", 9, [](double m) { return (100 - m) * kGigabyte; }, 0},
    {"fills_and_was_watched_for_hours", 300, [](double m) { return (400 - m) * kGigabyte; }, 100},
    {"fills_with_noise", 60, [](double m) { return (100 - m + noise(m, 3)) * kGigabyte; }, 40},
    {"filled_long_ago", 150, [](double m) { return (100 - std::min(m, 60.0)) * kGigabyte; }, 0},
    {"is_constant", 60, [](double) { return 100 * kGigabyte; }, 0},
    {"is_empty_of_space", 60, [](double) { return 0.0; }, 0},
    {"is_noisy", 60, [](double m) { return (100 + noise(m, 10)) * kGigabyte; }, 0},
    {"empties", 60, [](double m) { return (20 + m) * kGigabyte; }, 0},
    {"got_one_big_file", 60, [](double m) { return (m < 30 ? 100 : 20) * kGigabyte; }, 0},
    {"got_one_big_file_in_mid_minute", 60, [](double m) { return (m < 30.5 ? 100 : 20) * kGigabyte; }, 0},
    {"got_one_big_file_among_small_ones", 60,
     [](double m) { return (m < 30 ? 100 : 20) * kGigabyte - 4096 * std::floor(m / 7); }, 0},
    {"got_one_big_file_while_it_fills", 60, [](double m) { return (m < 30 ? 200 - m : 120 - m) * kGigabyte; }, 60},
    {"gets_one_big_file_now", 60, [](double m) { return (m < 55 ? 100 : 100 - (m - 55) * 4) * kGigabyte; }, 0},
    {"was_cleaned_up_while_it_fills", 60, [](double m) { return (m < 30 ? 60 - m : 160 - m) * kGigabyte; }, 100},
    {"was_cleaned_up_for_three_minutes_while_it_fills", 60,
     [](double m) { return (60 - m + 100 * std::clamp((m - 30.5) / 3, 0.0, 1.0)) * kGigabyte; }, 100},
    {"was_cleaned_up_early", 60, [](double m) { return (m < 12 ? 60 - m : 160 - m) * kGigabyte; }, 100},
    {"is_cleaned_up_every_ten_minutes", 60, [](double m) { return (100 - std::fmod(m, 10)) * kGigabyte; }, 0},
    {"is_cleaned_up_every_half_hour", 60, [](double m) { return (100 - std::fmod(m, 30)) * kGigabyte; }, 0},
    {"got_a_file_and_was_cleaned_up_while_it_fills", 60,
     [](double m) { return (100 - m - (m < 20 ? 0 : 30) + (m < 40 ? 0 : 50)) * kGigabyte; }, 60},
    {"fills_in_bursts", 60, [](double m) { return (100 - 5 * std::floor(m / 5)) * kGigabyte; }, 40},
    {"fills_so_slowly_that_nobody_cares", 60, [](double m) { return 1e12 - m * 4096; }, 0},
};

class Trend : public testing::Test {
 protected:
  /// Adds a history as a pass every ten seconds does.
  void add(const std::string& mount_point, const HistoryRow& row) {
    for (int second = 0; second <= row.minutes * 60; second += 10) {
      const double level = row.level(second / 60.0);
      trend_.add(mount_point, static_cast<std::uint64_t>(std::max(level, 0.0)), kBegin + seconds{second});
    }
  }

  double full_minutes(const std::string& mount_point) const {
    const auto until = trend_.time_until_full(mount_point);
    return until ? std::chrono::duration<double, std::ratio<60>>(*until).count() : 0;
  }

  FilesystemTrend trend_;
};

class TrendRow : public Trend, public testing::WithParamInterface<HistoryRow> {};

TEST_P(TrendRow, is_seen_for_what_it_is) {
  add("/", GetParam());
  EXPECT_NEAR(full_minutes("/"), GetParam().full_minutes, GetParam().full_minutes * 0.15);
}

INSTANTIATE_TEST_SUITE_P(History, TrendRow, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(Trend, is_never_seen_in_noise) {
  for (int seed = 0; seed < 200; ++seed) {
    const HistoryRow row{"", 11 + seed % 50, [&](double m) { return (100 + noise(m + seed * 1'000, 20)) * kGigabyte; },
                         0};
    const std::string mount_point = std::to_string(seed);
    add(mount_point, row);
    EXPECT_EQ(full_minutes(mount_point), 0) << seed;
  }
}

TEST_F(Trend, is_of_each_mount_alone) {
  add("/a", kRows[0]);
  add("/b", kRows[6]);
  EXPECT_GT(full_minutes("/a"), 0);
  EXPECT_EQ(full_minutes("/b"), 0);
  EXPECT_EQ(full_minutes("/c"), 0);
}

TEST_F(Trend, is_forgotten_with_its_mount) {
  add("/a", kRows[0]);
  trend_.forget_before(kBegin + minutes{60});
  EXPECT_GT(full_minutes("/a"), 0);
  trend_.forget_before(kBegin + minutes{61});
  EXPECT_EQ(full_minutes("/a"), 0);
}

TEST_F(Trend, begins_anew_when_the_clock_is_set_back) {
  add("/a", kRows[0]);
  for (int minute = 0; minute <= 20; ++minute) {
    EXPECT_EQ(full_minutes("/a") > 0, minute == 0 || minute > 10) << minute;
    trend_.add("/a", static_cast<std::uint64_t>((100 - minute) * kGigabyte), kBegin + minutes{minute - 1'000});
  }
  EXPECT_NEAR(full_minutes("/a"), 80, 1);
}

TEST_F(Trend, begins_anew_after_a_long_silence) {
  add("/a", kRows[0]);
  trend_.add("/a", 39'000'000'000, kBegin + minutes{90});
  EXPECT_TRUE(trend_.time_until_full("/a"));
  trend_.add("/a", 38'000'000'000, kBegin + minutes{151});
  EXPECT_FALSE(trend_.time_until_full("/a"));
}

TEST_F(Trend, bears_passes_that_are_missing) {
  for (int minute = 0; minute <= 60; ++minute) {
    if (minute % 7 == 0 || (minute > 20 && minute < 35)) continue;
    trend_.add("/a", static_cast<std::uint64_t>((100 - minute) * kGigabyte), kBegin + minutes{minute});
  }
  EXPECT_NEAR(full_minutes("/a"), 40, 1);
}

TEST_F(Trend, is_not_seen_in_a_handful_of_passes) {
  for (int minute = 0; minute <= 60; minute += 5) {
    trend_.add("/a", static_cast<std::uint64_t>((100 - minute) * kGigabyte), kBegin + minutes{minute});
    EXPECT_EQ(full_minutes("/a") > 0, minute >= 40) << minute;
  }
}

TEST_F(Trend, counts_passes_of_a_minute_as_one) {
  for (const int second : {0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 660}) {
    trend_.add("/a", static_cast<std::uint64_t>(100 * kGigabyte) - static_cast<std::uint64_t>(second) * 1'000'000,
               kBegin + seconds{second});
  }
  EXPECT_FALSE(trend_.time_until_full("/a"));
}

TEST_F(Trend, is_written_for_what_fills) {
  add("/full", kRows[0]);
  add("/constant", kRows[6]);
  std::vector<FilesystemFacts> facts(4);
  facts[0].mount = {"/dev/sda", "/full", "ext4", "rw"};
  facts[1].mount = {"/dev/sdb", "/constant", "ext4", "rw"};
  facts[2] = facts[0];
  facts[2].answered = false;
  facts[3] = facts[0];
  facts[3].read_only = true;
  ReadingWriter out;
  write_filesystem_trend(trend_, facts, out);
  EXPECT_EQ(
      lines_of(out),
      (std::vector<std::string>{"sonde_filesystem_full_seconds{device=/dev/sda,fstype=ext4,mountpoint=/full} 2400"}));
}

}  // namespace
}  // namespace sonde::host
