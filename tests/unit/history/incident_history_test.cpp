#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "history/delivery_rows.h"
#include "history/incident_rows.h"
#include "history/migrations.h"
#include "unit/history/history_place.h"
#include "unit/history/random_snapshot.h"

namespace sonde::history {
namespace {

using namespace std::chrono_literals;
using notify::DeliveryState;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

store::Labels labels_of(const std::string& host) { return {{"alertname", "CpuBusy"}, {"host", host}}; }

alerts::Incident incident_with(std::int64_t id, alerts::IncidentStatus status = alerts::IncidentStatus::kTriggered) {
  alerts::Incident incident;
  incident.id = id;
  incident.status = status;
  incident.group = {"ops", "{}"};
  return incident;
}

alerts::Incident resolved_at(std::int64_t id, std::chrono::nanoseconds elapsed) {
  alerts::Incident incident = incident_with(id, alerts::IncidentStatus::kResolved);
  incident.resolved_at = moment_at(elapsed);
  return incident;
}

notify::Delivery delivery_about(std::int64_t incident, const std::string& id) {
  notify::Notification notification;
  notification.incident = incident;
  notification.rule = "CpuBusy";
  notify::Delivery delivery;
  delivery.id = id;
  delivery.channel = "ops";
  delivery.notification = std::make_shared<const notify::Notification>(notification);
  delivery.created_at = kNow;
  delivery.ended_at = kNow + 1s;
  return delivery;
}

notify::DeliveryRecord step(std::int64_t incident, const std::string& id, DeliveryState state) {
  notify::DeliveryRecord record{.delivery = delivery_about(incident, id)};
  record.delivery.state = state;
  return record;
}

notify::Told told_of(std::int64_t incident, bool surely, const std::string& last = "") {
  return {.incident = incident,
          .occurrence = 1,
          .channel = "ops",
          .surely = surely,
          .number = 3,
          .receipt = {"17.5", "C1", "ok"},
          .last_delivery = last};
}

template <class T>
std::vector<std::int64_t> ids(const std::vector<T>& rows) {
  std::vector<std::int64_t> found;
  for (const T& row : rows) found.push_back(row.id);
  return found;
}

std::vector<std::string> names(const std::vector<notify::Delivery>& deliveries) {
  std::vector<std::string> found;
  for (const notify::Delivery& delivery : deliveries) found.push_back(delivery.id);
  return found;
}

class IncidentHistory : public testing::Test {
 protected:
  IncidentHistory() : history_(place_.open()) { EXPECT_TRUE(history_->load()); }

  void save(std::vector<alerts::Incident> incidents, std::vector<notify::Delivery> deliveries = {},
            std::vector<alerts::TimelineEntry> entries = {}) {
    snapshot_.incidents = std::move(incidents);
    const auto saved = history_->save(snapshot_, entries, mark_at(elapsed_), deliveries);
    ASSERT_TRUE(saved) << saved.error().what;
  }
  void record(const std::vector<notify::DeliveryRecord>& records) {
    const auto kept = history_->record(records);
    ASSERT_TRUE(kept) << kept.error().what;
  }
  LoadedHistory restart() {
    history_.reset();
    history_ = place_.open();
    auto found = history_->load();
    EXPECT_TRUE(found) << found.error().what;
    EXPECT_THAT(found->notices, IsEmpty());
    return *std::move(found);
  }

