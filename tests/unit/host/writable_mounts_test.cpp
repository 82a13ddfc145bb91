#include "host/writable_mounts.h"

#include <gtest/gtest.h>

namespace sonde::host {
namespace {

using namespace std::chrono_literals;

/// One pass of a host after the other, ten seconds apart.
class Mounts : public testing::Test {
 protected:
  void next_pass() { at_ += 10s; }
  bool take(bool read_only, const std::string& mount_point = "/data", const std::string& device = "/dev/sdb1") {
    return mounts_.take(device, mount_point, read_only, at_);
  }

  WritableMounts mounts_;
  WallTime at_{1'800'000'000s};
};

TEST_F(Mounts, tell_that_a_writable_one_became_read_only_once) {
  EXPECT_FALSE(take(false));
  next_pass();
  EXPECT_TRUE(take(true));
  next_pass();
  EXPECT_FALSE(take(true));
}

TEST_F(Mounts, say_nothing_of_one_that_was_read_only_from_the_start) {
  EXPECT_FALSE(take(true));
  next_pass();
  EXPECT_FALSE(take(true));
}

TEST_F(Mounts, may_become_writable_and_read_only_again) {
  for (const bool read_only : {false, true, false}) {
    take(read_only);
    next_pass();
  }
  EXPECT_TRUE(take(true));
}

TEST_F(Mounts, say_nothing_of_one_that_was_away_for_a_pass) {
  take(false);
  take(false, "/other");
  next_pass();
  take(false, "/other");
  next_pass();
  EXPECT_FALSE(take(true));
}

TEST_F(Mounts, say_nothing_of_one_that_was_away_though_they_remember_an_earlier_event_of_it) {
  for (const bool read_only : {false, true, false}) {
    take(read_only);
    next_pass();
  }
  take(false, "/other");
  next_pass();
  EXPECT_FALSE(take(true));
}

TEST_F(Mounts, are_told_apart_by_device_and_by_place) {
  take(false);
  next_pass();
  EXPECT_FALSE(take(true, "/data", "/dev/sdc1"));
  EXPECT_FALSE(take(true, "/mnt"));
  EXPECT_TRUE(take(true));
}

TEST_F(Mounts, on_top_of_each_other_are_one) {
  for (int pass = 0; pass < 3; ++pass) {
    EXPECT_FALSE(take(false)) << pass;
    EXPECT_FALSE(take(true)) << pass;
    EXPECT_FALSE(take(true, "/other")) << pass;
    EXPECT_FALSE(take(false, "/other")) << pass;
    next_pass();
  }
}

TEST_F(Mounts, are_counted_from_nought_and_remembered_only_if_something_happened) {
  take(false);
  take(false, "/quiet\n");
  next_pass();
  take(true);
  take(false, "/quiet\n");
  ReadingWriter out;
  mounts_.write(out);
  auto families = out.take();
  ASSERT_EQ(families.size(), 1u);
  EXPECT_EQ(families[0].name, "sonde_filesystem_read_only_events_total");
  EXPECT_EQ(families[0].type, ReadingType::kCounter);
  ASSERT_EQ(families[0].readings.size(), 2u);
  EXPECT_EQ(families[0].readings[0].value, 1);
  EXPECT_EQ(families[0].readings[0].tags, (std::vector<Tag>{{"device", "/dev/sdb1"}, {"mountpoint", "/data"}}));
  EXPECT_EQ(families[0].readings[1].value, 0);
  EXPECT_EQ(families[0].readings[1].tags[1].value, "/quiet\xEF\xBF\xBD");
  for (int pass = 0; pass < 2; ++pass) {
    next_pass();
    take(false, "/other");
  }
  mounts_.write(out);
  families = out.take();
  EXPECT_EQ(families[0].readings.size(), 2u) << "/data, which had an event, and /other";
}

TEST_F(Mounts, are_bounded) {
  for (int i = 0; i < 5'000; ++i) take(false, "/" + std::to_string(i));
  ReadingWriter out;
  mounts_.write(out);
  EXPECT_EQ(out.take()[0].readings.size(), 4'096u);
}

}  // namespace
}  // namespace sonde::host
