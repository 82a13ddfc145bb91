// The history in a PostgreSQL, whose connection string is in SONDE_POSTGRES, and its password in SONDE_STORE_PASSWORD.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "history/alert_history.h"
#include "history/inbox_table.h"
#include "history/postgres_connection.h"
#include "unit/history/history_place.h"
#include "unit/history/random_snapshot.h"

namespace sonde::history {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const char* environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

PostgresOptions options() { return {environment("SONDE_POSTGRES"), environment("SONDE_STORE_PASSWORD")}; }

/// Each test begins with an empty schema.
class PostgresHistory : public testing::Test {
 protected:
  void SetUp() override {
    if (*environment("SONDE_POSTGRES") == '\0') GTEST_SKIP() << "SONDE_POSTGRES names no server";
    Database database = join_postgres(options());
    const auto emptied = database.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    ASSERT_TRUE(emptied) << emptied.error().what;
  }

  static std::optional<Database> lead(const std::string& url = "http://a", std::function<void()> on_deposed = {}) {
    auto lead = lead_postgres({options(), url, std::move(on_deposed)});
    EXPECT_TRUE(lead) << lead.error().what;
    return lead ? *std::move(lead) : std::nullopt;
  }

  static std::unique_ptr<AlertHistory> open() {
    auto database = lead();
    if (!database) return nullptr;
    auto history = AlertHistory::open(*std::move(database));
    EXPECT_TRUE(history) << history.error().what;
    return history ? *std::move(history) : nullptr;
  }
};

TEST_F(PostgresHistory, one_save_after_another_gives_exactly_the_last) {
  RandomAlerts random(20'270'115);
  random.keep_to_text();
  auto history = open();
  ASSERT_NE(history, nullptr);
  alerts::Snapshot snapshot;
  for (int round = 0; round < 30; ++round) {
    if (round % 5 == 0) snapshot = random.snapshot(random.below(40));
    if (!snapshot.instances.empty()) snapshot.instances.erase(snapshot.instances.begin());
    if (!snapshot.problems.empty()) snapshot.problems.back().value = random.number();
    const auto saved = history->save(snapshot, {}, mark_at(round * 1s));
    ASSERT_TRUE(saved) << saved.error().what;
    if (round % 3 == 0) {
      history.reset();
      history = open();
      ASSERT_NE(history, nullptr);
    }
    ASSERT_TRUE(equal_to_the_bit(loaded(*history), snapshot)) << round;
  }
}

TEST_F(PostgresHistory, it_answers_as_a_file_does) {
  RandomAlerts random(7);
  random.keep_to_text();
  const HistoryPlace place;
  const auto file = place.open();
  const auto shared = open();
  ASSERT_NE(shared, nullptr);
  const alerts::Snapshot snapshot = random.snapshot(30);
  std::vector<alerts::TimelineEntry> entries;
  for (int i = 0; i < 200; ++i) entries.push_back(random.entry());
  std::vector<notify::Delivery> deliveries;
  for (int i = 0; i < 50; ++i) deliveries.push_back(random.delivery("d" + std::to_string(i)));
  std::vector<alerts::Review> reviews;
  for (const alerts::Incident& incident : snapshot.incidents) reviews.push_back(random.review(incident.id));
  for (AlertHistory* history : {file.get(), shared.get()}) {
    const auto saved = history->save(snapshot, entries, mark_at(17s), deliveries, reviews);
    ASSERT_TRUE(saved) << saved.error().what;
  }
  const auto lines = std::pair(file->entries_after(0, 1'000), shared->entries_after(0, 1'000));
  ASSERT_TRUE(lines.second) << lines.second.error().what;
  ASSERT_EQ(lines.first->size(), lines.second->size());
  for (std::size_t i = 0; i < lines.first->size(); ++i) {
    EXPECT_TRUE(equal_to_the_bit((*lines.first)[i].entry, (*lines.second)[i].entry)) << i;
  }
  EXPECT_EQ(*file->incidents(0, false, 100), *shared->incidents(0, false, 100));
  EXPECT_EQ(*file->incidents(1'000, true, 100), *shared->incidents(1'000, true, 100));
  for (const alerts::Incident& incident : snapshot.incidents) {
    const auto about = std::pair(file->entries_about(incident, 0, 100), shared->entries_about(incident, 0, 100));
    ASSERT_TRUE(about.second) << about.second.error().what;
    EXPECT_EQ(about.first->size(), about.second->size());
    EXPECT_EQ(*file->reviews(std::vector{incident.id}), *shared->reviews(std::vector{incident.id}));
  }
  EXPECT_EQ(file->report_rows(0, 50)->size(), shared->report_rows(0, 50)->size());
  const auto found = std::pair(file->deliveries(std::nullopt, 0, 100), shared->deliveries(std::nullopt, 0, 100));
  ASSERT_TRUE(found.second) << found.second.error().what;
  EXPECT_EQ(found.first->size(), found.second->size());
  const auto loads = std::pair(file->load(), shared->load());
  ASSERT_TRUE(loads.second) << loads.second.error().what;
  EXPECT_THAT(loads.second->notices, IsEmpty());
  EXPECT_EQ(loads.first->deliveries.size(), loads.second->deliveries.size());
  EXPECT_EQ(loads.first->reviews, loads.second->reviews);
  EXPECT_EQ(loads.first->clock, loads.second->clock);
  const alerts::Moment later{kNow + std::chrono::hours{24 * 500}, std::chrono::hours{24 * 500}};
  EXPECT_EQ(*file->prune(later), *shared->prune(later));
}

TEST_F(PostgresHistory, what_is_no_text_keeps_nothing_from_being_kept) {
  const auto history = open();
  ASSERT_NE(history, nullptr);
  alerts::Snapshot snapshot;
  alerts::Incident incident;
  incident.id = 1;
  incident.assignee = std::string("a\0b", 3);
  snapshot.incidents.push_back(incident);
  alerts::TimelineEntry entry;
  entry.reason = std::string("\xff\0", 2);
  const auto saved = history->save(snapshot, std::vector{entry}, mark_at(1s));
  ASSERT_TRUE(saved) << saved.error().what;
  const auto kept = history->incident(1);
  ASSERT_TRUE(kept) << kept.error().what;
  EXPECT_EQ(kept->assignee, "a\uFFFDb");
}

TEST_F(PostgresHistory, long_labels_are_kept) {
  const auto history = open();
  ASSERT_NE(history, nullptr);
  std::string noise;
  RandomAlerts random(3);
  for (int i = 0; i < 9'000; ++i) noise += static_cast<char>('a' + random.below(26));
  alerts::Snapshot snapshot;
  alerts::ExternalAlert external;
  external.labels = {{"alertname", noise}};
  snapshot.externals.push_back(external);
  for (int round = 1; round <= 2; ++round) {
    snapshot.externals.front().ends_at += 1s;
    const auto saved = history->save(snapshot, {}, mark_at(round * 1s));
    ASSERT_TRUE(saved) << saved.error().what;
  }
  EXPECT_EQ(loaded(*history).externals, snapshot.externals);
}

TEST_F(PostgresHistory, silences_people_links_remedies_and_uptime_are_kept) {
  const auto history = open();
  ASSERT_NE(history, nullptr);
  alerts::Silence silence;
  silence.id = "s1";
  silence.version = 1;
  silence.matchers = {{"service", store::MatchOperator::kEqual, "web"}};
  ASSERT_TRUE(history->silences().save(std::vector{silence}));
  silence.version = 2;
  ASSERT_TRUE(history->silences().save(std::vector{silence}));
  EXPECT_THAT(history->silences().load()->silences, testing::ElementsAre(silence));
  EXPECT_THAT(*history->silences().versions("s1"), SizeIs(2));

  oncall::Changes changes;
  for (const char* id : {"b", "a"}) changes.overrides.emplace_back().id = id;
  ASSERT_TRUE(history->oncall().save(changes));
  const auto oncall = history->oncall().load();
  ASSERT_TRUE(oncall) << oncall.error().what;
  ASSERT_THAT(oncall->changes.overrides, SizeIs(2));
  EXPECT_EQ(oncall->changes.overrides.front().id, "b") << "in the order they were made";
  EXPECT_TRUE(history->oncall().claim_link("link", "ann", kNow)->is_new);
  EXPECT_FALSE(history->oncall().claim_link("link", "bob", kNow)->is_new);

  alerts::RemedyRun run;
  run.claim.key = {1, 1, "restart"};
  run.output = "\xff";
  const auto claimed = history->remedies().claim(run, {});
  ASSERT_TRUE(claimed) << claimed.error().what;
  EXPECT_TRUE(*claimed);
  EXPECT_FALSE(*history->remedies().claim(run, {}));
  EXPECT_THAT(history->remedies().load()->unfinished, SizeIs(1));
  run.outcome = "ok";
  ASSERT_TRUE(history->remedies().finish(run, {}));
  EXPECT_THAT(history->remedies().load()->unfinished, IsEmpty());

  probe::UptimeStep step;
  step.probe = "shop";
  step.start = kNow;
  step.counts = {3, 1};
  ASSERT_TRUE(history->keep_uptime(std::vector{step}, kNow));
  step.counts = {4, 1};
  ASSERT_TRUE(history->keep_uptime(std::vector{step}, kNow));
  ASSERT_THAT(*history->uptime(), SizeIs(1));
  EXPECT_EQ(history->uptime()->front().counts.successes, 4U);
  ASSERT_TRUE(history->keep_rule_files({{"b.yml", "b"}, {"a.yml", "a"}}));
  EXPECT_THAT(*history->rule_files(), SizeIs(2));
  const KeptAnswer answer{.key = "ann\nk1", .request = ~std::uint64_t{0}, .at = kNow, .status = 200, .body = "{}"};
  ASSERT_TRUE(history->answers().save(answer, kNow - 1h));
  EXPECT_THAT(*history->answers().load(kNow, 10), testing::ElementsAre(answer));
  EXPECT_EQ(*history->shared_key("first"), "first");
  EXPECT_EQ(*history->shared_key("second"), "first");
}

TEST_F(PostgresHistory, only_one_leads) {
  auto first = lead();
  ASSERT_TRUE(first);
  EXPECT_FALSE(lead("http://b"));
  first.reset();
  // The server may need a moment to see that a connection has gone.
  std::optional<Database> second;
  for (int i = 0; i < 200 && !second; ++i) second = lead("http://b");
  ASSERT_TRUE(second);
  EXPECT_EQ(*second->ask_text("SELECT url FROM lead"), "http://b");
  EXPECT_EQ(*second->ask_number("SELECT term FROM lead"), 2);
}

/// Longer than a connection that broke waits before it is made again.
std::chrono::steady_clock::time_point soon() { return std::chrono::steady_clock::now() + 20s; }

/// Ends the connection of whoever holds the lock, as a server does that has seen nothing of it for long.
void end_the_leading_connection(Database& database) {
  const auto ended = database.execute(
      "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 1399811684 "
      "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
  ASSERT_TRUE(ended) << ended.error().what;
}

TEST_F(PostgresHistory, a_connection_that_breaks_is_made_again_and_goes_on_if_nobody_led_meanwhile) {
  std::atomic<bool> is_deposed{false};
  auto first = lead("http://a", [&is_deposed] { is_deposed = true; });
  ASSERT_TRUE(first);
  Database other = join_postgres(options());
  end_the_leading_connection(other);
  Result<> done = first->execute("SELECT 1");
  EXPECT_FALSE(done) << "the connection is gone";
  for (const auto until = soon(); !done && std::chrono::steady_clock::now() < until;) {
    done = first->execute("SELECT 1");
  }
  EXPECT_TRUE(done) << done.error().what;
  EXPECT_FALSE(is_deposed);
  EXPECT_FALSE(lead("http://b"));
}

TEST_F(PostgresHistory, a_connection_that_is_made_again_writes_nothing_while_somebody_else_has_the_lock) {
  auto first = lead();
  ASSERT_TRUE(first);
  Database other = join_postgres(options());
  ASSERT_TRUE(other.execute("CREATE TABLE written (n BIGINT)"));
  end_the_leading_connection(other);
  // Another hub that is about to lead, and has not said so yet.
  ASSERT_TRUE(other.execute("SELECT pg_advisory_lock(1399811684, hashtext(current_schema()))"));
  std::string why;
  for (const auto until = soon(); why.find("the lock is held") == std::string::npos;) {
    ASSERT_LT(std::chrono::steady_clock::now(), until) << why;
    const auto done = first->execute("INSERT INTO written VALUES (1)");
    ASSERT_FALSE(done);
    why = done.error().what;
  }
  EXPECT_FALSE(first->execute("INSERT INTO written VALUES (2)"));
  EXPECT_EQ(*other.ask_number("SELECT count(*) FROM written"), 0);
  ASSERT_TRUE(other.execute("SELECT pg_advisory_unlock_all()"));
  Result<> done = first->execute("INSERT INTO written VALUES (3)");
  for (const auto until = soon(); !done && std::chrono::steady_clock::now() < until;) {
    done = first->execute("INSERT INTO written VALUES (3)");
  }
  EXPECT_TRUE(done) << done.error().what;
}

TEST_F(PostgresHistory, whoever_has_been_followed_writes_nothing_any_more) {
  std::atomic<int> deposed{0};
  auto first = lead("http://a", [&deposed] { ++deposed; });
  ASSERT_TRUE(first);
  Database other = join_postgres(options());
  end_the_leading_connection(other);
  std::optional<Database> second;
  for (int i = 0; i < 200 && !second; ++i) second = lead("http://b");
  ASSERT_TRUE(second);
  Result<> done = Ok{};
  for (const auto until = soon(); deposed == 0 && std::chrono::steady_clock::now() < until;) {
    done = first->execute("INSERT INTO lead VALUES (1, 9, '')");
  }
  EXPECT_EQ(deposed, 1);
  ASSERT_FALSE(done);
  EXPECT_FALSE(first->execute("SELECT 1"));
  EXPECT_EQ(*second->ask_number("SELECT term FROM lead"), 2);
}

TEST_F(PostgresHistory, what_was_posted_goes_with_the_save_that_knows_of_it) {
  auto history = open();
  ASSERT_NE(history, nullptr);
  Database other = join_postgres(options());
  ASSERT_TRUE(post_alerts(other, "[1]", kNow));
  ASSERT_TRUE(post_alerts(other, "[2]", kNow + 1s));
  const auto taken = history->take_posted(10);
  ASSERT_TRUE(taken) << taken.error().what;
  ASSERT_THAT(*taken, SizeIs(2));
  EXPECT_EQ(taken->front().body, "[1]");
  EXPECT_EQ(taken->front().received_at, kNow);
  ASSERT_TRUE(post_alerts(other, "[3]", kNow));
  EXPECT_THAT(*history->take_posted(10), SizeIs(1)) << "once each";
  EXPECT_EQ(*other.ask_number("SELECT count(*) FROM inbox"), 3);
  ASSERT_TRUE(history->save({}, {}, mark_at(1s)));
  EXPECT_EQ(*other.ask_number("SELECT count(*) FROM inbox"), 0);
}

TEST_F(PostgresHistory, a_database_of_a_newer_program_is_refused) {
  lead().reset();
  Database other = join_postgres(options());
  ASSERT_TRUE(other.execute("UPDATE sonde_schema SET version = 1000"));
  auto refused = lead_postgres({options(), "", {}});
  for (int i = 0; i < 200 && refused && !*refused; ++i) refused = lead_postgres({options(), "", {}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnsupported);
  EXPECT_THAT(refused.error().what, HasSubstr("version 1000"));
}

}  // namespace
}  // namespace sonde::history
