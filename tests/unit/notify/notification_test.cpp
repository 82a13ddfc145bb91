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

/// An incident of two alerts that fire, and one that is over.
alerts::Page page_of(alerts::PageKind kind) {
  const auto alert = [](const std::string& name, rules::Severity severity, std::chrono::seconds start) {
    alerts::IncidentAlert made;
    made.problem.labels = {{"alertname", name}, {"service_name", "checkout"}};
    made.problem.severity = made.problem.told_severity = severity;
    made.problem.annotations = {{"summary", name + " it is"}, {"runbook_url", "docs/" + name + ".md"}};
    made.problem.started_at.wall = kSampleStart + start;
    return made;
  };
  alerts::Page page;
  page.kind = kind;
  page.at.wall = kSampleStart + 10min;
  page.incident.id = 12;
  page.incident.pages = 3;
  page.incident.group = {"team", "00c0ffee00c0ffee"};
  page.incident.group_labels = {{"service_name", "checkout"}};
  page.incident.severity = rules::Severity::kCritical;
  page.incident.opened_at.wall = kSampleStart + 1min;
  page.incident.alerts = {alert("Over", rules::Severity::kCritical, 0s), alert("Slow", rules::Severity::kWarning, 1s),
                          alert("Down", rules::Severity::kCritical, 2s)};
  page.incident.alerts[0].firing = false;
  page.incident.alerts[0].reason = "rule_removed";
  page.incident.alerts[0].ended_at.wall = kSampleStart + 5min;
  return page;
}

NotifyOptions people_options() {
  NotifyOptions options;
  options.external_url = "https://sonde.example/hub/";
  options.runbook_base = "https://wiki.example";
  return options;
}

Notification told(const alerts::Page& page) { return make_notification(page, "web-1", {}, people_options()); }

TEST(PageNotification, tells_of_the_worst_that_fires_and_has_all_alerts) {
  const Notification message = told(page_of(alerts::PageKind::kFiring));
  EXPECT_EQ(message.kind, MessageKind::kFiring);
  EXPECT_EQ(message.incident, 12);
  EXPECT_EQ(message.number, 3u);
  EXPECT_EQ(message.receiver, "team");
  EXPECT_EQ(message.rule, "Down");
  EXPECT_EQ(message.severity, rules::Severity::kCritical);
  EXPECT_EQ(message.service, "checkout");
  EXPECT_EQ(message.summary, "Down it is");
  EXPECT_EQ(message.runbook_url, "https://wiki.example/docs/Down.md");
  EXPECT_EQ(message.started_at, kSampleStart + 2s);
  EXPECT_EQ(message.incident_url, "https://sonde.example/hub/incidents/12");
  EXPECT_EQ(message.acknowledge_url, message.incident_url);
  EXPECT_EQ(external_url(message), "https://sonde.example/hub");
  ASSERT_EQ(message.alerts.size(), 3u);
  EXPECT_EQ(message.alerts[0].labels,
            (store::Labels{{"alertname", "Down"}, {"service_name", "checkout"}, {"severity", "critical"}}));
  EXPECT_EQ(measure::value_of(message.alerts[1].labels, "alertname"), "Slow");
  EXPECT_EQ(measure::value_of(message.alerts[1].annotations, "runbook_url"), "https://wiki.example/docs/Slow.md");
  EXPECT_FALSE(message.alerts[2].firing);
  EXPECT_EQ(message.alerts[2].ended_at, kSampleStart + 5min);
  EXPECT_EQ(message.alerts[2].reason, "its rule was removed");
}

TEST(PageNotification, says_whether_it_waits_for_somebody) {
  using alerts::PageKind;
  for (const PageKind kind : {PageKind::kFiring, PageKind::kUpdate, PageKind::kRepeat}) {
    EXPECT_TRUE(told(page_of(kind)).unanswered);
  }
  for (const PageKind kind : {PageKind::kResolved, PageKind::kAcknowledged, PageKind::kNoticed}) {
    EXPECT_FALSE(told(page_of(kind)).unanswered);
  }
  alerts::Page taken = page_of(PageKind::kUpdate);
  taken.incident.status = alerts::IncidentStatus::kAcknowledged;
  EXPECT_FALSE(told(taken).unanswered);
}

TEST(PageNotification, keeps_its_key_over_every_message_and_occurrence) {
  const std::string key = told(page_of(alerts::PageKind::kFiring)).dedup_key;
  EXPECT_LE(key.size(), 255u);
  alerts::Page later = page_of(alerts::PageKind::kResolved);
  later.incident.alerts.erase(later.incident.alerts.begin() + 1);
  later.incident.occurrence = 2;
  later.incident.opened_at.wall += 1h;
  EXPECT_EQ(told(later).dedup_key, key);
  later.incident.id = 13;
  EXPECT_NE(told(later).dedup_key, key) << "another incident of the same group";
  EXPECT_NE(make_notification(later, "web-2", {}, {}).dedup_key, told(later).dedup_key);
}

