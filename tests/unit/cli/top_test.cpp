#include "cli/top.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "cli/human.h"
#include "unit/cli/sample.h"

namespace sonde::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

TopView sample_view() {
  TopView view;
  view.clock = "14:03:07";
  view.sensors = sample_sensors();
  return view;
}

std::size_t longest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, display_width(line));
  return longest;
}

TEST(Top, shows_the_busiest_service_first_in_aligned_columns) {
  EXPECT_EQ(render_top(sample_rows(), sample_view()),
            "Sonde at 127.0.0.1:10977\n"
            "14:03:07  last 1m  traffic on (tp_btf)  lost since start: ring_full 12, record_gap 3\n"
            "\n"
            "SERVICE                            ROLE    REQ/S     P50     P95     P99   4XX  ERRORS\n"
            "payments-gateway-worker-eu-west-1  client  1.20k  2.10ms  4.50ms  9.80ms    0%    0.4%\n"
            "nginx                              server   20.0   850us  12.3ms   1.25s  1.0%      0%\n"
            "reports                            server   0.50   400ms   6.50s   1m15s    0%   10.0%\n");
}

TEST(Top, cuts_names_in_the_middle_where_the_terminal_is_narrow) {
  TopView view = sample_view();
  view.width = 70;
  EXPECT_EQ(render_top(sample_rows(), view),
            "Sonde at 127.0.0.1:10977\n"
            "14:03:07  last 1m  traffic on (tp_btf)  lost since start: ring_full 1…\n"
            "\n"
            "SERVICE            ROLE    REQ/S     P50     P95     P99   4XX  ERRORS\n"
            "payments…u-west-1  client  1.20k  2.10ms  4.50ms  9.80ms    0%    0.4%\n"
            "nginx              server   20.0   850us  12.3ms   1.25s  1.0%      0%\n"
            "reports            server   0.50   400ms   6.50s   1m15s    0%   10.0%\n");
}

TEST(Top, leaves_columns_out_rather_than_wrap_lines) {
  TopView view = sample_view();
  view.width = 40;
  const std::string text = render_top(sample_rows(), view);
  EXPECT_LE(longest_line(text), 40u) << text;
  EXPECT_THAT(text, HasSubstr("P95"));
  EXPECT_THAT(text, Not(HasSubstr("4XX")));
  EXPECT_THAT(text, Not(HasSubstr("P50")));
}

TEST(Top, paints_what_is_beyond_the_thresholds_only_where_colour_is_wanted) {
  TopView view = sample_view();
  view.colour = true;
  const std::string text = render_top(sample_rows(), view);
  EXPECT_THAT(text, HasSubstr("\x1b[33m1.25s\x1b[0m"));
  EXPECT_THAT(text, HasSubstr("\x1b[31m6.50s\x1b[0m"));
  EXPECT_THAT(text, HasSubstr("\x1b[31m10.0%\x1b[0m"));
  EXPECT_THAT(text, HasSubstr("  1.0%  "));
  EXPECT_THAT(text, HasSubstr("  0.4%\n"));
  view.colour = false;
  EXPECT_THAT(render_top(sample_rows(), view), Not(HasSubstr("\x1b")));
}

TEST(Top, sorts_by_any_figure_with_unknown_values_last) {
  std::vector<TopRow> rows = sample_rows();
  rows.push_back(TopRow{"idle", "server", 0, 0.0, {}, {}, {}, {}, {}, 60});
  const auto by_p99 = sort_rows(rows, Figure::kP99);
  EXPECT_EQ(by_p99[0].service, "reports");
  EXPECT_EQ(by_p99[1].service, "nginx");
  EXPECT_EQ(by_p99[3].service, "idle");
  EXPECT_THAT(render_top(rows, sample_view()), HasSubstr("0       -       -       -     -       -\n"));
}

TEST(Top, orders_equal_rows_by_name_and_role) {
  const std::vector<TopRow> rows{TopRow{"b", "client"}, TopRow{"b", "server"}, TopRow{"a", "server"}};
  const auto sorted = sort_rows({std::vector<TopRow>{rows[1], rows[0], rows[2]}}, Figure::kRate);
  EXPECT_EQ(sorted[0].service, "a");
  EXPECT_EQ(sorted[1].role, "client");
  EXPECT_EQ(sorted[2].role, "server");
}

TEST(Top, shows_so_many_services_and_says_how_many_more_there_are) {
  TopView view = sample_view();
  view.count = 1;
  const std::string text = render_top(sample_rows(), view);
  EXPECT_THAT(text, HasSubstr("payments"));
  EXPECT_THAT(text, Not(HasSubstr("nginx")));
  EXPECT_THAT(text, testing::EndsWith("and 2 more\n"));
}

TEST(Top, says_what_to_do_if_there_was_no_traffic) {
  TopView view = sample_view();
  view.sensors.losses.clear();
  EXPECT_EQ(render_top({}, view),
            "Sonde at 127.0.0.1:10977\n"
            "14:03:07  last 1m  traffic on (tp_btf)  nothing lost\n"
            "\n"
            "No HTTP request was seen in the last 1m.\n"
            "Send one to a service on this host and it appears here. If it does not, `sudo sonde doctor`\n"
            "says what cannot be measured, and `--window 15m` looks further back.\n");
}

TEST(Top, says_that_the_window_is_not_full_yet) {
  std::vector<TopRow> rows = sample_rows();
  for (TopRow& row : rows) row.covered_seconds = 12.7;
  EXPECT_THAT(render_top(rows, sample_view()), HasSubstr("  last 1m (data for 12.0s so far)  "));
}

TEST(Top, says_why_a_sensor_measures_less_or_nothing) {
  TopView view = sample_view();
  view.sensors.sensors = {capture::SensorReport{"traffic", "tracepoint", capture::SensorState::kDegraded, "no BTF", ""},
                          capture::SensorReport{"tls", "", capture::SensorState::kOff, "no uprobes", ""}};
  EXPECT_THAT(render_top(sample_rows(), view),
              HasSubstr("  traffic degraded (tracepoint): no BTF  tls off: no uprobes  lost"));
}

TEST(Top, names_the_three_greatest_losses) {
  TopView view = sample_view();
  view.sensors.losses = {{"a", 1}, {"b", 4}, {"c", 2}, {"d", 3}};
  EXPECT_THAT(render_top(sample_rows(), view), HasSubstr("lost since start: b 4, d 3, c 2, …\n"));
}

TEST(Top, shows_the_notice_on_a_line_of_its_own) {
  TopView view = sample_view();
  view.notice = "not refreshed: no Sonde answers";
  EXPECT_THAT(render_top(sample_rows(), view), HasSubstr("record_gap 3\nnot refreshed: no Sonde answers\n\nSERVICE"));
}

}  // namespace
}  // namespace sonde::cli
