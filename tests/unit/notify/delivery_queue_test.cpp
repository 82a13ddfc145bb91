#include "notify/delivery_queue.h"

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "notify/senders.h"
#include "support/fake_clock.h"
#include "support/fake_transports.h"

namespace sonde::notify {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

/// Answers each channel from its own script, then with 200, and notes what it was asked to send. Sending takes no time,
/// unless told so.  threads: one at a time, so run() only with one channel.
class ScriptedClient final : public HttpClient {
 public:
  explicit ScriptedClient(test::FakeClock& clock) : clock_(clock) {}

  HttpOutcome post(const HttpPost& request) override {
    const auto message = nlohmann::json::parse(request.body);
    sent[request.url].push_back(message.at("commonLabels").at("service_name").get<std::string>() + " " +
                                message.at("status").get<std::string>());
    timeout = request.timeout;
    clock_.advance(takes);
    std::deque<HttpOutcome>& replies = script[request.url];
    if (replies.empty()) return HttpReply{200, "ok", std::nullopt};
    HttpOutcome reply = replies.front();
    replies.pop_front();
    return reply;
  }

  std::map<std::string, std::deque<HttpOutcome>> script;
  std::map<std::string, std::vector<std::string>> sent;
  nanoseconds takes{0};
  nanoseconds timeout{0};

 private:
  test::FakeClock& clock_;
};

HttpFailure refused() { return {Error{Code::kIo, "refused"}}; }

HttpReply status(int code, std::optional<std::string> retry_after = std::nullopt) {
  return HttpReply{code, "", std::move(retry_after)};
}

Notification message(const std::string& service, bool firing = true) {
  Notification notification;
  notification.firing = firing;
  notification.service = service;
  notification.labels = {{"service_name", service}};
  notification.alerts = {{.firing = firing, .labels = notification.labels, .annotations = {}, .started_at = {}}};
  notification.dedup_key = service;
  return notification;
}

class DeliveryQueueTest : public testing::Test {
 protected:
  DeliveryQueueTest() {
    options.channels = {{"one", Webhook{.url = "http://one/"}}, {"two", Webhook{.url = "http://two/"}}};
  }

  DeliveryQueue new_queue() { return {options, make_senders(options, {client, mail, programs}), clock, 1}; }

  /// Lets time pass in steps of a quarter of a second.
  void pass(DeliveryQueue& queue, nanoseconds duration) {
    for (nanoseconds passed{0}; passed < duration; passed += 250ms) {
      clock.advance(250ms);
      queue.attempt_due();
    }
  }

  const std::vector<std::string>& sent(const std::string& channel) { return client.sent["http://" + channel + "/"]; }
  std::deque<HttpOutcome>& script(const std::string& channel) { return client.script["http://" + channel + "/"]; }

