#include "serve/form.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sonde::serve {
namespace {

struct FormRow {
  const char* name;
  const char* text;
  const char* read;  // "name=value|", or what is wrong
};

class FormCase : public testing::TestWithParam<FormRow> {};

TEST_P(FormCase, is_read) {
  const auto form = parse_form(GetParam().text);
  std::string read;
  if (form) {
    for (const auto& [name, value] : *form) read += name + "=" + value + "|";
  } else {
    read = form.error().what;
  }
  EXPECT_EQ(read, GetParam().read);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, FormCase,
    testing::Values(FormRow{"nothing", "", ""}, FormRow{"pairs_in_order", "b=2&a=1&b=3", "b=2|a=1|b=3|"},
                    FormRow{"name_without_value", "a&b=", "a=|b=|"}, FormRow{"value_without_name", "=x", "=x|"},
                    FormRow{"second_equals_sign", "a=b=c", "a=b=c|"}, FormRow{"empty_pairs", "&&a=1&", "a=1|"},
                    FormRow{"blanks", "a+b=c+%2B%20", "a b=c + |"},
                    FormRow{"escaped_name", "match%5B%5D=up%7Bjob%3D%22x%22%7D", "match[]=up{job=\"x\"}|"},
                    FormRow{"utf8", "a=%C3%BC%c3%bc", "a=\xC3\xBC\xC3\xBC|"},
                    FormRow{"no_digits", "a=1&b=%zz", "invalid URL escape \"%zz\""},
                    FormRow{"one_digit", "a=%1", "invalid URL escape \"%1\""},
                    FormRow{"sign_is_no_digit", "a=%-1", "invalid URL escape \"%-1\""},
                    FormRow{"bad_name", "%g1=a", "invalid URL escape \"%g1\""},
                    FormRow{"semicolon", "a=1;b=2", "invalid semicolon separator in query"}),
    [](const auto& row) { return row.param.name; });

TEST(Parameters, give_the_first_or_all_of_a_name) {
  const Parameters parameters{{"match[]", "a"}, {"start", "1"}, {"match[]", "b"}};
  EXPECT_EQ(parameters.value("match[]"), "a");
  EXPECT_EQ(parameters.values("match[]"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(parameters.find("end"), nullptr);
  EXPECT_EQ(parameters.value("end"), "");
}

}  // namespace
}  // namespace sonde::serve
