#include "host/event_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace sonde::host {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr WallTime kNow{1'800'000'000s};

Event event(WallTime at, const std::string& service, const std::string& what) {
  return Event{.id = 0, .at = at, .kind = EventKind::kProcessExited, .service = service, .pid = 1, .what = what};
}

std::vector<std::string> words(const std::vector<Event>& events) {
  std::vector<std::string> all;
  for (const Event& found : events) all.push_back(found.what);
  return all;
}

TEST(EventLog, gives_events_back_oldest_first_with_growing_ids) {
  EventLog log(10);
  EXPECT_EQ(log.add(event(kNow, "a", "one")), 1u);
  EXPECT_EQ(log.add(event(kNow, "a", "two")), 2u);
  const auto found = log.find({.since = kNow, .service = {}});
  ASSERT_THAT(words(found), ElementsAre("one", "two"));
  EXPECT_EQ(found[0].id, 1u);
  EXPECT_EQ(found[1].id, 2u);
}

TEST(EventLog, forgets_the_oldest_but_goes_on_counting) {
  EventLog log(2);
  for (const char* what : {"one", "two", "three"}) log.add(event(kNow, "a", what));
  EXPECT_THAT(words(log.find({.since = {}, .service = {}})), ElementsAre("two", "three"));
  EXPECT_EQ(log.count(), 3u);
}

TEST(EventLog, finds_what_a_service_and_the_host_did) {
  EventLog log(10);
  log.add(event(kNow, "nginx", "nginx"));
  log.add(event(kNow, "redis", "redis"));
  log.add(event(kNow, "", "host"));
  EXPECT_THAT(words(log.find({.since = {}, .service = "nginx"})), ElementsAre("nginx", "host"));
}

TEST(EventLog, finds_what_happened_since_a_moment_that_moment_included) {
  EventLog log(10);
  log.add(event(kNow - 1ns, "a", "before"));
  log.add(event(kNow, "a", "then"));
  EXPECT_THAT(words(log.find({.since = kNow, .service = {}})), ElementsAre("then"));
}

TEST(EventLog, limits_to_the_newest) {
  EventLog log(10);
  for (const char* what : {"one", "two", "three"}) log.add(event(kNow, "a", what));
  EXPECT_THAT(words(log.find({.since = {}, .service = {}, .limit = 2})), ElementsAre("two", "three"));
}

TEST(EventLog, orders_by_time_what_was_told_late) {
  EventLog log(10);
  log.add(event(kNow + 2s, "a", "second"));
  log.add(event(kNow, "b", "first"));
  EXPECT_THAT(words(log.find({.since = {}, .service = {}})), ElementsAre("first", "second"));
  EXPECT_THAT(words(log.find({.since = {}, .service = {}, .limit = 1})), ElementsAre("second"));
}

TEST(EventLog, rewords_an_event_that_it_still_has) {
  EventLog log(2);
  const auto first = log.add(event(kNow, "a", "one"));
  const auto second = log.add(event(kNow, "a", "two"));
  log.reword(second, "two and more");
  log.add(event(kNow, "a", "three"));
  log.reword(first, "gone");
  log.reword(99, "never there");
  EXPECT_THAT(words(log.find({.since = {}, .service = {}})), ElementsAre("two and more", "three"));
}

TEST(EventLog, keeps_one_event_even_if_told_to_keep_none) {
  EventLog log(0);
  log.reword(1, "nothing there");
  log.add(event(kNow, "a", "one"));
  EXPECT_EQ(log.find({.since = {}, .service = {}}).size(), 1u);
}

TEST(EventLog, may_be_read_while_it_is_written) {
  EventLog log(100);
  std::thread writer([&log] {
    for (int i = 0; i < 5'000; ++i) log.reword(log.add(event(kNow, "a", "one")), "reworded");
  });
  std::size_t most = 0;
  while (log.count() < 5'000) most = std::max(most, log.find({.since = {}, .service = {}, .limit = 1'000}).size());
  writer.join();
  EXPECT_LE(most, 100u);
  EXPECT_EQ(log.find({.since = {}, .service = {}, .limit = 1'000}).size(), 100u);
}

TEST(EventKind, has_a_name_for_every_kind) {
  EXPECT_EQ(name_of(EventKind::kServiceStarted), "service_started");
  EXPECT_EQ(name_of(EventKind::kProcessExited), "process_exited");
  EXPECT_EQ(name_of(EventKind::kProcessKilled), "process_killed");
  EXPECT_EQ(name_of(EventKind::kCrashLoop), "crash_loop");
  EXPECT_EQ(name_of(EventKind::kOomKill), "oom_kill");
  EXPECT_EQ(name_of(EventKind::kFilesystemReadOnly), "filesystem_read_only");
  EXPECT_EQ(name_of(EventKind::kListenerGone), "listener_gone");
  EXPECT_EQ(name_of(EventKind::kBinaryChanged), "binary_changed");
}

}  // namespace
}  // namespace sonde::host