  test::FakeClock clock;
  ScriptedClient client{clock};
  FakeMailClient mail;
  FakeProgramRunner programs;
  NotifyOptions options;
};

TEST_F(DeliveryQueueTest, sends_to_every_channel_in_order_and_then_has_nothing_due) {
  DeliveryQueue queue = new_queue();
  queue.enqueue(message("a"));
  queue.enqueue(message("b"));
  queue.attempt_due();
  queue.enqueue(message("a", false));
  EXPECT_EQ(queue.attempt_due(), std::nullopt);
  const std::vector<std::string> all{"a firing", "b firing", "a resolved"};
  EXPECT_EQ(sent("one"), all);
  EXPECT_EQ(sent("two"), all);
  EXPECT_EQ(client.timeout, 10s);
  for (const DeliveryCounters& counters : queue.counters()) {
    EXPECT_EQ(counters.delivered, 3u);
    EXPECT_EQ(counters.retries + counters.failed + counters.queued, 0u);
    EXPECT_EQ(counters.last_error, "");
  }
}

TEST_F(DeliveryQueueTest, never_lets_resolved_overtake_what_may_have_arrived) {
  script("one") = {status(504), status(504)};
  DeliveryQueue queue = new_queue();
  queue.enqueue(message("a"));
  queue.attempt_due();
  queue.enqueue(message("a", false));
  pass(queue, 10s);
  EXPECT_EQ(sent("one"), (std::vector<std::string>{"a firing", "a firing", "a firing", "a resolved"}));
  EXPECT_EQ(queue.counters()[0].delivered, 2u);
  EXPECT_EQ(queue.counters()[0].retries, 2u);
}

TEST_F(DeliveryQueueTest, lets_other_problems_pass_what_waits_for_its_next_attempt) {
  script("one") = {status(500)};
  DeliveryQueue queue = new_queue();
  queue.enqueue(message("a"));
  queue.enqueue(message("b"));
  queue.attempt_due();
  EXPECT_EQ(sent("one"), (std::vector<std::string>{"a firing", "b firing"}));
  pass(queue, 2s);
  EXPECT_EQ(sent("one"), (std::vector<std::string>{"a firing", "b firing", "a firing"}));
}

TEST_F(DeliveryQueueTest, holds_up_no_channel_for_another) {
  for (int i = 0; i < 100; ++i) script("one").push_back(refused());
  DeliveryQueue queue = new_queue();
  queue.enqueue(message("a"));
  EXPECT_NE(queue.attempt_due(), std::nullopt);
  EXPECT_EQ(sent("two").size(), 1u);
  queue.enqueue(message("b"));
  queue.attempt_due();
  EXPECT_EQ(sent("two").size(), 2u);
  const auto counters = queue.counters();
  EXPECT_EQ(counters[0].queued, 2u);
  EXPECT_EQ(counters[0].last_error, "refused");
  EXPECT_EQ(counters[1].queued, 0u);
}

TEST_F(DeliveryQueueTest, waits_longer_after_each_failure_but_never_longer_than_allowed) {
  options.channels.resize(1);
  options.longest_retry = 60s;
  for (int i = 0; i < 20; ++i) script("one").push_back(status(503));
  DeliveryQueue queue = new_queue();
  queue.enqueue(message("a"));
  double allowed = 1;
  for (int attempt = 0; attempt < 12; ++attempt) {
    const auto next = queue.attempt_due();
    ASSERT_TRUE(next);
    const double wait = std::chrono::duration<double>(*next - clock.kernel_now()).count();
    EXPECT_LE(wait, allowed * 1.2);
    EXPECT_GE(wait, allowed * 0.8);
    allowed = std::min(60.0, allowed * 2);
    clock.advance(*next - clock.kernel_now() - 1ns);
    queue.attempt_due();
    EXPECT_EQ(sent("one").size(), static_cast<std::size_t>(attempt) + 1);
    clock.advance(1ns);
  }
}

TEST_F(DeliveryQueueTest, obeys_retry_after_for_the_whole_channel) {
  options.channels.resize(1);
  script("one") = {status(429, "30")};
  DeliveryQueue queue = new_queue();
  queue.enqueue(message("a"));
  EXPECT_EQ(queue.attempt_due(), clock.kernel_now() + 30s);
  queue.enqueue(message("b"));
  pass(queue, 29750ms);
  EXPECT_EQ(sent("one").size(), 1u);
  pass(queue, 250ms);
  EXPECT_EQ(sent("one"), (std::vector<std::string>{"a firing", "a firing", "b firing"}));
}

TEST_F(DeliveryQueueTest, is_not_kept_waiting_for_longer_than_a_message_lives) {
  options.channels.resize(1);
  options.give_up_after = 1h;
  script("one") = {status(429, "999999999")};
  DeliveryQueue queue = new_queue();
  queue.enqueue(message("a"));
  EXPECT_EQ(queue.attempt_due(), clock.kernel_now() + 1h);
}

TEST_F(DeliveryQueueTest, keeps_its_schedule_when_the_wall_clock_is_set) {
  for (const nanoseconds step : {nanoseconds{-24h}, nanoseconds{24h}}) {
    options.channels.resize(1);
    script("one") = {status(500)};
    client.sent.clear();
    DeliveryQueue queue = new_queue();
    queue.enqueue(message("a"));
    queue.attempt_due();
    clock.step_wall(step);
    queue.attempt_due();
    EXPECT_EQ(sent("one").size(), 1u);
    clock.advance(1200ms);
    queue.attempt_due();
    EXPECT_EQ(sent("one").size(), 2u);
  }
}

TEST_F(DeliveryQueueTest, drops_what_is_refused_for_good_and_goes_on_with_the_next) {
  script("one") = {status(400)};
  DeliveryQueue queue = new_queue();
  queue.enqueue(message("a"));
  queue.attempt_due();
  EXPECT_EQ(queue.counters()[0].failed, 1u);
  EXPECT_EQ(queue.counters()[0].last_error, "HTTP 400");
  queue.enqueue(message("b"));
  queue.attempt_due();
  EXPECT_EQ(sent("one"), (std::vector<std::string>{"a firing", "b firing"}));
  EXPECT_EQ(queue.counters()[0].delivered, 1u);
  EXPECT_EQ(queue.counters()[0].last_error, "");
}

TEST_F(DeliveryQueueTest, gives_up_what_is_too_old_and_says_so) {
  options.channels.resize(1);
  options.give_up_after = 60s;
  options.longest_retry = 10s;
  for (int i = 0; i < 1000; ++i) script("one").push_back(status(500));
  DeliveryQueue queue = new_queue();
  queue.enqueue(message("a"));
  queue.attempt_due();
  pass(queue, 59s);
  EXPECT_EQ(queue.counters()[0].queued, 1u);
  pass(queue, 12s);
  const DeliveryCounters counters = queue.counters()[0];
  EXPECT_EQ(counters.queued, 0u);
  EXPECT_EQ(counters.failed, 1u);
  EXPECT_EQ(counters.retries, sent("one").size());
}

TEST_F(DeliveryQueueTest, stays_slow_on_a_dead_channel_when_one_message_is_given_up) {
  options.channels.resize(1);
  options.give_up_after = 60s;
  for (int i = 0; i < 1000; ++i) script("one").push_back(refused());
  DeliveryQueue queue = new_queue();
  for (int i = 0; i < 50; ++i) queue.enqueue(message("a"));
  queue.attempt_due();
  pass(queue, 10min);
  EXPECT_LE(sent("one").size(), 15u);
  EXPECT_GE(sent("one").size(), 6u);
}

TEST_F(DeliveryQueueTest, is_bounded_and_counts_what_did_not_fit) {
  options.max_queued = 2;
  script("one") = {status(500)};
  DeliveryQueue queue = new_queue();
  for (const char* service : {"a", "b", "c"}) queue.enqueue(message(service));
  EXPECT_EQ(queue.counters()[0].queued, 2u);
  EXPECT_EQ(queue.counters()[0].failed, 1u);
  EXPECT_NE(queue.counters()[0].last_error.find("max_queued"), std::string::npos);
  queue.attempt_due();
  pass(queue, 2s);
  EXPECT_EQ(sent("one"), (std::vector<std::string>{"a firing", "b firing", "a firing"}));
}

TEST_F(DeliveryQueueTest, tries_what_is_due_once_more_when_stopped) {
  options.channels.resize(1);
  DeliveryQueue queue = new_queue();
  queue.enqueue(message("a"));
  queue.enqueue(message("b"));
  std::stop_source stop;
  stop.request_stop();
  ASSERT_TRUE(queue.run(stop.get_token()));
  EXPECT_EQ(sent("one"), (std::vector<std::string>{"a firing", "b firing"}));
  EXPECT_EQ(queue.counters()[0].delivered, 2u);
}

TEST_F(DeliveryQueueTest, stops_within_one_timeout_and_tells_what_is_left) {
  options.channels.resize(1);
  client.takes = 4s;
  DeliveryQueue queue = new_queue();
  for (int i = 0; i < 10; ++i) queue.enqueue(message("a"));
  std::stop_source stop;
  stop.request_stop();
  ASSERT_TRUE(queue.run(stop.get_token()));
  EXPECT_EQ(queue.counters()[0].delivered, 3u);
  EXPECT_EQ(queue.counters()[0].queued, 7u);
}

TEST_F(DeliveryQueueTest, needs_no_channel) {
  options.channels.clear();
  DeliveryQueue queue = new_queue();
  queue.enqueue(message("a"));
  EXPECT_EQ(queue.attempt_due(), std::nullopt);
  EXPECT_TRUE(queue.counters().empty());
}

/// Channels that change while messages wait.
class ChangedChannels : public DeliveryQueueTest {
 protected:
  /// The queue gets these channels.
  void use(std::vector<Channel> channels, const std::string& fallback = "") {
    auto changed = std::make_shared<NotifyOptions>(options);
    changed->channels = std::move(channels);
    changed->fallback = fallback;
    queue.use(changed, make_senders(*changed, {client, mail, programs}));
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const DeliveryCounters& channel : queue.counters()) all.push_back(channel.channel);
    return all;
  }