  const HistoryPlace place_;
  std::unique_ptr<AlertHistory> history_;
  alerts::Snapshot snapshot_;
  std::chrono::nanoseconds elapsed_{1s};
};

TEST_F(IncidentHistory, whatever_an_incident_can_hold_comes_back) {
  RandomAlerts random(11);
  for (std::int64_t id = 1; id < 60; ++id) {
    const alerts::Incident made = random.incident(id);
    const auto read = incident_of(id, body_of(made));
    ASSERT_TRUE(read) << read.error().what;
    alerts::Snapshot left;
    alerts::Snapshot right;
    left.incidents = {made};
    right.incidents = {*read};
    ASSERT_TRUE(equal_to_the_bit(left, right)) << id;
    EXPECT_TRUE(is_same(made, *read)) << id;
    alerts::Incident other = made;
    ++other.version;
    EXPECT_FALSE(is_same(made, other));
  }
}

TEST_F(IncidentHistory, whatever_a_message_can_hold_comes_back) {
  RandomAlerts random(12);
  for (int i = 0; i < 60; ++i) {
    const notify::Delivery made = random.delivery("d");
    const auto message = notification_of(body_of(*made.notification));
    ASSERT_TRUE(message) << message.error().what;
    EXPECT_EQ(body_of(**message), body_of(*made.notification));
    EXPECT_EQ((*message)->alerts, made.notification->alerts);
    EXPECT_EQ((*message)->evidence, made.notification->evidence);
    const auto read = delivery_of({}, body_of(made));
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(body_of(*read), body_of(made));
    EXPECT_EQ(read->receipt, made.receipt);
    EXPECT_EQ(read->remaining, made.remaining);
    EXPECT_EQ(read->expires_at, made.expires_at);
  }
}

TEST_F(IncidentHistory, an_incident_stays_when_the_snapshot_has_it_no_more) {
  save({incident_with(1), incident_with(2)});
  save({incident_with(2)});
  EXPECT_THAT(ids(*history_->incidents(0, false, 10)), ElementsAre(2, 1));
  EXPECT_EQ(history_->incident(1)->group.receiver, "ops");
  EXPECT_EQ(history_->incident(3).error().code, Code::kNotFound);
}

TEST_F(IncidentHistory, is_read_page_by_page_and_the_open_ones_alone) {
  save({incident_with(1), resolved_at(2, 1s), incident_with(3), incident_with(4)});
  EXPECT_THAT(ids(*history_->incidents(0, false, 2)), ElementsAre(4, 3));
  EXPECT_THAT(ids(*history_->incidents(3, false, 2)), ElementsAre(2, 1));
  EXPECT_THAT(ids(*history_->incidents(0, true, 9)), ElementsAre(4, 3, 1));
}

TEST_F(IncidentHistory, loads_what_is_open_and_what_was_resolved_within_the_hour) {
  elapsed_ = 3h;
  save({incident_with(1), resolved_at(2, 2h), resolved_at(3, 2h + 1s)});
  EXPECT_THAT(ids(restart().snapshot.incidents), ElementsAre(1, 3));
}

TEST_F(IncidentHistory, a_restart_with_unchanged_incidents_writes_nothing) {
  alerts::Incident odd = RandomAlerts(4).incident(7);
  odd.status = alerts::IncidentStatus::kTriggered;
  save({odd});
  const LoadedHistory loaded = restart();
  ASSERT_TRUE(history_->save(loaded.snapshot, {}, mark_at(elapsed_)));
  EXPECT_EQ(history_->counters().saves, 0U);
}

TEST_F(IncidentHistory, L_an_incident_and_its_messages_are_there_together_or_not_at_all) {
  Database other = place_.other_connection();
  ASSERT_TRUE(other.execute("BEGIN IMMEDIATE"));
  snapshot_.incidents = {incident_with(1)};
  const std::vector deliveries{delivery_about(1, "first")};
  EXPECT_FALSE(history_->save(snapshot_, {}, mark_at(1s), deliveries));
  EXPECT_EQ(history_->counters().waiting_deliveries, 1U);
  ASSERT_TRUE(other.execute("ROLLBACK"));
  EXPECT_THAT(*history_->deliveries(std::nullopt, 0, 10), IsEmpty());
  ASSERT_TRUE(history_->save(snapshot_, {}, mark_at(2s)));
  EXPECT_THAT(names(restart().deliveries), ElementsAre("first"));
  EXPECT_THAT(ids(*history_->incidents(0, false, 10)), ElementsAre(1));
}

TEST_F(IncidentHistory, deliveries_come_back_in_the_order_they_were_made_without_those_that_are_over) {
  save({incident_with(1)}, {delivery_about(1, "z"), delivery_about(1, "a"), delivery_about(1, "m")});
  record({step(1, "a", DeliveryState::kLeased)});
  record({step(1, "z", DeliveryState::kSent)});
  const LoadedHistory loaded = restart();
  EXPECT_THAT(names(loaded.deliveries), ElementsAre("a", "m"));
  EXPECT_EQ(loaded.deliveries[0].state, DeliveryState::kLeased);
  EXPECT_EQ(loaded.deliveries[0].notification->rule, "CpuBusy");
  EXPECT_THAT(names(*history_->deliveries(std::nullopt, 1, 10)), ElementsAre("m", "a", "z"));
  EXPECT_THAT(names(*history_->deliveries(DeliveryState::kSent, 0, 10)), ElementsAre("z"));
  EXPECT_THAT(*history_->deliveries(DeliveryState::kSent, 2, 10), IsEmpty());
  EXPECT_EQ(history_->delivery("z")->state, DeliveryState::kSent);
  EXPECT_EQ(history_->delivery("q").error().code, Code::kNotFound);
}

TEST_F(IncidentHistory, what_was_told_comes_and_goes_with_the_steps) {
  save({incident_with(1)}, {delivery_about(1, "a")});
  notify::DeliveryRecord leased = step(1, "a", DeliveryState::kLeased);
  leased.told = told_of(1, false);
  record({leased});
  EXPECT_FALSE(restart().told.at(0).surely);
  notify::DeliveryRecord refused = step(1, "a", DeliveryState::kRetryWait);
  refused.untold = true;
  record({refused});
  EXPECT_THAT(restart().told, IsEmpty());
  notify::DeliveryRecord sent = step(1, "a", DeliveryState::kSent);
  sent.told = told_of(1, true, "a");
  record({sent});
  record({step(1, "b", DeliveryState::kCancelled)});
  const notify::Told told = restart().told.at(0);
  EXPECT_TRUE(told.surely);
  EXPECT_EQ(told.number, 3U);
  EXPECT_EQ(told.receipt, (notify::Receipt{"17.5", "C1", "ok"}));
  ASSERT_NE(told.last, nullptr);
  EXPECT_EQ(told.last->rule, "CpuBusy");
}

TEST_F(IncidentHistory, each_message_that_is_over_leaves_one_line) {
  save({incident_with(1)}, {delivery_about(1, "a"), delivery_about(1, "b"), delivery_about(1, "c")});
  record({step(1, "a", DeliveryState::kLeased)});
  notify::DeliveryRecord sent = step(1, "a", DeliveryState::kSent);
  sent.delivery.receipt.reply = "HTTP 200";
  notify::DeliveryRecord dead = step(1, "b", DeliveryState::kDead);
  dead.delivery.last_error = "HTTP 404";
  record({sent, dead});
  record({step(1, "c", DeliveryState::kCancelled), step(0, "test", DeliveryState::kSent)});
  const auto lines = *history_->entries_after(0, 10);
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_EQ(lines[0].entry.change, alerts::Change::kTold);
  EXPECT_EQ(lines[0].entry.reason, "firing: HTTP 200");
  EXPECT_EQ(lines[0].entry.channel, "ops");
  EXPECT_EQ(lines[0].entry.incident, 1);
  EXPECT_EQ(lines[0].entry.at.elapsed, elapsed_) << "as of the last save, and what the wall clock says since";
  EXPECT_EQ(lines[1].entry.change, alerts::Change::kNotTold);
  EXPECT_EQ(lines[2].entry.change, alerts::Change::kUnsent);
}

TEST_F(IncidentHistory, lines_about_an_incident_are_its_own_and_those_of_its_alerts_while_they_lasted) {
  alerts::Incident incident = incident_with(1);
  alerts::IncidentAlert alert;
  alert.problem.labels = labels_of("a");
  alert.problem.started_at = moment_at(10s);
  alert.firing = false;
  alert.ended_at = moment_at(20s);
  incident.alerts = {alert};
  const auto line = [](std::chrono::nanoseconds at, store::Labels labels, std::int64_t of, const std::string& reason) {
    alerts::TimelineEntry entry;
    entry.at = moment_at(at);
    entry.labels = std::move(labels);
    entry.incident = of;
    entry.reason = reason;
    return entry;
  };
  store::Labels critical = labels_of("a");
  critical.push_back({"severity", "critical"});
  save({incident}, {},
       {line(5s, critical, 0, "before"), line(10s, critical, 0, "pending"), line(12s, labels_of("b"), 0, "other"),
        line(15s, labels_of("a"), 0, "held"), line(16s, {}, 1, "opened"), line(17s, {}, 2, "of another"),
        line(18s, {}, 0, "of none"), line(20s, critical, 0, "cleared"), line(21s, critical, 0, "afterwards")});
  std::vector<std::string> reasons;
  const auto lines = *history_->entries_about(incident, 0, 10);
  for (const StoredEntry& stored : lines) reasons.push_back(stored.entry.reason);
  EXPECT_THAT(reasons, ElementsAre("pending", "held", "opened", "cleared"));
  EXPECT_THAT(ids(*history_->entries_about(incident, 4, 1)), ElementsAre(5));
}

TEST_F(IncidentHistory, X06_closed_incidents_go_after_400_days_with_all_that_belongs_to_them_and_open_ones_never) {
  std::vector<alerts::Incident> incidents{incident_with(1)};
  std::vector<notify::Delivery> deliveries{delivery_about(1, "open")};
  for (std::int64_t id = 2; id < 27; ++id) {
    incidents.push_back(resolved_at(id, 1s));
    deliveries.push_back(delivery_about(id, std::to_string(id)));
  }
  incidents.push_back(resolved_at(27, 2h));
  alerts::TimelineEntry line;
  line.at = moment_at(1s);
  line.incident = 2;
  save(incidents, deliveries, {line});
  const auto later = moment_at(AlertHistory::kIncidentsKept + 1h);
  EXPECT_EQ(*history_->prune({later.wall, 1h}), 0U) << "a wall clock that is wrong";
  EXPECT_EQ(*history_->prune(later), 10U);
  EXPECT_EQ(*history_->prune(later), 10U);
  EXPECT_EQ(*history_->prune(later), 5U);
  EXPECT_EQ(*history_->prune(later), 0U);
  EXPECT_THAT(ids(*history_->incidents(0, false, 99)), ElementsAre(27, 1));
  EXPECT_THAT(names(*history_->deliveries(std::nullopt, 0, 99)), ElementsAre("open"));
  EXPECT_THAT(*history_->entries_after(0, 10), IsEmpty());
}

TEST_F(IncidentHistory, messages_of_no_incident_go_after_30_days_once_they_are_over) {
  record({step(0, "over", DeliveryState::kSent), step(0, "waits", DeliveryState::kQueued)});
  EXPECT_EQ(*history_->prune(moment_at(AlertHistory::kKept)), 0U);
  EXPECT_EQ(*history_->prune(moment_at(AlertHistory::kKept + 1min)), 1U);
  EXPECT_THAT(names(*history_->deliveries(std::nullopt, 0, 99)), ElementsAre("waits"));
}

TEST_F(IncidentHistory, threads_share_it) {
  constexpr int kSteps = 100;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 3; ++thread) {
      threads.emplace_back([this, thread] {
        for (int i = 0; i < kSteps; ++i) {
          const std::string id = std::to_string(thread) + "/" + std::to_string(i);
          ASSERT_TRUE(history_->record(std::vector{step(1, id, DeliveryState::kSent)}));
        }
      });
    }
    for (int i = 0; i < kSteps; ++i) {
      ASSERT_TRUE(history_->save(snapshot_, {}, mark_at(i * 1min)));
      ASSERT_TRUE(history_->entries_after(0, 5));
    }
  }
  EXPECT_THAT(*history_->deliveries(std::nullopt, 0, 1'000), SizeIs(3 * kSteps));
  EXPECT_THAT(*history_->entries_after(0, 1'000), SizeIs(3 * kSteps));
}

TEST(IncidentMigration, K10_a_file_of_the_version_before_loses_nothing) {
  const HistoryPlace place;
  write_bytes(place.path(), "");
  {
    Database old = place.other_connection();
    ASSERT_TRUE(migrate(old, history_migrations().first(4)));
    ASSERT_TRUE(old.execute(R"sql(
      INSERT INTO instance (uid, labels, fingerprint, body) VALUES ('cpu', '{"alertname":"CpuBusy"}', 'f', '{"state":"firing"}');
      INSERT INTO problem (labels, fingerprint, body) VALUES ('{"alertname":"CpuBusy"}', 'f', '{"firing":true,"told":true}');
      INSERT INTO timeline (wall_ns, elapsed_ns, uid, labels, fingerprint, change, reason, value)
        VALUES (5, 7, 'cpu', '{"alertname":"CpuBusy"}', 'f', 'fired', 'why', '1.5');
      INSERT INTO silence VALUES ('s', 1, '[]', 1, 2, 3, 'me', 'so');
      INSERT INTO rule_file VALUES ('a.yml', 'groups: []');
      INSERT INTO probe_step VALUES ('web', '1h', 0, 1, 0))sql"));
  }
  const auto history = place.open();
  ASSERT_NE(history, nullptr);
  const auto loaded = history->load();
  ASSERT_TRUE(loaded) << loaded.error().what;
  EXPECT_THAT(loaded->notices, IsEmpty());
  ASSERT_THAT(loaded->snapshot.instances, SizeIs(1));
  EXPECT_EQ(loaded->snapshot.instances[0].state, alerts::InstanceState::kFiring);
  ASSERT_THAT(loaded->snapshot.problems, SizeIs(1));
  EXPECT_TRUE(loaded->snapshot.problems[0].told);
  const auto lines = *history->entries_after(0, 10);
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(lines[0].entry.reason, "why");
  EXPECT_EQ(lines[0].entry.value, 1.5);
  EXPECT_EQ(lines[0].entry.incident, 0);
  EXPECT_EQ(lines[0].entry.actor + lines[0].entry.channel, "");
  EXPECT_THAT(history->silences().load()->silences, SizeIs(1));
  EXPECT_THAT(*history->rule_files(), SizeIs(1));
  EXPECT_THAT(*history->uptime(), SizeIs(1));
  EXPECT_EQ(*place.other_connection().ask_text("PRAGMA integrity_check"), "ok");
}

}  // namespace
}  // namespace sonde::history
