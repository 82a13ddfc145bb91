// What becomes of messages: machine C, on fake time.
#include "unit/notify/outbox_fixture.h"

namespace sonde::notify {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Texts = std::vector<std::string>;
constexpr auto kFiring = MessageKind::kFiring;
constexpr auto kUpdate = MessageKind::kUpdate;
constexpr auto kRepeat = MessageKind::kRepeat;
constexpr auto kResolved = MessageKind::kResolved;
constexpr auto kAcknowledged = MessageKind::kAcknowledged;

TEST_F(OutboxTest, C2_order_holds_within_an_incident_and_nobody_else_waits_for_it) {
  ops().answer = [this](const Outgoing& outgoing) {
    return outgoing.notification.incident == 1 && clock.now() < kSampleStart + 10s ? failed()
                                                                                   : Attempt{Outcome::kDelivered};
  };
  start();
  tell(kFiring, 1);
  tell(kAcknowledged, 1);
  tell(kFiring, 2);
  tell(kUpdate, 2);
  pass(5s);
  EXPECT_THAT(heard(), ElementsAre("1 firing", "2 firing", "2 update", "1 firing", "1 firing"));
  pass(1min);
  const Texts all = heard();
  EXPECT_EQ(Texts(all.end() - 2, all.end()), (Texts{"1 firing", "1 acknowledged"}));
}

TEST_F(OutboxTest, C3_what_clears_before_it_is_sent_is_not_sent) {
  ops().script = {failed()};
  start();
  tell(kFiring);
  pass(100ms);
  tell(kUpdate);
  tell(kResolved);
  pass(1h);
  EXPECT_THAT(heard(), ElementsAre("1 firing"));
  EXPECT_EQ(journal.count(DeliveryState::kCancelled), 3u);
  EXPECT_EQ(counters().cancelled, 3u);
  EXPECT_THAT(journal.deliveries[0].last_error, HasSubstr("over before it was sent"));
}

TEST_F(OutboxTest, A11_what_may_have_arrived_is_settled_before_resolved_is_told) {
  ops().script = {cut(), failed(), failed()};
  start();
  tell(kFiring);
  pass(100ms);
  tell(kResolved);
  pass(1h);
  EXPECT_THAT(heard(), ElementsAre("1 firing", "1 firing?", "1 firing?", "1 firing?", "1 resolved"));
}

TEST_F(OutboxTest, A11_a_firing_that_is_refused_while_it_clears_takes_resolved_with_it) {
  ops().answer = [this](const Outgoing&) {
    tell(kResolved);
    return refused_for_good();
  };
  start();
  tell(kFiring);
  pass(1h);
  EXPECT_THAT(heard(), ElementsAre("1 firing"));
  EXPECT_EQ(journal.count(DeliveryState::kCancelled), 1u);
}

TEST_F(OutboxTest, C4_only_the_newest_of_what_changes_is_sent) {
  ops().script = {failed()};
  start();
  tell(kFiring);
  pass(100ms);
  for (const MessageKind kind : {kUpdate, kRepeat, kUpdate, kUpdate}) tell(kind);
  tell(kRepeat);
  pass(1h);
  EXPECT_THAT(heard(), ElementsAre("1 firing", "1 firing", "1 update"));
  EXPECT_EQ(journal.count(DeliveryState::kSuperseded), 2u);
  EXPECT_EQ(journal.count(DeliveryState::kCancelled), 2u) << "repeats of what has not been said";
  EXPECT_EQ(counters().superseded, 2u);
}

TEST_F(OutboxTest, C5_that_a_message_leaves_is_kept_before_it_does) {
  ops().answer = [this](const Outgoing&) {
    EXPECT_EQ(journal.deliveries.at(0).state, DeliveryState::kLeased);
    EXPECT_EQ(journal.deliveries.at(0).attempts, 1u);
    EXPECT_FALSE(journal.all_told().at(0).surely);
    return Attempt{.outcome = Outcome::kDelivered, .receipt = {"17.5", "C1", "ok"}};
  };
  start();
  tell(kFiring);
  pass(1s);
  EXPECT_EQ(journal.deliveries.at(0).state, DeliveryState::kSent);
  EXPECT_TRUE(journal.all_told().at(0).surely);
  EXPECT_EQ(journal.all_told().at(0).receipt.id, "17.5");
}

TEST_F(OutboxTest, C7_what_has_certainly_not_arrived_has_told_nobody) {
  ops().script = {failed()};
  start();
  tell(kFiring);
  queue->attempt_due();
  EXPECT_EQ(journal.deliveries.at(0).state, DeliveryState::kRetryWait);
  EXPECT_THAT(journal.all_told(), IsEmpty());
  EXPECT_GT(journal.deliveries.at(0).due_at, clock.now());
}

TEST_F(OutboxTest, C8_P01_a_pause_is_the_destinations_and_leaves_the_order_as_it_was) {
  options.channels = {{"ops", Program{}}, {"hub", Program{}}};
  ops().script = {{.outcome = Outcome::kPause, .wait = 30s, .error = "HTTP 429"}};
  ops().gap = 1s;
  start();
  tell(kFiring, 1);
  pass(5s);
  tell(kFiring, 2);
  pass(24s);
  EXPECT_THAT(heard("hub"), ElementsAre("1 firing", "2 firing"));
  EXPECT_THAT(heard(), ElementsAre("1 firing"));
  pass(1s);
  EXPECT_THAT(heard(), ElementsAre("1 firing", "1 firing"));
  EXPECT_EQ(ops().asked[1].attempt, 1u) << "a pause is no attempt";
  pass(2s);
  EXPECT_THAT(heard(), ElementsAre("1 firing", "1 firing", "2 firing"));
}

TEST_F(OutboxTest, C9_P05_what_is_refused_for_good_goes_to_the_fallback_at_once) {
  options.channels = {{"ops", Program{}}, {"mail", Program{}}};
  options.fallback = "mail";
  ops().script = {refused_for_good()};
  start();
  tell(kFiring);
  pass(0s);
  EXPECT_THAT(heard(), ElementsAre("1 firing"));
  ASSERT_THAT(heard("mail"), ElementsAre("1 firing"));
  EXPECT_THAT(senders["mail"].asked[0].notification.reason, HasSubstr("channel 'ops' could not be told: HTTP 400"));
  EXPECT_EQ(counters(0).failed, 1u);
  EXPECT_EQ(counters(0).diverted, 1u);
  EXPECT_EQ(journal.deliveries.at(0).last_error, "HTTP 400");
  EXPECT_EQ(journal.deliveries.at(1).instead_of, "ops");
  tell(kResolved);
  pass(1h);
  EXPECT_THAT(heard(), ElementsAre("1 firing")) << "it was not told of the beginning";
  EXPECT_THAT(heard("mail"), ElementsAre("1 firing", "1 resolved")) << "who was told instead hears of the end";
}

TEST_F(OutboxTest, C9_there_is_no_fallback_of_the_fallback) {
  options.channels = {{"ops", Program{}}, {"mail", Program{}}};
  options.fallback = "mail";
  ops().script = {refused_for_good()};
  senders["mail"].script = {refused_for_good()};
  start();
  tell(kFiring);
  pass(1h);
  EXPECT_THAT(heard("mail"), SizeIs(1));
  EXPECT_EQ(journal.count(DeliveryState::kDead), 2u);
}

TEST_F(OutboxTest, C9_a_fallback_that_is_told_itself_hears_it_once) {
  options.channels = {{"mail", Program{}}, {"ops", Program{}}};
  ops().script = {refused_for_good()};
  start();
  options.fallback = "mail";
  DeliveryQueue with_fallback(
      options,
      [this] {
        std::vector<std::unique_ptr<Sender>> links;
        for (const Channel& channel : options.channels)
          links.push_back(std::make_unique<test::SenderLink>(senders[channel.name]));
        return links;
      }(),
      clock, 1, &journal);
  const auto shared = std::make_shared<const Notification>(message(kFiring));
  with_fallback.enqueue(
      {make_delivery(shared, "mail", options, clock.now()), make_delivery(shared, "ops", options, clock.now())});
  with_fallback.attempt_due();
  EXPECT_THAT(heard("mail"), ElementsAre("1 firing"));
  EXPECT_EQ(journal.count(DeliveryState::kSuperseded), 1u);
}

TEST_F(OutboxTest, C11_P09_a_day_of_503_is_dead_after_a_day_and_goes_to_the_fallback) {
  options.channels = {{"ops", Program{}}, {"mail", Program{}}};
  options.fallback = "mail";
  ops().answer = [](const Outgoing&) { return failed("HTTP 503"); };
  start();
  tell(kFiring);
  pass(24h - 1s);
  EXPECT_THAT(heard("mail"), IsEmpty());
  EXPECT_GE(heard().size(), 288u);
  EXPECT_LE(heard().size(), 370u);
  pass(1s);
  EXPECT_THAT(heard("mail"), SizeIs(1));
  EXPECT_EQ(journal.deliveries.at(0).state, DeliveryState::kDead);
}

TEST_F(OutboxTest, C11_resolved_lives_for_two_days) {
  start();
  tell(kFiring);
  pass(1s);
  ops().answer = [](const Outgoing&) { return failed(); };
  tell(kResolved);
  pass(48h - 1min);
  EXPECT_EQ(counters().queued, 1u);
  pass(1min);
  EXPECT_EQ(counters().queued, 0u);
  EXPECT_EQ(counters().failed, 1u);
}

TEST_F(OutboxTest, C13_P04_an_answer_that_is_lost_is_asked_for_again_with_the_same_message) {
  ops().idempotent = true;
  ops().script = {cut()};
  start();
  tell(kFiring);
  pass(799ms);
  EXPECT_THAT(ops().asked, SizeIs(1));
  pass(401ms);
  ASSERT_THAT(ops().asked, SizeIs(2));
  EXPECT_EQ(ops().asked[0].id, ops().asked[1].id);
  EXPECT_EQ(ops().asked[0].notification.reason, ops().asked[1].notification.reason);
  EXPECT_FALSE(ops().asked[1].may_be_repeat);
}

TEST_F(OutboxTest, C15_pages_that_wait_are_not_sent_once_it_is_over_but_its_end_is) {
  start();
  tell(kFiring);
  pass(1s);
  ops().script = {failed()};
  tell(kUpdate);
  pass(100ms);
  tell(kResolved);
  pass(1h);
  EXPECT_THAT(heard(), ElementsAre("1 firing", "1 update", "1 resolved"));
  EXPECT_EQ(journal.count(DeliveryState::kCancelled), 1u);
}

TEST_F(OutboxTest, C16_a_dead_one_is_sent_when_somebody_asks_for_it) {
  ops().script = {refused_for_good()};
  start();
  tell(kFiring);
  pass(1s);
  const std::string id = journal.deliveries.at(0).id;
  EXPECT_EQ(queue->retry("nonsense").error().code, Code::kNotFound);
  const auto retried = queue->retry(id);
  ASSERT_TRUE(retried) << retried.error().what;
  EXPECT_EQ(retried->state, DeliveryState::kQueued);
  EXPECT_EQ(journal.deliveries.at(0).state, DeliveryState::kQueued);
  pass(1s);
  EXPECT_EQ(journal.deliveries.at(0).state, DeliveryState::kSent);
  EXPECT_EQ(queue->retry(journal.deliveries.at(0)).error().code, Code::kConflict) << "it is not dead";
  EXPECT_EQ(counters().delivered, 1u);
}

TEST_F(OutboxTest, C16_a_dead_one_is_refused_whose_channel_knows_more_by_now) {
  ops().script = {refused_for_good()};
  start();
  tell(kFiring);
  pass(1s);
  tell(kUpdate);
  pass(1s);
  EXPECT_EQ(queue->retry(journal.deliveries.at(0)).error().code, Code::kConflict);
}

TEST_F(OutboxTest, R_only_who_was_told_of_the_beginning_hears_of_the_rest) {
  start();
  for (const MessageKind kind : {kResolved, kAcknowledged, MessageKind::kNoticed}) tell(kind);
  pass(1s);
  EXPECT_THAT(heard(), IsEmpty());
  EXPECT_EQ(journal.count(DeliveryState::kCancelled), 3u);
  tell(kFiring, 1, 2);
  pass(1s);
  tell(kResolved, 1, 1);
  tell(kAcknowledged, 1, 2);
  tell(kResolved, 1, 2);
  pass(1s);
  EXPECT_THAT(heard(), ElementsAre("1 firing", "1 acknowledged", "1 resolved"));
}

TEST_F(OutboxTest, A07_what_is_opened_again_goes_on_where_it_was) {
  start();
  for (const MessageKind kind : {kFiring, kResolved}) {
    tell(kind);
    pass(1s);
  }
  tell(kFiring, 1, 2);
  pass(1s);
  EXPECT_EQ(ops().asked[2].incident->id, "ts") << "the same thread";
}

TEST_F(OutboxTest, S04_what_is_silenced_before_it_leaves_is_not_sent_and_afterwards_it_is) {
  ops().script = {failed(), cut()};
  start();
  tell(kFiring, 1);
  tell(kFiring, 2);
  pass(100ms);
  EXPECT_EQ(queue->cancel(1, "silenced"), 1u);
  EXPECT_EQ(queue->cancel(2, "silenced"), 0u) << "it may have arrived";
  pass(1h);
  EXPECT_THAT(heard(), ElementsAre("1 firing", "2 firing", "2 firing?"));
  EXPECT_EQ(journal.deliveries.at(0).state, DeliveryState::kCancelled);
  EXPECT_EQ(journal.deliveries.at(0).last_error, "silenced");
}

TEST_F(OutboxTest, P08_after_an_outage_what_still_fires_is_told_late_and_the_rest_not_at_all) {
  const WallTime back = clock.now() + 6h;
  ops().answer = [this, back](const Outgoing&) {
    return clock.now() < back ? failed("no network") : Attempt{.outcome = Outcome::kDelivered};
  };
  start();
  clock.advance(1h);
  tell(kFiring, 1);
  pass(1h);
  tell(kFiring, 2);
  pass(8h / 60);
  tell(kResolved, 2);
  for (int hour = 0; hour < 3; ++hour) {
    pass(1h);
    tell(kRepeat, 1);
  }
  pass(back - clock.now() - 1ns);
  ops().asked.clear();
  pass(6min);
  ASSERT_THAT(heard(), ElementsAre("1 firing"));
  EXPECT_THAT(ops().asked[0].notification.reason, HasSubstr("told 5h"));
  EXPECT_EQ(counters().queued, 0u);
}

TEST_F(OutboxTest, P10_what_may_have_arrived_is_given_up_after_three_repeats) {
  ops().answer = [](const Outgoing&) { return cut(); };
  start();
  tell(kFiring);
  pass(2h);
  EXPECT_THAT(heard(), ElementsAre("1 firing", "1 firing?", "1 firing?", "1 firing?"));
  EXPECT_EQ(journal.deliveries.at(0).state, DeliveryState::kDead);
  EXPECT_FALSE(journal.all_told().at(0).surely) << "it may have arrived";
}

TEST_F(OutboxTest, P14_what_a_slow_receiver_has_not_heard_yet_is_said_once) {
  ops().gap = 1s;
  start();
  for (int i = 0; i < 10; ++i) tell(kFiring, i + 1);
  for (int i = 0; i < 10; ++i) tell(kUpdate, 1);
  pass(10s);
  EXPECT_THAT(ops().asked, SizeIs(11));
  EXPECT_EQ(counters().superseded, 9u);
}

TEST_F(OutboxTest, a_destination_that_is_down_is_asked_by_one_message_at_a_time_and_hears_all_when_it_is_back) {
  bool is_down = true;
  ops().answer = [&is_down](const Outgoing&) { return is_down ? failed() : Attempt{.outcome = Outcome::kDelivered}; };
  start();
  for (int i = 1; i <= 50; ++i) tell(kFiring, i);
  pass(1h);
  EXPECT_LE(ops().asked.size(), 30u) << "not each of the fifty, again and again";
  EXPECT_TRUE(counters().is_broken);
  EXPECT_EQ(counters().queued, 50u);
  is_down = false;
  ops().asked.clear();
  pass(6min);
  EXPECT_THAT(ops().asked, SizeIs(50));
  EXPECT_FALSE(counters().is_broken);
}

TEST_F(OutboxTest, one_message_that_fails_alone_breaks_nothing) {
  ops().answer = [](const Outgoing& outgoing) {
    return outgoing.notification.incident == 1 ? failed() : Attempt{.outcome = Outcome::kDelivered};
  };
  start();
  tell(kFiring, 1);
  pass(1h);
  EXPECT_FALSE(counters().is_broken);
  tell(kFiring, 2);
  queue->attempt_due();
  EXPECT_EQ(heard().back(), "2 firing");
}

TEST_F(OutboxTest, without_its_channel_a_message_is_dead_and_says_why) {
  options.channels = {{"mail", Program{}}};
  options.fallback = "mail";
  start();
  queue->enqueue({make_delivery(std::make_shared<const Notification>(message(kFiring)), "gone", options, clock.now())});
  pass(1s);
  EXPECT_THAT(heard("mail"), ElementsAre("1 firing"));
  EXPECT_EQ(journal.deliveries.at(0).state, DeliveryState::kDead);
  EXPECT_THAT(journal.deliveries.at(0).last_error, HasSubstr("there is no channel 'gone' any more"));
}

}  // namespace
}  // namespace sonde::notify
