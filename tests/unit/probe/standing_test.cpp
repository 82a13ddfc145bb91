#include "probe/standing.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

namespace sonde::probe {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNoon{1'800'014'400s};

Standing with_thresholds(unsigned failures, unsigned successes) {
  ProbeTarget target;
  target.failure_threshold = failures;
  target.success_threshold = successes;
  return Standing(std::make_shared<const ProbeTarget>(target));
}

/// The state after each result of `story`: `+` a success, `-` a failure; one second apart.
std::string told(Standing& standing, const std::string& story) {
  std::string states;
  WallTime at = kNoon;
  for (const char each : story) {
    ProbeResult result;
    result.success = each == '+';
    standing.take(result, at);
    states += *standing.state(at).up ? 'u' : 'd';
    at += 1s;
  }
  return states;
}

TEST(Standing, is_unknown_before_the_first_result_which_then_counts) {
  Standing standing = with_thresholds(3, 2);
  EXPECT_FALSE(standing.state(kNoon).up);
  EXPECT_EQ(told(standing, "-"), "d");
}

TEST(Standing, takes_as_many_in_a_row_as_the_thresholds_say) {
  Standing standing = with_thresholds(3, 2);
  EXPECT_EQ(told(standing, "+--+---+-++--"), "uuuuuudddduuu");
  const ProbeState state = standing.state(kNoon + 13s);
  EXPECT_EQ(state.in_a_row, 2U);
  EXPECT_EQ(state.in_a_row_since, kNoon + 11s);
  EXPECT_EQ(state.changed_at, kNoon + 10s);
  EXPECT_EQ(state.probed_at, kNoon + 12s);
  EXPECT_EQ(state.successes, 5U);
  EXPECT_EQ(state.failures, 8U);
}

TEST(Standing, changes_at_once_without_thresholds) {
  Standing standing = with_thresholds(1, 1);
  EXPECT_EQ(told(standing, "+-+"), "udu");
}

}  // namespace
}  // namespace sonde::probe
