#include <gtest/gtest.h>

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "notify/notification.h"
#include "notify/wording.h"
#include "support/sample_notification.h"

namespace sonde::notify {
namespace {

using namespace std::chrono_literals;

host::Event event(std::chrono::seconds after_start, const std::string& what) {
  return host::Event{.id = 0,
                     .at = kSampleStart + after_start,
                     .kind = host::EventKind::kProcessKilled,
                     .service = "checkout",
                     .pid = 812,
                     .what = what};
}

TEST(MakeNotification, takes_the_newest_five_events_as_evidence_newest_first) {
  std::vector<host::Event> events;
  for (int i = 1; i <= 7; ++i) events.push_back(event(i * 61s, "event " + std::to_string(i)));
  EXPECT_EQ(make_notification(alerts::Notice{}, "web-1", events).evidence,
            (std::vector<std::string>{"08:07:07 event 7", "08:06:06 event 6", "08:05:05 event 5", "08:04:04 event 4",
                                      "08:03:03 event 3"}));
  EXPECT_EQ(make_notification(alerts::Notice{}, "web-1", std::span(events).first(1)).evidence,
            std::vector<std::string>{"08:01:01 event 1"});
  EXPECT_TRUE(make_notification(alerts::Notice{}, "web-1").evidence.empty());
}

TEST(MakeNotification, carries_a_notice_and_names_its_occurrence) {
  alerts::Notice notice;
  notice.problem.labels = {{"alertname", "HighResponseTime"}, {"service_name", "checkout"}};
  notice.problem.severity = rules::Severity::kCritical;
  notice.problem.told_severity = rules::Severity::kCritical;
  notice.problem.annotations = {{"summary", "p95 is 2 s"}, {"description", "slow"}, {"runbook_url", "r.md"}};
  notice.problem.value = 2;
  notice.problem.started_at.wall = kSampleStart;
  notice.at.wall = kSampleStart + 1min;
  const Notification first = make_notification(notice, "web-1");
  EXPECT_TRUE(first.firing);
  EXPECT_EQ(first.rule, "HighResponseTime");
  EXPECT_EQ(first.service, "checkout");
  EXPECT_EQ(first.severity, rules::Severity::kCritical);
  EXPECT_EQ(first.summary, "p95 is 2 s");
  EXPECT_EQ(first.description, "slow");
  EXPECT_EQ(first.runbook_url, "r.md");
  EXPECT_EQ(first.host, "web-1");
  EXPECT_EQ(first.started_at, kSampleStart);
  EXPECT_EQ(first.at, kSampleStart + 1min);

  notice.kind = alerts::NoticeKind::kResolved;
  notice.reason = "missing_series";
  notice.problem.severity = rules::Severity::kInfo;
  const Notification second = make_notification(notice, "web-1");
  EXPECT_FALSE(second.firing);
  EXPECT_EQ(second.reason, "what it was about is gone");
  EXPECT_EQ(second.severity, rules::Severity::kCritical) << "that of the message it answers";
  EXPECT_EQ(second.dedup_key, first.dedup_key);

  EXPECT_NE(make_notification(notice, "web-2").dedup_key, second.dedup_key);
  notice.problem.started_at.wall += 1s;
  EXPECT_NE(make_notification(notice, "web-1").dedup_key, first.dedup_key);
}

TEST(Wording, cuts_between_code_points) {
  EXPECT_EQ(shorten("abc", 3), "abc");
  EXPECT_EQ(shorten("abcd", 3), "ab\xE2\x80\xA6");
  EXPECT_EQ(shorten("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 2), "\xC3\xA9\xE2\x80\xA6");
  EXPECT_EQ(shorten("", 3), "");
}

TEST(Wording, writes_moments_before_and_after_the_epoch) {
  EXPECT_EQ(rfc3339(WallTime{0s}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(WallTime{-1ms}), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(rfc3339(kSampleStart + 250ms), "2027-01-15T08:00:00.250Z");
}

}  // namespace
}  // namespace sonde::notify
