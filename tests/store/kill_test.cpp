// A child appends and writes checkpoints without pause; the parent kills it at random moments and looks at what is
// left.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "support/killed_child.h"
#include "unit/store/measured_host.h"

namespace sonde::store {
namespace {

using namespace std::chrono_literals;
using test::KilledChild;

constexpr int kSeries = 100;
constexpr int kRounds = 120;

StoreOptions options_in(const std::string& directory) {
  StoreOptions options;
  options.directory = directory;
  options.retention = 2h;
  options.long_metrics = {"requests_total", "wait_seconds"};
  return options;
}

/// Sample i of every series has the value i; the time says which one it is.
void append_round(Database& database, MeasuredHost& host, std::int64_t round) {
  for (int n = 0; n < kSeries; ++n) {
    host.count("requests_total", {{"n", std::to_string(n)}}, static_cast<double>(round));
  }
  host.count("churn_total", {{"n", std::to_string(round % 50)}}, static_cast<double>(round));
  host.observe("wait_seconds", {}, std::chrono::milliseconds{1 + round % 100});
  database.append(host.snapshot(), at_ms(round * 10'000));
}

/// Runs until it is killed. Writes each round to `out` once a checkpoint holds it.
[[noreturn]] void run_child(const std::string& directory, std::int64_t round, int out) {
  std::vector<std::string> notices;
  auto database = Database::open(options_in(directory), notices);
  if (!database || !notices.empty()) std::_Exit(2);
  MeasuredHost host;
  for (;; ++round) {
    append_round(**database, host, round);
    if (round % 6 != 5) continue;
    if (!(*database)->checkpoint()) std::_Exit(3);
    KilledChild::acknowledge(out, round);
  }
}

/// What `series` has is true, and it has everything up to round `last`.
void expect_rounds(const ReadSeries& series, std::int64_t last) {
  EXPECT_GE(series.samples.back().at_ms, kStartMs + last * 10'000) << series.name;
  if (series.name.starts_with("wait")) return;
  for (const Sample& sample : series.samples) {
    EXPECT_EQ(sample.value, static_cast<double>((sample.at_ms - kStartMs) / 10'000)) << series.name;
  }
}

TEST(Kill, at_no_moment_is_anything_lost_that_a_checkpoint_held) {
  const TemporaryDirectory directory;
  std::mt19937_64 random(20'240'711);
  std::int64_t next_round = 0;
  for (int i = 0; i < kRounds; ++i) {
    KilledChild child([&](int out) { run_child(directory.path(), next_round, out); });
    child.let_work(std::chrono::microseconds{random() % 15'000});
    const std::int64_t last = child.kill();
    ASSERT_GE(last, next_round) << i;

    std::vector<std::string> notices;
    const auto database = open_database(options_in(directory.path()), &notices);
    ASSERT_TRUE(notices.empty()) << notices.front();
    const auto all = read(*database, {{"__name__", MatchOperator::kRegex, "requests_total|wait_seconds_count"}});
    ASSERT_EQ(all.size(), static_cast<std::size_t>(kSeries) + 1) << i;
    for (const ReadSeries& series : all) expect_rounds(series, last);
    next_round = (database->facts().newest_ms - kStartMs) / 10'000 + 1;
  }
}

}  // namespace
}  // namespace sonde::store
