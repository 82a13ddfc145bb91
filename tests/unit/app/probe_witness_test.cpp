#include "app/probe_witness.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <vector>

namespace sonde::app {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNoon{1'800'014'400s};

probe::ProbeState state(bool success) {
  probe::ProbeTarget target;
  target.service = "shop";
  target.interval = 1min;
  probe::ProbeState state;
  state.target = std::make_shared<const probe::ProbeTarget>(target);
  state.last.emplace();
  state.last->success = success;
  state.in_a_row = 0;
  return state;
}

store::ServiceWindow seen(std::uint64_t requests, std::uint64_t errors) {
  store::ServiceWindow window;
  window.service = "shop";
  window.requests = requests;
  window.server_errors = errors;
  return window;
}

TEST(ProbeWitness, contradicts_only_with_enough_requests_that_say_the_opposite) {
  using enum Testimony;
  struct Row {
    bool success;
    std::uint64_t requests;
    std::uint64_t errors;
    Testimony testimony;
  };
  for (const Row& row : {Row{false, 10, 0, kFailsWhileRequestsSucceed}, Row{false, 9, 0, kNone},
                         Row{false, 100, 9, kFailsWhileRequestsSucceed}, Row{false, 100, 10, kNone},
                         Row{false, 100, 100, kNone}, Row{true, 100, 0, kNone}, Row{true, 100, 49, kNone},
                         Row{true, 100, 50, kSucceedsWhileRequestsFail}, Row{true, 9, 9, kNone}}) {
    EXPECT_EQ(testify(state(row.success), std::vector{seen(row.requests, row.errors)}, 1min), row.testimony)
        << row.success << " " << row.requests << " " << row.errors;
  }
}

TEST(ProbeWitness, leaves_the_requests_of_the_probe_itself_out) {
  probe::ProbeState failing = state(false);
  failing.last->status = 500;
  failing.last->attempts = 2;
  failing.in_a_row = 20;
  EXPECT_EQ(testify(failing, std::vector{seen(100, 11)}, 1min), Testimony::kFailsWhileRequestsSucceed);
  EXPECT_EQ(testify(failing, std::vector{seen(100, 14)}, 1min), Testimony::kNone);  // 4 of 96 are the probe's
  EXPECT_EQ(testify(failing, std::vector{seen(13, 4)}, 1min), Testimony::kNone);
  probe::ProbeState fine = state(true);
  fine.in_a_row = 1;
  EXPECT_EQ(testify(fine, std::vector{seen(19, 9)}, 1min), Testimony::kSucceedsWhileRequestsFail);
}

TEST(ProbeWitness, listens_to_the_server_side_of_the_same_service) {
  store::ServiceWindow client = seen(100, 0);
  client.server = false;
  store::ServiceWindow other = seen(100, 0);
  other.service = "cart";
  EXPECT_EQ(testify(state(false), std::vector{client, other}, 1min), Testimony::kNone);
}

TEST(ProbeWitness, hears_nothing_from_before_the_probe_began_to_say_so) {
  EXPECT_EQ(witness_window(kNoon, kNoon + 9s), std::nullopt);
  EXPECT_EQ(witness_window(kNoon, kNoon + 25s), std::optional<std::chrono::nanoseconds>(25s));
  EXPECT_EQ(witness_window(kNoon, kNoon + 10min), std::optional<std::chrono::nanoseconds>(1min));
  EXPECT_EQ(witness_window(kNoon, kNoon - 1h), std::nullopt);
}

}  // namespace
}  // namespace sonde::app
