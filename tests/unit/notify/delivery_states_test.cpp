#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "notify/delivery_queue.h"
#include "support/fake_clock.h"
#include "support/sample_notification.h"
#include "support/scripted_sender.h"

namespace sonde::notify {
namespace {

using namespace std::chrono_literals;

class DeliveryStates : public testing::Test {
 protected:
  DeliveryStates() {
    options.channels = {{"one", Program{}}};
    begin();
  }

  /// With a sender as it is now.
  void begin() {
    std::vector<std::unique_ptr<Sender>> senders;
    senders.push_back(std::make_unique<test::SenderLink>(script_of_one));
    queue.emplace(options, std::move(senders), clock, 1);
  }

  /// Goes on to whatever is due next, so many times.
  void go_on(int times) {
    for (int i = 0; i < times; ++i) {
      const auto next = queue->attempt_due();
      if (!next) return;
      clock.advance(std::max(*next - clock.kernel_now(), std::chrono::nanoseconds{0}));
    }
  }

  test::FakeClock clock;
  NotifyOptions options;
  test::ScriptedSender script_of_one;
  test::ScriptedSender* const sender = &script_of_one;
  std::optional<DeliveryQueue> queue;
};

TEST_F(DeliveryStates, P01_rests_while_the_receiver_wants_it_and_does_not_count_that_as_a_failure) {
  for (int i = 0; i < 6; ++i) sender->script.push_back({.outcome = Outcome::kPause, .wait = 30s, .error = "HTTP 429"});
  sender->script.push_back({.error = "HTTP 500"});
  queue->enqueue(firing());
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(queue->attempt_due(), clock.kernel_now() + 30s);
    clock.advance(30s);
  }
  const auto next = queue->attempt_due();
  ASSERT_TRUE(next);
  EXPECT_LE(*next - clock.kernel_now(), 1200ms) << "the first failure is the first, whatever was before";
}

TEST_F(DeliveryStates, C7_marks_what_may_have_arrived_and_gives_it_up_after_three_repeats) {
  for (int i = 0; i < 10; ++i) sender->script.push_back({.error = "cut", .may_have_arrived = true});
  queue->enqueue(firing());
  go_on(20);
  ASSERT_EQ(sender->asked.size(), 4u);
  EXPECT_FALSE(sender->asked[0].may_be_repeat);
  for (unsigned i = 1; i < 4; ++i) EXPECT_TRUE(sender->asked[i].may_be_repeat);
  EXPECT_EQ(queue->counters()[0].failed, 1u);
  EXPECT_EQ(queue->counters()[0].queued, 0u);
}

TEST_F(DeliveryStates, C13_repeats_without_end_where_a_repeat_does_no_harm) {
  sender->idempotent = true;
  begin();
  for (int i = 0; i < 10; ++i) sender->script.push_back({.error = "cut", .may_have_arrived = true});
  queue->enqueue(firing());
  go_on(20);
  ASSERT_EQ(sender->asked.size(), 11u);
  EXPECT_FALSE(sender->asked[10].may_be_repeat);
  EXPECT_EQ(sender->asked[10].id, sender->asked[0].id);
  EXPECT_EQ(sender->asked[10].attempt, 11u);
  EXPECT_EQ(queue->counters()[0].delivered, 1u);
}

TEST_F(DeliveryStates, hands_what_the_receiver_called_an_incident_to_its_later_messages_and_to_no_other) {
  queue->enqueue(firing());
  Notification raised = firing();
  raised.reason = "severity raised";
  queue->enqueue(raised);
  go_on(10);
  queue->enqueue(resolved());
  queue->enqueue(firing());
  Notification other = firing();
  other.dedup_key = "other";
  queue->enqueue(other);
  go_on(10);
  ASSERT_EQ(sender->asked.size(), 5u);
  EXPECT_EQ(sender->asked[0].incident, std::nullopt);
  EXPECT_EQ(sender->asked[1].incident->id, "ts");
  EXPECT_EQ(sender->asked[2].incident->place, "C1");
  EXPECT_EQ(sender->asked[3].incident, std::nullopt) << "that one is over";
  EXPECT_EQ(sender->asked[4].incident, std::nullopt);
  EXPECT_NE(sender->asked[0].id, sender->asked[1].id);
}

TEST_F(DeliveryStates, asks_again_for_those_who_are_left_alone) {
  sender->script = {{.error = "b: later", .remaining = {"b", "c"}}, {.error = "c: later", .remaining = {"c"}}};
  queue->enqueue(firing());
  go_on(10);
  ASSERT_EQ(sender->asked.size(), 3u);
  EXPECT_TRUE(sender->asked[0].remaining.empty());
  EXPECT_EQ(sender->asked[1].remaining, (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(sender->asked[2].remaining, std::vector<std::string>{"c"});
}

TEST_F(DeliveryStates, says_whom_a_delivered_message_did_not_reach) {
  sender->script = {{.outcome = Outcome::kDelivered, .error = "b@x: SMTP 550"}};
  queue->enqueue(firing());
  go_on(1);
  EXPECT_EQ(queue->counters()[0].delivered, 1u);
  EXPECT_EQ(queue->counters()[0].last_error, "b@x: SMTP 550");
}

TEST_F(DeliveryStates, P14_leaves_time_between_messages_where_the_receiver_needs_it) {
  sender->gap = 1s;
  begin();
  for (int i = 0; i < 3; ++i) queue->enqueue(firing());
  queue->attempt_due();
  EXPECT_EQ(sender->asked.size(), 1u);
  clock.advance(999ms);
  queue->attempt_due();
  EXPECT_EQ(sender->asked.size(), 1u);
  clock.advance(1ms);
  queue->attempt_due();
  EXPECT_EQ(sender->asked.size(), 2u);
}

TEST_F(DeliveryStates, reminds_those_that_forget_of_what_was_delivered) {
  sender->forgets = true;
  begin();
  sender->script = {{.outcome = Outcome::kRefused, .error = "HTTP 400"}};
  Notification refused = firing();
  refused.dedup_key = "refused";
  queue->enqueue(refused);
  queue->enqueue(firing());
  EXPECT_EQ(queue->attempt_due(), clock.kernel_now() + 1min);
  clock.advance(1min);
  queue->attempt_due();
  ASSERT_EQ(sender->reminders.size(), 1u);
  ASSERT_EQ(sender->reminders[0].size(), 1u);
  EXPECT_EQ(sender->reminders[0][0].dedup_key, "key");
}

TEST_F(DeliveryStates, reminds_nobody_who_does_not_forget) {
  queue->recall(firing());
  queue->enqueue(firing());
  EXPECT_EQ(queue->attempt_due(), std::nullopt);
  EXPECT_TRUE(sender->reminders.empty());
}

TEST_F(DeliveryStates, recalls_what_an_earlier_process_has_told_without_telling_it_anew) {
  sender->forgets = true;
  begin();
  queue->recall(firing());
  queue->attempt_due();
  EXPECT_TRUE(sender->asked.empty());
  EXPECT_EQ(sender->reminders.size(), 1u);
}

}  // namespace
}  // namespace sonde::notify
