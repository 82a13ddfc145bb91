#include "base/nearest_word.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sonde {
namespace {

const std::vector<std::string> kWords{"--window", "--once", "--output", "--no-color", "top", "doctor"};

struct WordRow {
  const char* name;
  const char* typed;
  const char* meant;
};

class NearestWord : public testing::TestWithParam<WordRow> {};

TEST_P(NearestWord, finds_what_was_meant_or_nothing) {
  EXPECT_EQ(nearest_word(GetParam().typed, kWords), GetParam().meant);
}

INSTANTIATE_TEST_SUITE_P(Words, NearestWord,
                         testing::Values(WordRow{"two_letters_swapped", "--onec", "--once"},
                                         WordRow{"a_swap_costs_one_letter", "tpo", "top"},
                                         WordRow{"a_letter_too_many", "--no-colour", "--no-color"},
                                         WordRow{"a_letter_missing", "docto", "doctor"},
                                         WordRow{"a_wrong_letter", "--vindow", "--window"},
                                         WordRow{"nothing_is_near", "restart", ""},
                                         WordRow{"short_words_are_not_near_everything", "x", ""},
                                         WordRow{"nothing_typed", "", ""}),
                         [](const auto& row) { return row.param.name; });

TEST(NearestWord, does_not_compare_words_of_any_length) {
  EXPECT_EQ(nearest_word(std::string(100'000, 'a'), kWords), "");
}

}  // namespace
}  // namespace sonde
