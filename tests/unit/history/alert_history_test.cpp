#include "history/alert_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "unit/history/history_place.h"
#include "unit/history/random_snapshot.h"

namespace sonde::history {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

alerts::Instance instance_on(const std::string& host, double value) {
  alerts::Instance instance;
  instance.uid = "cpu";
  instance.labels = {{"alertname", "CpuBusy"}, {"host", host}};
  instance.state = alerts::InstanceState::kFiring;
  instance.value = value;
  return instance;
}

alerts::TimelineEntry entry_at(std::chrono::nanoseconds elapsed, const std::string& reason) {
  alerts::TimelineEntry entry;
  entry.at = moment_at(elapsed);
  entry.uid = "cpu";
  entry.labels = {{"alertname", "CpuBusy"}};
  entry.reason = reason;
  return entry;
}

std::vector<std::string> reasons(const AlertHistory& history, std::int64_t after = 0, std::size_t limit = 100'000) {
  const auto entries = history.entries_after(after, limit);
  EXPECT_TRUE(entries) << entries.error().what;
  std::vector<std::string> found;
  if (!entries) return found;
  for (const StoredEntry& stored : *entries) {
    found.push_back(std::to_string(stored.id) + " " + stored.entry.reason);
  }
  return found;
}

/// Counts what others commit to the file.
class Watcher {
 public:
  explicit Watcher(const HistoryPlace& place) : database_(place.other_connection()) {}
  [[nodiscard]] bool has_changed() {
    const std::int64_t version = *database_.ask_number("PRAGMA data_version");
    return std::exchange(version_, version) != version;
  }

 private:
  Database database_;
  std::int64_t version_ = *database_.ask_number("PRAGMA data_version");
};

class AlertHistoryTest : public testing::Test {
 protected:
  AlertHistoryTest() : history_(place_.open()) {
    EXPECT_TRUE(history_->load());
    snapshot_.instances = {instance_on("a", 1), instance_on("b", std::numeric_limits<double>::quiet_NaN())};
  }

