#include "cli/human.h"

#include <gtest/gtest.h>

#include <limits>

namespace sonde::cli {
namespace {

struct NumberRow {
  double value;
  const char* text;
};

class Duration : public testing::TestWithParam<NumberRow> {};
TEST_P(Duration, has_three_digits_and_the_unit_that_fits) {
  EXPECT_EQ(human_duration(GetParam().value), GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(Numbers, Duration,
                         testing::Values(NumberRow{0, "0s"}, NumberRow{-1, "0s"}, NumberRow{5e-7, "<1us"},
                                         NumberRow{1e-6, "1.00us"}, NumberRow{9.996e-6, "10.0us"},
                                         NumberRow{850e-6, "850us"}, NumberRow{999.4e-6, "999us"},
                                         NumberRow{999.6e-6, "1.00ms"}, NumberRow{0.0123, "12.3ms"},
                                         NumberRow{0.09996, "100ms"}, NumberRow{0.9996, "1.00s"},
                                         NumberRow{1.25, "1.25s"}, NumberRow{59.94, "59.9s"}, NumberRow{59.96, "1m00s"},
                                         NumberRow{125, "2m05s"}, NumberRow{3599.6, "1h00m"}, NumberRow{3725, "1h02m"},
                                         NumberRow{std::numeric_limits<double>::infinity(), "277777h46m"}));

class Rate : public testing::TestWithParam<NumberRow> {};
TEST_P(Rate, has_three_digits) { EXPECT_EQ(human_rate(GetParam().value), GetParam().text); }
INSTANTIATE_TEST_SUITE_P(Numbers, Rate,
                         testing::Values(NumberRow{0, "0"}, NumberRow{0.001, "<0.01"}, NumberRow{0.25, "0.25"},
                                         NumberRow{20, "20.0"}, NumberRow{999.4, "999"}, NumberRow{999.6, "1.00k"},
                                         NumberRow{1236, "1.24k"}, NumberRow{3.1e6, "3.10M"}, NumberRow{2e9, "2.00G"}));

class Ratio : public testing::TestWithParam<NumberRow> {};
TEST_P(Ratio, is_0_or_100_percent_only_if_it_is) { EXPECT_EQ(human_ratio(GetParam().value), GetParam().text); }
INSTANTIATE_TEST_SUITE_P(Numbers, Ratio,
                         testing::Values(NumberRow{0, "0%"}, NumberRow{0.0001, "<0.1%"}, NumberRow{0.004, "0.4%"},
                                         NumberRow{0.123, "12.3%"}, NumberRow{0.9999, "99.9%"}, NumberRow{1, "100%"}));

TEST(Cut, takes_the_middle_out_of_long_names) {
  EXPECT_EQ(cut_middle("payments-worker", 15), "payments-worker");
  EXPECT_EQ(cut_middle("payments-worker", 9), "paym…rker");
  EXPECT_EQ(cut_middle("payments-worker", 8), "paym…ker");
  EXPECT_EQ(cut_middle("payments-worker", 1), "…");
  EXPECT_EQ(cut_middle("payments-worker", 0), "");
}

TEST(Cut, counts_and_keeps_whole_code_points) {
  EXPECT_EQ(display_width("größe"), 5u);
  EXPECT_EQ(cut_middle("ääääöööö", 5), "ää…öö");
  EXPECT_EQ(cut_end("ääääöööö", 5), "ääää…");
  EXPECT_EQ(cut_end("ääää", 4), "ääää");
  EXPECT_EQ(cut_end("ab", 0), "");
}

}  // namespace
}  // namespace sonde::cli
