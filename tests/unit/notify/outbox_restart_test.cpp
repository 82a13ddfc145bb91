// kill -9 in the middle: what the next process finds, and does. And storms.
#include <set>

#include "notify/roundup.h"
#include "unit/notify/outbox_fixture.h"

namespace sonde::notify {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
constexpr auto kFiring = MessageKind::kFiring;
constexpr auto kResolved = MessageKind::kResolved;

/// Ends the process at a point: nothing of what it would have kept afterwards is kept.
struct Killed {};

class OutboxRestart : public OutboxTest {
 protected:
  /// Sends until the sender ends the process.
  void run_into_the_end() {
    try {
      queue->attempt_due();
      FAIL() << "nothing was sent";
    } catch (const Killed&) {
    }
    queue.reset();
  }
  void die_on_the_way() {
    ops().answer = [](const Outgoing&) -> Attempt { throw Killed{}; };
    run_into_the_end();
    ops().answer = nullptr;
  }
};

TEST_F(OutboxRestart, K02_what_was_kept_and_not_sent_is_sent_once) {
  start();
  tell(kFiring);
  start();
  pass(1h);
  EXPECT_THAT(heard(), ElementsAre("1 firing"));
}

TEST_F(OutboxRestart, K03_K04_K05_what_was_on_its_way_comes_again_and_says_so) {
  start();
  tell(kFiring);
  die_on_the_way();
  start();
  EXPECT_EQ(queue->deliveries().at(0).state, DeliveryState::kUnknown);
  pass(1h);
  EXPECT_THAT(heard(), ElementsAre("1 firing", "1 firing?"));
  EXPECT_EQ(ops().asked[0].id, ops().asked[1].id);
  EXPECT_EQ(ops().asked[1].attempt, 2u);
}

TEST_F(OutboxRestart, K04_where_a_repeat_does_no_harm_it_is_the_same_message) {
  ops().idempotent = true;
  start();
  tell(kFiring);
  die_on_the_way();
  start();
  pass(1h);
  EXPECT_THAT(heard(), ElementsAre("1 firing", "1 firing"));
  EXPECT_EQ(ops().asked[0].id, ops().asked[1].id);
}

TEST_F(OutboxRestart, K06_what_was_delivered_does_not_come_again) {
  start();
  tell(kFiring);
  pass(1s);
  start();
  pass(1h);
  EXPECT_THAT(heard(), ElementsAre("1 firing"));
}

TEST_F(OutboxRestart, K07_resolved_is_told_after_a_restart_to_whom_firing_was) {
  start();
  tell(kFiring);
  pass(1s);
  tell(kResolved);
  start();
  pass(1h);
  EXPECT_THAT(heard(), ElementsAre("1 firing", "1 resolved"));
  EXPECT_EQ(ops().asked[1].incident->id, "ts") << "in the same thread";
}

TEST_F(OutboxRestart, K07_resolved_waits_for_what_was_on_its_way) {
  start();
  tell(kFiring);
  die_on_the_way();
  start();
  tell(kResolved);
  pass(1h);
  EXPECT_THAT(heard(), ElementsAre("1 firing", "1 firing?", "1 resolved"));
}

TEST_F(OutboxRestart, what_waits_for_its_next_attempt_goes_on_waiting_by_the_wall_clock) {
  for (int i = 0; i < 9; ++i) ops().script.push_back(failed());
  start();
  tell(kFiring);
  pass(4min);
  const std::size_t before = heard().size();  // by chance one attempt more or less
  ASSERT_LT(before, 10u);
  start();
  queue->attempt_due();
  EXPECT_THAT(heard(), SizeIs(before));
  pass(10min);
  EXPECT_THAT(heard(), SizeIs(10));
}

TEST_F(OutboxRestart, a_wall_clock_that_is_wrong_at_the_start_neither_loses_a_message_nor_holds_it_for_long) {
  for (const std::chrono::nanoseconds step : {std::chrono::nanoseconds{-24h * 365}, std::chrono::nanoseconds{2min}}) {
    ops().asked.clear();
    ops().script = {failed()};
    start();
    tell(kFiring);
    queue->attempt_due();
    clock.step_wall(step);
    start();
    pass(1h);
    EXPECT_THAT(heard(), SizeIs(2)) << step.count();
  }
}

TEST_F(OutboxRestart, receivers_that_forget_are_reminded_of_what_was_told_before) {
  ops().forgets = true;
  start();
  tell(kFiring, 1);
  tell(kFiring, 2);
  pass(1s);
  tell(kResolved, 2);
  pass(20min);
  start();
  ops().reminders.clear();
  queue->attempt_due();
  ASSERT_THAT(ops().reminders, SizeIs(1));
  ASSERT_THAT(ops().reminders[0], SizeIs(1));
  EXPECT_EQ(ops().reminders[0][0].incident, 1);
}

TEST_F(OutboxRestart, with_a_shared_journal_nothing_leaves_that_it_could_not_keep) {
  journal.shared = true;
  start();
  tell(kFiring);
  journal.fault = Error{Code::kIo, "the store is away"};
  pass(10s);
  EXPECT_THAT(heard(), IsEmpty()) << "another hub may be sending it";
  EXPECT_THAT(counters().last_error, "waits for the store");
  journal.fault.reset();
  pass(5s);
  EXPECT_THAT(heard(), ElementsAre("1 firing"));
  EXPECT_EQ(ops().asked.front().attempt, 1u) << "what did not leave was no attempt";
  EXPECT_EQ(journal.count(DeliveryState::kSent), 1u);
}

TEST_F(OutboxRestart, K12_when_nothing_can_be_kept_messages_are_sent_nonetheless_and_that_is_told) {
  start();
  journal.fault = Error{Code::kLimit, "the disk is full"};
  tell(kFiring);
  pass(1s);
  EXPECT_THAT(heard(), ElementsAre("1 firing"));
  EXPECT_EQ(queue->journal_error(), "the disk is full");
  journal.fault.reset();
  tell(kResolved);
  pass(1s);
  EXPECT_EQ(queue->journal_error(), "");
  EXPECT_THAT(heard(), ElementsAre("1 firing", "1 resolved"));
}

TEST_F(OutboxRestart, K15_a_stop_leaves_what_is_kept_to_the_next_start) {
  start();
  tell(kFiring);
  std::stop_source stop;
  stop.request_stop();
  ASSERT_TRUE(queue->run(stop.get_token()));
  EXPECT_THAT(heard(), IsEmpty());
  start();
  pass(1s);
  EXPECT_THAT(heard(), ElementsAre("1 firing"));
}

class OutboxStorm : public OutboxTest {
 protected:
  /// Incidents, one every three seconds; each tenth is critical if told so.
  void storm(int count, bool with_criticals = false) {
    for (int i = 1; i <= count; ++i) {
      Notification made = message(kFiring, i);
      if (with_criticals && i % 10 == 0) made.severity = rules::Severity::kCritical;
      made.rule = "Alert" + std::to_string(i);
      tell(made);
      pass(3s);
    }
  }

