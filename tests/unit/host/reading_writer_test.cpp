#include "host/reading_writer.h"

#include <gtest/gtest.h>

namespace sonde::host {
namespace {

TEST(ReadingWriter, keeps_families_in_the_order_they_were_opened) {
  ReadingWriter writer;
  writer.gauge("b", "Second letter.").add(2);
  writer.counter("a", "First letter.").add(1);
  const std::vector<ReadingFamily> families = writer.take();
  ASSERT_EQ(families.size(), 2U);
  EXPECT_EQ(families[0].name, "b");
  EXPECT_EQ(families[0].help, "Second letter.");
  EXPECT_EQ(families[0].type, ReadingType::kGauge);
  EXPECT_EQ(families[1].name, "a");
  EXPECT_EQ(families[1].type, ReadingType::kCounter);
}

TEST(ReadingWriter, goes_on_with_a_family_that_is_opened_again) {
  ReadingWriter writer;
  writer.untyped("a", "First.").add(1);
  writer.untyped("b", "Other.").add(2);
  writer.untyped("a", "First.").add(3, {{"cpu", "0"}}).add(4, {{"cpu", "1"}});
  const std::vector<ReadingFamily> families = writer.take();
  ASSERT_EQ(families.size(), 2U);
  ASSERT_EQ(families[0].readings.size(), 3U);
  EXPECT_EQ(families[0].type, ReadingType::kUntyped);
  EXPECT_EQ(families[0].readings[0].value, 1);
  EXPECT_TRUE(families[0].readings[0].tags.empty());
  EXPECT_EQ(families[0].readings[2].value, 4);
  EXPECT_EQ(families[0].readings[2].tags, (std::vector<Tag>{{"cpu", "1"}}));
  EXPECT_EQ(families[1].readings.size(), 1U);
}

TEST(ReadingWriter, leaves_out_families_without_readings) {
  ReadingWriter writer;
  writer.gauge("nothing", "Opened only.");
  writer.gauge("something", "Written.").add(1);
  const std::vector<ReadingFamily> families = writer.take();
  ASSERT_EQ(families.size(), 1U);
  EXPECT_EQ(families[0].name, "something");
}

TEST(ReadingWriter, begins_anew_after_taking) {
  ReadingWriter writer;
  writer.gauge("a", "Once.").add(1);
  EXPECT_EQ(writer.take().size(), 1U);
  EXPECT_TRUE(writer.take().empty());
  writer.gauge("b", "First now.").add(2);
  writer.gauge("a", "Again.").add(3);
  const std::vector<ReadingFamily> families = writer.take();
  ASSERT_EQ(families.size(), 2U);
  EXPECT_EQ(families[1].help, "Again.");
  ASSERT_EQ(families[1].readings.size(), 1U);
  EXPECT_EQ(families[1].readings[0].value, 3);
}

}  // namespace
}  // namespace sonde::host
