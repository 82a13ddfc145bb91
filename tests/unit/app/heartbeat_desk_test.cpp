#include "app/heartbeat_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "unit/history/history_place.h"

namespace sonde::app {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::IsEmpty;
using testing::SizeIs;

const WallTime kStart = history::kNow;

std::vector<config::ExpectedHeartbeat> backup() {
  return {{.name = "backup", .every = hours{1}, .grace = minutes{5}, .severity = rules::Severity::kCritical}};
}

TEST(HeartbeatDesk, who_never_calls_is_missing_after_the_first_interval) {
  HeartbeatDesk desk(backup(), nullptr, kStart);
  EXPECT_THAT(desk.alerts(kStart + minutes{64}), IsEmpty());
  const auto missing = desk.alerts(kStart + minutes{66});
  ASSERT_THAT(missing, SizeIs(1));
  EXPECT_EQ(measure::value_of(missing[0].labels, "alertname"), "HeartbeatMissing");
  EXPECT_EQ(measure::value_of(missing[0].labels, "heartbeat"), "backup");
  EXPECT_EQ(measure::value_of(missing[0].labels, "severity"), "critical");
  EXPECT_EQ(missing[0].starts_at, kStart + hours{1});
  EXPECT_GT(missing[0].ends_at, kStart + minutes{66});
}

TEST(HeartbeatDesk, it_is_said_again_so_that_it_does_not_end_and_ends_once_when_it_calls) {
  HeartbeatDesk desk(backup(), nullptr, kStart);
  EXPECT_THAT(desk.alerts(kStart + minutes{66}), SizeIs(1));
  EXPECT_THAT(desk.alerts(kStart + minutes{66} + std::chrono::seconds{1}), IsEmpty());
  EXPECT_THAT(desk.alerts(kStart + minutes{67}), SizeIs(1));
  ASSERT_TRUE(desk.hear("backup", kStart + minutes{68}));
  const auto ended = desk.alerts(kStart + minutes{68});
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(ended[0].ends_at, kStart + minutes{68});
  EXPECT_THAT(desk.alerts(kStart + minutes{69}), IsEmpty());
}

TEST(HeartbeatDesk, who_calls_in_time_is_not_missing) {
  HeartbeatDesk desk(backup(), nullptr, kStart);
  for (int hour = 1; hour < 10; ++hour) {
    ASSERT_TRUE(desk.hear("backup", kStart + hour * hours{1}));
    EXPECT_THAT(desk.alerts(kStart + hour * hours{1} + minutes{59}), IsEmpty());
  }
}

TEST(HeartbeatDesk, a_name_that_nobody_expects_is_refused) {
  HeartbeatDesk desk(backup(), nullptr, kStart);
  const auto heard = desk.hear("bakcup", kStart);
  ASSERT_FALSE(heard);
  EXPECT_EQ(heard.error().code, Code::kNotFound);
  EXPECT_THAT(heard.error().what, testing::HasSubstr("expected: backup"));
}

TEST(HeartbeatDesk, what_was_heard_outlives_a_restart) {
  const history::HistoryPlace place;
  {
    const auto history = place.open();
    HeartbeatDesk desk(backup(), &history->oncall(), kStart);
    ASSERT_TRUE(desk.hear("backup", kStart + minutes{50}));
  }
  const auto history = place.open();
  HeartbeatDesk desk(backup(), &history->oncall(), kStart + minutes{51});
  EXPECT_THAT(desk.alerts(kStart + minutes{114}), IsEmpty());
  EXPECT_THAT(desk.alerts(kStart + minutes{116}), SizeIs(1));
}

TEST(HeartbeatDesk, who_should_have_called_while_nobody_listened_may_do_so_now) {
  const history::HistoryPlace place;
  {
    const auto history = place.open();
    HeartbeatDesk desk(backup(), &history->oncall(), kStart);
    ASSERT_TRUE(desk.hear("backup", kStart));
  }
  const auto history = place.open();
  HeartbeatDesk desk(backup(), &history->oncall(), kStart + hours{9});
  EXPECT_THAT(desk.alerts(kStart + hours{9} + minutes{4}), IsEmpty());
  EXPECT_THAT(desk.alerts(kStart + hours{9} + minutes{6}), SizeIs(1));
}

}  // namespace
}  // namespace sonde::app