  /// How often each incident was named, alone or in a digest.
  std::map<std::int64_t, int> named() {
    std::map<std::int64_t, int> times;
    for (const test::Asked& asked : ops().asked) {
      if (!is_digest(asked.notification)) ++times[asked.notification.incident];
      for (std::int64_t id = 1; is_digest(asked.notification) && id <= 500; ++id) {
        const std::string name = "(incident " + std::to_string(id) + ")";
        if (asked.notification.description.find(name) != std::string::npos) ++times[id];
      }
    }
    return times;
  }
  std::size_t digests() {
    return static_cast<std::size_t>(std::count_if(ops().asked.begin(), ops().asked.end(), [](const test::Asked& asked) {
      return is_digest(asked.notification);
    }));
  }
};

TEST_F(OutboxStorm, G08_of_200_incidents_each_is_named_once_in_at_most_60_messages) {
  start();
  storm(200);
  pass(20min);
  EXPECT_LE(ops().asked.size(), 60u);
  EXPECT_GE(digests(), 1u);
  EXPECT_LE(digests(), 6u);
  const auto times = named();
  EXPECT_THAT(times, SizeIs(200));
  for (const auto& [incident, count] : times) EXPECT_EQ(count, 1) << incident;
  EXPECT_EQ(counters().queued, 0u);
}

TEST_F(OutboxStorm, G08_a_digest_that_a_machine_holds_for_an_alert_is_resolved_an_hour_later) {
  ops().idempotent = true;
  start();
  for (std::int64_t id = 1; id <= 100; ++id) tell(kFiring, id);
  pass(15min);
  ASSERT_EQ(digests(), 1u);
  const std::string key = ops().asked.back().notification.dedup_key;
  start();  // also over a restart
  pass(2h);
  const Notification& end = ops().asked.back().notification;
  EXPECT_TRUE(is_digest(end));
  EXPECT_FALSE(end.firing);
  EXPECT_EQ(end.dedup_key, key);
  EXPECT_EQ(digests(), 2u);
  EXPECT_EQ(queue->attempt_due(), std::nullopt);
}

TEST_F(OutboxStorm, G08_a_digest_that_people_read_needs_no_end) {
  start();
  for (std::int64_t id = 1; id <= 100; ++id) tell(kFiring, id);
  pass(3h);
  EXPECT_TRUE(std::ranges::all_of(ops().asked, [](const auto& asked) { return asked.notification.firing; }));
}

TEST_F(OutboxStorm, G08_a_channel_that_hears_of_no_end_hears_of_none_of_a_digest) {
  ops().idempotent = true;
  options.channels[0].send_resolved = false;
  start();
  for (std::int64_t id = 1; id <= 100; ++id) tell(kFiring, id);
  pass(3h);
  EXPECT_EQ(digests(), 1u);
}

TEST_F(OutboxStorm, G08_what_is_critical_is_never_folded) {
  start();
  storm(200, true);
  pass(20min);
  int critical = 0;
  for (const test::Asked& asked : ops().asked) {
    if (asked.notification.severity == rules::Severity::kCritical) ++critical;
  }
  EXPECT_EQ(critical, 20);
  EXPECT_THAT(named(), SizeIs(200));
  EXPECT_LE(ops().asked.size(), 60u + 20u) << "what is critical comes on top";
}

TEST_F(OutboxStorm, G08_who_read_it_in_a_digest_hears_of_its_end) {
  start();
  storm(100);
  pass(1h);
  ops().asked.clear();
  tell(kResolved, 100);
  pass(1s);
  EXPECT_THAT(heard(), ElementsAre("100 resolved"));
  EXPECT_EQ(ops().asked[0].incident, std::nullopt) << "a digest is nobody's thread";
}

TEST_F(OutboxStorm, G08_what_clears_while_it_waits_for_a_digest_is_in_none) {
  start();
  storm(55);
  tell(kFiring, 56);
  tell(kFiring, 57);
  tell(kResolved, 56);
  pass(20min);
  const auto times = named();
  EXPECT_FALSE(times.contains(56));
  EXPECT_TRUE(times.contains(57));
}

TEST_F(OutboxStorm, G08_a_digest_that_was_on_its_way_comes_again_and_its_incidents_do_not) {
  start();
  storm(60);
  ops().answer = [](const Outgoing&) -> Attempt { throw Killed{}; };
  EXPECT_THROW(pass(20min), Killed);
  ops().answer = nullptr;
  start();
  pass(20min);
  EXPECT_EQ(digests(), 2u);
  EXPECT_TRUE(ops().asked.back().may_be_repeat);
  EXPECT_EQ(journal.count(DeliveryState::kQueued), 0u);
  EXPECT_THAT(ops().asked, SizeIs(56)) << "54 alone, and the digest twice";
}

TEST_F(OutboxStorm, ten_thousand_at_once_are_all_accounted_for) {
  options.max_queued = 20'000;
  start();
  std::vector<Delivery> deliveries;
  for (int i = 1; i <= 10'000; ++i) {
    deliveries.push_back(
        make_delivery(std::make_shared<const Notification>(message(kFiring, i)), "ops", options, clock.now()));
  }
  queue->enqueue(deliveries);
  pass(30min);
  EXPECT_LE(ops().asked.size(), 60u);
  EXPECT_EQ(counters().delivered + counters().superseded, 10'000u + digests());
  EXPECT_EQ(counters().queued, 0u);
}

}  // namespace
}  // namespace sonde::notify