TEST(PageNotification, has_no_link_to_an_address_that_nobody_can_open) {
  const Notification message = make_notification(page_of(alerts::PageKind::kFiring), "web-1", {}, NotifyOptions{});
  EXPECT_EQ(message.incident_url, "");
  EXPECT_EQ(message.acknowledge_url, "");
  EXPECT_EQ(message.runbook_url, "docs/Down.md");
}

TEST(PageNotification, ends_with_an_incident_what_still_fires_but_not_what_another_has_taken_over) {
  const Notification by_hand = told(page_of(alerts::PageKind::kResolved));
  EXPECT_FALSE(by_hand.firing);
  EXPECT_EQ(by_hand.rule, "Down");
  for (const AlertLine& alert : by_hand.alerts) {
    EXPECT_FALSE(alert.firing);
    EXPECT_TRUE(alert.ended_at.has_value());
  }
  alerts::Page page = page_of(alerts::PageKind::kResolved);
  page.incident.merged_into = 7;
  const Notification merged = told(page);
  EXPECT_EQ(merged.reason, "merged into #7");
  EXPECT_FALSE(merged.firing);
  EXPECT_TRUE(merged.alerts[0].firing);
}

TEST(PageNotification, says_who_has_taken_it_on) {
  alerts::Page page = page_of(alerts::PageKind::kAcknowledged);
  page.actor = "anna";
  page.incident.status = alerts::IncidentStatus::kAcknowledged;
  page.incident.acknowledged_by = {"anna", "bob"};
  const Notification message = told(page);
  EXPECT_TRUE(message.firing);
  EXPECT_EQ(message.actor, "anna");
  EXPECT_EQ(message.assignee, "anna, bob");
  EXPECT_EQ(message.acknowledge_url, "") << "done";
  page.incident.assignee = "carol";
  EXPECT_EQ(told(page).assignee, "carol");
}

TEST(PageNotification, has_no_alert_to_tell_of_in_an_incident_that_lost_them) {
  alerts::Page page = page_of(alerts::PageKind::kResolved);
  page.incident.alerts.clear();
  const Notification message = told(page);
  EXPECT_EQ(headline(message), "RESOLVED critical: incident #12 on web-1");
  EXPECT_EQ(message.started_at, kSampleStart + 1min);
}

struct ReasonRow {
  const char* name;
  alerts::PageKind kind;
  const char* reason;
  const char* actor;
  const char* words;
};

class Reason : public testing::TestWithParam<ReasonRow> {};

TEST_P(Reason, is_told_in_words) {
  alerts::Page page = page_of(GetParam().kind);
  page.reason = GetParam().reason;
  page.actor = GetParam().actor;
  EXPECT_EQ(told(page).reason, GetParam().words);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Reason,
    testing::Values(ReasonRow{"none", alerts::PageKind::kFiring, "", "", ""},
                    ReasonRow{"over", alerts::PageKind::kResolved, "auto", "", "over"},
                    ReasonRow{"by_hand", alerts::PageKind::kResolved, "manual", "anna", "resolved by anna"},
                    ReasonRow{"by_nobody_known", alerts::PageKind::kResolved, "manual", "", "resolved by hand"},
                    ReasonRow{"rule_removed", alerts::PageKind::kResolved, "rule_removed", "", "its rule was removed"},
                    ReasonRow{"words_already", alerts::PageKind::kFiring, "silence expired", "", "silence expired"},
                    ReasonRow{"several", alerts::PageKind::kUpdate, "released; new: Slow; severity raised", "",
                              "what explained it is over, this is not; new: Slow; severity raised"},
                    ReasonRow{"flapping", alerts::PageKind::kUpdate, "flapping", "",
                              "changes back and forth; told again when that ends"},
                    ReasonRow{"note", alerts::PageKind::kNoticed, "auto; scaling did it", "anna",
                              "auto; scaling did it"}),
    [](const auto& row) { return row.param.name; });

TEST(TestNotification, says_that_it_is_none_and_ends) {
  const Notification test = test_notification("web-1", kSampleStart);
  EXPECT_EQ(headline(test), "TEST FIRING info: SondeTest on web-1");
  const Notification end = end_of(test, kSampleStart + 1s);
  EXPECT_EQ(headline(end), "TEST RESOLVED info: SondeTest on web-1");
  EXPECT_EQ(end.dedup_key, test.dedup_key);
  EXPECT_EQ(end.alerts.at(0).ended_at, kSampleStart + 1s);
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