  DeliveryQueue queue = new_queue();
};

TEST_F(ChangedChannels, that_stay_as_they_are_send_nothing) {
  queue.enqueue(message("a"));
  queue.attempt_due();
  use(options.channels);
  EXPECT_EQ(queue.attempt_due(), std::nullopt);
  EXPECT_EQ(sent("one"), std::vector<std::string>{"a firing"});
  queue.enqueue(message("a", false));
  queue.attempt_due();
  EXPECT_EQ(sent("one"), (std::vector<std::string>{"a firing", "a resolved"}));
}

TEST_F(ChangedChannels, take_what_waits_with_them_to_their_new_address) {
  script("one") = {refused()};
  queue.enqueue(message("a"));
  queue.attempt_due();
  use({{"one", Webhook{.url = "http://elsewhere/"}}, {"three", Webhook{.url = "http://three/"}}});
  pass(queue, 2s);
  EXPECT_EQ(sent("elsewhere"), std::vector<std::string>{"a firing"});
  EXPECT_EQ(sent("three"), std::vector<std::string>{});
  queue.enqueue(message("b"));
  queue.attempt_due();
  EXPECT_EQ(sent("three"), std::vector<std::string>{"b firing"});
  EXPECT_EQ(names(), (std::vector<std::string>{"one", "three"}));
}

