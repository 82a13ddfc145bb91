#include "host/line_tally.h"

#include <gtest/gtest.h>

namespace sonde::host {
namespace {

TEST(LineTally, is_content_if_every_line_was_read) {
  LineTally tally;
  tally.add(true);
  tally.add(true);
  EXPECT_TRUE(tally.result("/proc/stat"));
}

TEST(LineTally, says_how_many_lines_were_passed_over) {
  LineTally tally;
  tally.add(true);
  tally.add(false);
  EXPECT_EQ(tally.result("/proc/stat").error().what, "1 line of /proc/stat could not be read");
  tally.add(false);
  EXPECT_EQ(tally.result("/proc/stat").error().what, "2 lines of /proc/stat could not be read");
  EXPECT_EQ(tally.result("/proc/stat").error().code, Code::kBadInput);
}

TEST(LineTally, says_if_there_was_no_line) {
  EXPECT_EQ(LineTally{}.result("/proc/stat").error().what, "nothing of use in /proc/stat");
  EXPECT_EQ(LineTally{}.result("/proc/stat").error().code, Code::kBadInput);
}

}  // namespace
}  // namespace sonde::host
