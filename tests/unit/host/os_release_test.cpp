#include "host/os_release.h"

#include <gtest/gtest.h>

#include <ostream>

namespace sonde::host {
namespace {

struct ValueRow {
  const char* name;
  const char* text;
  const char* value;
};

void PrintTo(const ValueRow& row, std::ostream* out) { *out << row.name; }

class OsReleaseValue : public testing::TestWithParam<ValueRow> {};

TEST_P(OsReleaseValue, is_read_as_a_shell_reads_it) {
  EXPECT_EQ(find_os_release(GetParam().text, "NAME"), GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, OsReleaseValue,
    testing::Values(ValueRow{"plain", "ID=x\nNAME=Alpine\n", "Alpine"},
                    ValueRow{"double_quotes", "NAME=\"Rocky Linux\"\n", "Rocky Linux"},
                    ValueRow{"single_quotes", "NAME='Rocky $ \\ Linux'\n", "Rocky $ \\ Linux"},
                    ValueRow{"escapes", R"(NAME="a \"b\" \$c \\ \`d\` \e")", R"(a "b" $c \ `d` \e)"},
                    ValueRow{"quotes_in_the_middle", "NAME=a\"b c\"'d e'f\n", "ab cd ef"},
                    ValueRow{"blank_ends_it", "NAME=Arch # comment\n", "Arch"},
                    ValueRow{"escaped_blank", "NAME=Arch\\ Linux\n", "Arch Linux"},
                    ValueRow{"no_line_end", "NAME=Void", "Void"}, ValueRow{"carriage_return", "NAME=Void\r\n", "Void"},
                    ValueRow{"empty", "NAME=\n", ""}, ValueRow{"empty_quotes", "NAME=\"\"\n", ""},
                    ValueRow{"comment", "#NAME=Void\n", ""}, ValueRow{"longer_key", "NAMES=Void\nMY_NAME=x\n", ""},
                    ValueRow{"twice", "NAME=first\nNAME=second\n", "second"},
                    ValueRow{"quote_left_open", "NAME=\"Debian GNU\nID=x\n", "Debian GNU"},
                    ValueRow{"backslash_at_the_end", "NAME=Debian\\", "Debian"}, ValueRow{"nothing", "", ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(MajorMinor, is_the_number_before_the_second_dot) {
  EXPECT_EQ(to_major_minor("12"), 12);
  EXPECT_EQ(to_major_minor("22.04"), 22.04);
  EXPECT_EQ(to_major_minor("3.18.4"), 3.18);
  EXPECT_EQ(to_major_minor("15."), 15);
  EXPECT_EQ(to_major_minor("20230101"), 20230101);
  EXPECT_EQ(to_major_minor("9-stream"), 9);
}

TEST(MajorMinor, is_absent_where_there_is_none) {
  for (const char* version : {"", "rolling", ".5", "-1", "0", "0.0"}) EXPECT_FALSE(to_major_minor(version)) << version;
}

}  // namespace
}  // namespace sonde::host
