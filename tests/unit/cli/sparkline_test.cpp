#include "cli/sparkline.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace sonde::cli {
namespace {

using Values = std::vector<std::optional<double>>;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct CurveRow {
  const char* name;
  Values values;
  std::size_t width;
  const char* line;
};

class Curve : public testing::TestWithParam<CurveRow> {};

TEST_P(Curve, is_drawn) { EXPECT_EQ(sparkline(GetParam().values, GetParam().width), GetParam().line); }

INSTANTIATE_TEST_SUITE_P(
    Values, Curve,
    testing::Values(CurveRow{"a_ramp_takes_every_block", {0, 1, 2, 3, 4, 5, 6, 7}, 8, "▁▂▃▄▅▆▇█"},
                    CurveRow{"fewer_values_than_columns_stay_as_they_are", {1, 2}, 80, "▁█"},
                    CurveRow{"gaps_are_blank", {1, {}, {}, 2}, 4, "▁  █"},
                    CurveRow{"nan_is_a_gap", {1, kNaN, 2}, 3, "▁ █"},
                    CurveRow{"a_flat_line_lies_in_the_middle", {5, 5, 5}, 3, "▄▄▄"},
                    CurveRow{"the_greatest_of_a_column_shows", {0, 9, 0, 0, 3, 0}, 3, "█▁▃"},
                    CurveRow{"a_column_is_blank_only_if_all_of_it_is", {{}, 1, {}, {}, 2, {}}, 3, "▁ █"},
                    CurveRow{"infinities_do_not_flatten_the_rest", {0, kInfinity, 1, -kInfinity}, 4, "▁██▁"},
                    CurveRow{"the_greatest_numbers_do_not_overflow", {-1.7e308, 0, 1.7e308}, 3, "▁▅█"},
                    CurveRow{"nothing_is_nothing", {}, 10, ""}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::cli