TEST_F(ChangedChannels, that_are_gone_end_what_waits_for_them_at_the_fallback) {
  script("one") = {refused()};
  queue.enqueue(message("a"));
  queue.attempt_due();
  use({{"two", Webhook{.url = "http://two/"}}}, "two");
  pass(queue, 1min);
  EXPECT_EQ(sent("one"), std::vector<std::string>{"a firing"});
  EXPECT_EQ(sent("two"), (std::vector<std::string>{"a firing", "a firing"}));
  EXPECT_EQ(queue.longest_overdue(), 0s);
  EXPECT_EQ(names(), std::vector<std::string>{"two"});
}

TEST_F(ChangedChannels, that_come_back_know_what_they_were_told) {
  Notification firing = message("a");
  firing.incident = 1;
  queue.enqueue(firing);
  queue.attempt_due();
  use({{"two", Webhook{.url = "http://two/"}}});
  use(options.channels);
  firing.firing = false;
  firing.number = 2;
  queue.enqueue(firing);
  queue.attempt_due();
  EXPECT_EQ(sent("one").size(), 2u);
}

TEST_F(ChangedChannels, that_are_new_are_served_while_it_runs) {
  use({});
  std::jthread running([this](const std::stop_token& stop) { EXPECT_TRUE(queue.run(stop)); });
  use({{"three", Webhook{.url = "http://three/"}}});
  queue.enqueue(message("a"));
  while (queue.counters().front().delivered == 0) std::this_thread::yield();
  running.request_stop();
  running.join();
  EXPECT_EQ(sent("three"), std::vector<std::string>{"a firing"});
}

}  // namespace
}  // namespace sonde::notify
