#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "app/rule_test_file.h"

// What a test got instead of what it expects, in lines for people; empty if that is the same.
namespace sonde::app {

std::string difference_of(const std::vector<ExpectedAlert>& expected, std::vector<ExpectedAlert> got);

/// `fuzzy`: values that are neighbours are equal.
std::string difference_of(const std::vector<ExpectedSample>& expected, std::vector<ExpectedSample> got, bool fuzzy);

/// Each line with so many blanks in front.
std::string indented(std::string_view lines, std::size_t blanks);

}  // namespace sonde::app
