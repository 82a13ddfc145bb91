#include "base/go_number.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

namespace sonde {
namespace {

struct NumberRow {
  double value;
  const char* text;
};

class WrittenNumber : public testing::TestWithParam<NumberRow> {};

TEST_P(WrittenNumber, is_written_as_go_writes_it) { EXPECT_EQ(format_number(GetParam().value), GetParam().text); }

INSTANTIATE_TEST_SUITE_P(Numbers, WrittenNumber,
                         testing::Values(NumberRow{0, "0"}, NumberRow{-0.0, "-0"}, NumberRow{1, "1"},
                                         NumberRow{-1.5, "-1.5"}, NumberRow{0.1, "0.1"},
                                         NumberRow{0.1 + 0.2, "0.30000000000000004"}, NumberRow{100, "100"},
                                         NumberRow{123456.75, "123456.75"}, NumberRow{1e23, "100000000000000000000000"},
                                         NumberRow{1e-7, "0.0000001"}, NumberRow{1.25e-7, "0.000000125"},
                                         NumberRow{1700000000.123, "1700000000.123"},
                                         NumberRow{9007199254740993.0, "9007199254740992"},
                                         NumberRow{std::numeric_limits<double>::infinity(), "+Inf"},
                                         NumberRow{-std::numeric_limits<double>::infinity(), "-Inf"},
                                         NumberRow{std::numeric_limits<double>::quiet_NaN(), "NaN"},
                                         NumberRow{-std::numeric_limits<double>::quiet_NaN(), "NaN"}));

TEST(WrittenNumberBits, reads_back_as_the_same_bits_whatever_it_is) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const double value = std::bit_cast<double>(static_cast<std::uint64_t>(random()));
    if (!std::isfinite(value)) continue;
    const std::string text = format_number(value);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(std::strtod(text.c_str(), nullptr)), std::bit_cast<std::uint64_t>(value));
    EXPECT_EQ(text.find_first_of("eE+"), std::string::npos) << text;
  }
}

TEST(WrittenNumberBits, at_the_ends_of_the_range_has_all_its_zeros) {
  EXPECT_EQ(format_number(5e-324), "0." + std::string(323, '0') + "5");
  EXPECT_EQ(format_number(std::numeric_limits<double>::max()), "17976931348623157" + std::string(292, '0'));
}

}  // namespace
}  // namespace sonde