  const HistoryPlace place_;
  std::unique_ptr<AlertHistory> history_;
  alerts::Snapshot snapshot_;
};

TEST_F(AlertHistoryTest, an_unchanged_snapshot_writes_nothing) {
  ASSERT_TRUE(history_->save(snapshot_, {}, mark_at(0s)));
  Watcher watcher(place_);
  const std::string before = read_bytes(place_.path() + "-wal");
  for (int second = 1; second < 60; ++second) ASSERT_TRUE(history_->save(snapshot_, {}, mark_at(second * 1s)));
  EXPECT_FALSE(watcher.has_changed());
  EXPECT_TRUE(read_bytes(place_.path() + "-wal") == before);
  EXPECT_EQ(history_->counters().saves, 1U);
}

TEST_F(AlertHistoryTest, an_unchanged_snapshot_that_was_loaded_writes_nothing) {
  ASSERT_TRUE(history_->save(snapshot_, {}, mark_at(0s)));
  history_.reset();
  history_ = place_.open();
  const alerts::Snapshot again = loaded(*history_);
  ASSERT_TRUE(history_->save(again, {}, mark_at(10s)));
  EXPECT_EQ(history_->counters().saves, 0U);
}

TEST_F(AlertHistoryTest, the_clock_alone_is_written_once_it_is_a_minute_old_or_of_another_boot) {
  ASSERT_TRUE(history_->save(snapshot_, {}, mark_at(0s)));
  Watcher watcher(place_);
  ASSERT_TRUE(history_->save(snapshot_, {}, mark_at(60s)));
  EXPECT_TRUE(watcher.has_changed());
  EXPECT_EQ(history_->load()->clock, mark_at(60s));
  ClockMark rebooted = mark_at(61s);
  rebooted.boot_id = "another";
  ASSERT_TRUE(history_->save(snapshot_, {}, rebooted));
  EXPECT_EQ(history_->load()->clock, rebooted);
}

TEST_F(AlertHistoryTest, only_what_differs_is_written) {
  ASSERT_TRUE(history_->save(snapshot_, {}, mark_at(0s)));
  ASSERT_TRUE(place_.other_connection().execute("UPDATE instance SET body = '{}' WHERE labels LIKE '%\"a\"%'"));
  snapshot_.instances[1].value = 2;
  snapshot_.instances.push_back(instance_on("c", 3));
  ASSERT_TRUE(history_->save(snapshot_, {}, mark_at(1s)));
  const Database other = place_.other_connection();
  EXPECT_EQ(*other.ask_number("SELECT count(*) FROM instance"), 3);
  EXPECT_EQ(*other.ask_number("SELECT count(*) FROM instance WHERE body = '{}'"), 1);
}

TEST_F(AlertHistoryTest, minus_zero_is_not_zero) {
  snapshot_.instances[0].value = 0;
  ASSERT_TRUE(history_->save(snapshot_, {}, mark_at(0s)));
  snapshot_.instances[0].value = -0.0;
  ASSERT_TRUE(history_->save(snapshot_, {}, mark_at(1s)));
  EXPECT_TRUE(equal_to_the_bit(loaded(*history_), snapshot_));
}

TEST_F(AlertHistoryTest, quiet_until_alone_is_a_change) {
  ASSERT_TRUE(history_->save(snapshot_, {}, mark_at(0s)));
  snapshot_.quiet_until = 90s;
  ASSERT_TRUE(history_->save(snapshot_, {}, mark_at(1s)));
  EXPECT_EQ(loaded(*history_).quiet_until, 90s);
}

TEST_F(AlertHistoryTest, a_save_without_a_load_replaces_everything) {
  ASSERT_TRUE(history_->save(snapshot_, {}, mark_at(0s)));
  history_.reset();
  history_ = place_.open();
  alerts::Snapshot other;
  other.instances = {instance_on("z", 1)};
  ASSERT_TRUE(history_->save(other, {}, mark_at(1s)));
  EXPECT_TRUE(equal_to_the_bit(loaded(*history_), other));
}

TEST_F(AlertHistoryTest, a_row_that_makes_no_sense_is_left_out_and_gone_after_the_next_save) {
  ASSERT_TRUE(history_->save(snapshot_, {}, mark_at(0s)));
  ASSERT_TRUE(
      place_.other_connection().execute("UPDATE instance SET body = '{\"state\":7}' WHERE labels LIKE '%\"a\"%'"));
  const auto found = history_->load();
  ASSERT_TRUE(found);
  ASSERT_THAT(found->notices, SizeIs(1));
  EXPECT_THAT(found->notices[0],
              HasSubstr(R"({"alertname":"CpuBusy","host":"a"} of rule 'cpu' was left out: its 'state')"));
  ASSERT_THAT(found->snapshot.instances, SizeIs(1));
  ASSERT_TRUE(history_->save(found->snapshot, {}, mark_at(1s)));
  EXPECT_TRUE(equal_to_the_bit(loaded(*history_), found->snapshot));
}

TEST_F(AlertHistoryTest, the_timeline_is_read_on_from_an_id) {
  const std::vector<alerts::TimelineEntry> entries{entry_at(1s, "one"), entry_at(2s, "two"), entry_at(3s, "three")};
  ASSERT_TRUE(history_->save(snapshot_, entries, mark_at(3s)));
  EXPECT_THAT(reasons(*history_, 0, 2), testing::ElementsAre("1 one", "2 two"));
  EXPECT_THAT(reasons(*history_, 2, 2), testing::ElementsAre("3 three"));
  EXPECT_THAT(reasons(*history_, 3, 2), IsEmpty());
}

TEST_F(AlertHistoryTest, old_lines_go_in_small_batches_and_their_ids_do_not_come_back) {
  std::vector<alerts::TimelineEntry> entries;
  for (int i = 0; i < 1'100; ++i) entries.push_back(entry_at(i * 1s, "old"));
  ASSERT_TRUE(history_->save(snapshot_, entries, mark_at(1'100s)));
  const alerts::Moment later = moment_at(AlertHistory::kKept + 1'100s);
  EXPECT_EQ(*history_->prune(moment_at(AlertHistory::kKept)), 0U);
  EXPECT_EQ(*history_->prune(later), 500U);
  EXPECT_THAT(reasons(*history_, 0, 1), testing::ElementsAre("501 old"));
  EXPECT_EQ(*history_->prune(later), 500U);
  EXPECT_EQ(*history_->prune(later), 100U);
  EXPECT_EQ(*history_->prune(later), 0U);
  ASSERT_TRUE(history_->save(snapshot_, std::vector{entry_at(2'000s, "new")}, mark_at(2'000s)));
  EXPECT_THAT(reasons(*history_), testing::ElementsAre("1101 new"));
}

TEST_F(AlertHistoryTest, a_wall_clock_that_is_wrong_deletes_nothing) {
  alerts::TimelineEntry from_1970 = entry_at(1s, "clock not set yet");
  from_1970.at.wall = WallTime{};
  ASSERT_TRUE(history_->save(snapshot_, std::vector{from_1970, entry_at(2s, "fine")}, mark_at(2s)));
  EXPECT_EQ(*history_->prune({kNow + 24h * 10'000, 1h}), 0U);
  EXPECT_EQ(*history_->prune({WallTime{}, AlertHistory::kKept + 1h}), 0U);
}

TEST_F(AlertHistoryTest, a_second_opener_is_refused) {
  EXPECT_THAT(place_.open_fault(), HasSubstr("alerts.db' is used by another process; stop that one"));
  history_.reset();
  EXPECT_NE(place_.open(), nullptr);
}

TEST_F(AlertHistoryTest, the_files_are_for_their_owner_only) {
  ASSERT_TRUE(history_->save(snapshot_, {}, mark_at(0s)));
  EXPECT_THAT(place_.files(""), testing::ElementsAre("alerts.db", "alerts.db-shm", "alerts.db-wal", "alerts.db.lock"));
  for (const std::string& name : place_.files("")) {
    struct stat status {};
    ASSERT_EQ(::stat((std::filesystem::path(place_.path()).parent_path() / name).c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << name;
  }
}

TEST_F(AlertHistoryTest, every_commit_waits_for_the_disk) {
  const Database other = place_.other_connection();
  EXPECT_EQ(*other.ask_text("PRAGMA journal_mode"), "wal");
}

TEST_F(AlertHistoryTest, another_programs_transaction_fails_a_save_that_the_next_makes_up_for) {
  Database other = place_.other_connection();
  ASSERT_TRUE(other.execute("BEGIN IMMEDIATE"));
  const auto saved = history_->save(snapshot_, std::vector{entry_at(1s, "meanwhile")}, mark_at(1s));
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, Code::kLimit);
  EXPECT_THAT(saved.error().what, HasSubstr("alerts.db': database is locked; another program holds it"));
  ASSERT_TRUE(other.execute("ROLLBACK"));
  ASSERT_TRUE(history_->save(snapshot_, {}, mark_at(2s)));
  EXPECT_THAT(reasons(*history_), testing::ElementsAre("1 meanwhile"));
}

/// While it lives, no file can be written at or beyond a size, as if the disk were full.
class FullDisk {
 public:
  explicit FullDisk(std::uintmax_t bytes) {
    before_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    const rlimit small{bytes, limit_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    std::signal(SIGXFSZ, before_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  void (*before_)(int) = nullptr;
  rlimit limit_{};
};

TEST_F(AlertHistoryTest, what_a_full_disk_refused_is_written_once_there_is_room) {
  ASSERT_TRUE(history_->save(snapshot_, std::vector{entry_at(0s, "before")}, mark_at(0s)));
  RandomAlerts random(3);
  // At once, after some pages, and almost at the end of the transaction.
  int failed = 0;
  std::vector<std::string> expected{"1 before"};
  const auto wal_bytes = [this] { return std::filesystem::file_size(place_.path() + "-wal"); };
  for (const std::uintmax_t room : {0U, 4'000U, 12'000U, 70'000U}) {
    const alerts::Snapshot was = loaded(*history_);
    snapshot_ = random.snapshot(100);
    Result<> saved = Ok{};
    {
      const std::uintmax_t bytes = room == 0 ? 0 : wal_bytes() + room;
      const FullDisk full(bytes);
      saved = history_->save(snapshot_, std::vector{entry_at(1s, "meanwhile")}, mark_at(1s));
    }
    ASSERT_FALSE(saved) << room;
    EXPECT_THAT(saved.error().what, HasSubstr("keep the history of alerts: '" + place_.path() + "': "));
    EXPECT_EQ(history_->counters().failed_saves, static_cast<std::uint64_t>(++failed));
    EXPECT_EQ(history_->counters().waiting_entries, 1U);
    EXPECT_EQ(reasons(*history_), expected) << "nothing of a failed save is there";
    ASSERT_TRUE(history_->save(snapshot_, std::vector{entry_at(2s, "after")}, mark_at(2s))) << room;
    expected.push_back(std::to_string(expected.size() + 1) + " meanwhile");
    expected.push_back(std::to_string(expected.size() + 1) + " after");
    EXPECT_TRUE(equal_to_the_bit(loaded(*history_), snapshot_)) << room;
    EXPECT_EQ(reasons(*history_), expected);
    EXPECT_EQ(history_->counters().waiting_entries, 0U);
  }
}

TEST_F(AlertHistoryTest, of_too_many_waiting_lines_the_oldest_are_lost_and_counted) {
  std::vector<alerts::TimelineEntry> entries;
  for (std::size_t i = 0; i < AlertHistory::kMaxWaiting + 5; ++i) entries.push_back(entry_at(1s, std::to_string(i)));
  {
    const FullDisk full(0);
    EXPECT_FALSE(history_->save(snapshot_, entries, mark_at(1s)));
  }
  EXPECT_EQ(history_->counters(), (HistoryCounters{0, 1, 5, AlertHistory::kMaxWaiting, 0, 0}));
  ASSERT_TRUE(history_->save(snapshot_, {}, mark_at(2s)));
  EXPECT_THAT(reasons(*history_, 0, 1), testing::ElementsAre("1 5"));
}

TEST_F(AlertHistoryTest, rule_files_are_kept_whole_and_replaced_whole) {
  EXPECT_TRUE(history_->rule_files()->empty());
  const std::vector<rules::RuleText> first{{"b.yml", "groups: []\n"}, {"a.yml", std::string("# \0 \xff", 5)}};
  ASSERT_TRUE(history_->keep_rule_files(first));
  EXPECT_EQ(*history_->rule_files(), (std::vector<rules::RuleText>{first[1], first[0]}));
  Watcher other(place_);
  EXPECT_TRUE(history_->keep_rule_files(first));
  EXPECT_FALSE(other.has_changed()) << "the same files are not written again";
  const std::vector<rules::RuleText> second{{"c.yml", "groups: []"}};
  ASSERT_TRUE(history_->keep_rule_files(second));
  EXPECT_TRUE(other.has_changed());
  history_.reset();
  history_ = place_.open();
  EXPECT_EQ(*history_->rule_files(), second);
  {
    const FullDisk full(0);
    EXPECT_FALSE(history_->keep_rule_files(first));
  }
  EXPECT_EQ(*history_->rule_files(), second);
}

}  // namespace
}  // namespace sonde::history
