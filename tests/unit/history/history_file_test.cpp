#include "history/history_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "unit/history/history_place.h"
#include "unit/history/random_snapshot.h"

namespace sonde::history {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A file with some hundred rows, closed.
std::string fill(const HistoryPlace& place) {
  RandomAlerts random(1);
  EXPECT_TRUE(place.open()->save(random.snapshot(200), {}, mark_at(0s)));
  EXPECT_THAT(place.files("alerts.db-"), IsEmpty());
  return read_bytes(place.path());
}

TEST(DamagedFile, is_set_aside_with_a_notice_and_another_one_begun) {
  struct Case {
    const char* name;
    std::string (*damage)(std::string bytes);
  };
  const std::vector<Case> cases{
      {"nothing in it", [](std::string) { return std::string(); }},
      {"one byte", [](std::string) { return std::string("S"); }},
      {"cut within the header", [](std::string bytes) { return bytes.substr(0, 50); }},
      {"cut after the first page", [](std::string bytes) { return bytes.substr(0, 4096); }},
      {"cut in the middle", [](std::string bytes) { return bytes.substr(0, bytes.size() / 2 + 100); }},
      {"garbage", [](std::string bytes) { return std::string(bytes.size(), '\x5a'); }},
      {"text", [](std::string) { return std::string("alerts: none\n"); }},
      {"another header", [](std::string bytes) { return "NOT A DATABASE!!" + bytes.substr(16); }},
      {"zeros in the middle", [](std::string bytes) { return bytes.replace(4096, 40'000, 40'000, '\0'); }},
      {"garbage in the table of tables", [](std::string bytes) { return bytes.replace(100, 500, 500, '\xee'); }},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    const HistoryPlace place;
    const std::string damaged = one.damage(fill(place));
    write_bytes(place.path(), damaged);
    std::vector<std::string> notices;
    const auto history = place.open(&notices);
    ASSERT_NE(history, nullptr);
    ASSERT_THAT(notices, SizeIs(1));
    EXPECT_THAT(notices[0], AllOf(HasSubstr("alerts.db' is damaged ("),
                                  HasSubstr("it is now '" + place.path() + ".damaged-20270115T080000Z'")));
    EXPECT_TRUE(read_bytes(place.path() + ".damaged-20270115T080000Z") == damaged);
    EXPECT_TRUE(loaded(*history).instances.empty());
    EXPECT_TRUE(history->save(RandomAlerts(2).snapshot(10), {}, mark_at(0s)));
  }
}

TEST(DamagedFile, a_second_one_of_the_same_second_has_a_name_of_its_own) {
  const HistoryPlace place;
  std::vector<std::string> notices;
  for (int i = 0; i < 3; ++i) {
    write_bytes(place.path(), "damage " + std::to_string(i));
    ASSERT_NE(place.open(&notices), nullptr);
  }
  EXPECT_THAT(place.files("alerts.db.damaged"),
              ElementsAre("alerts.db.damaged-20270115T080000Z", "alerts.db.damaged-20270115T080000Z-2",
                          "alerts.db.damaged-20270115T080000Z-3"));
}

TEST(DamagedFile, its_log_goes_with_it) {
  const HistoryPlace place;
  auto history = place.open();
  ASSERT_TRUE(history->save(RandomAlerts(5).snapshot(20), {}, mark_at(9s)));
  const std::string log = read_bytes(place.path() + "-wal");
  history.reset();
  write_bytes(place.path(), "NOT A DATABASE!!" + read_bytes(place.path()).substr(16));
  write_bytes(place.path() + "-wal", log);
  std::vector<std::string> notices;
  ASSERT_NE(place.open(&notices), nullptr);
  EXPECT_THAT(notices, SizeIs(1));
  EXPECT_TRUE(read_bytes(place.path() + ".damaged-20270115T080000Z-wal") == log);
}

TEST(DamagedFile, a_log_without_its_database_is_not_taken_for_that_of_the_next) {
  const HistoryPlace place;
  fill(place);
  auto history = place.open();
  ASSERT_TRUE(history->save(RandomAlerts(5).snapshot(20), {}, mark_at(9s)));
  const std::string log = read_bytes(place.path() + "-wal");
  history.reset();
  std::filesystem::remove(place.path());
  write_bytes(place.path() + "-wal", log);
  std::vector<std::string> notices;
  history = place.open(&notices);
  ASSERT_THAT(notices, SizeIs(1));
  EXPECT_THAT(notices[0], HasSubstr("only its log is there"));
  EXPECT_TRUE(read_bytes(place.path() + ".damaged-20270115T080000Z-wal") == log);
  EXPECT_TRUE(loaded(*history).instances.empty());
}

TEST(HistoryFile, what_a_killed_start_has_left_is_no_hindrance) {
  const HistoryPlace place;
  write_bytes(place.path() + ".new", "half a file");
  write_bytes(place.path() + ".new-journal", "half a journal");
  EXPECT_NE(place.open(), nullptr);
  EXPECT_THAT(place.files("alerts.db.new"), IsEmpty());
}

TEST(HistoryFile, what_is_no_regular_file_is_refused) {
  const HistoryPlace place;
  std::filesystem::create_directory(place.path());
  EXPECT_THAT(place.open_fault(), HasSubstr("alerts.db' is no regular file; name another one"));
}

TEST(HistoryFile, a_directory_that_cannot_be_made_is_named) {
  const HistoryPlace place;
  write_bytes(place.path(), "a file");
  std::vector<std::string> notices;
  const auto file = open_history_file(place.path() + "/below/alerts.db", kNow, notices);
  ASSERT_FALSE(file);
  EXPECT_THAT(file.error().what, HasSubstr("create the directory of '" + place.path() + "/below/alerts.db'"));
}

TEST(HistoryFile, its_directory_is_made) {
  const HistoryPlace place;
  std::vector<std::string> notices;
  EXPECT_TRUE(open_history_file(place.path() + ".d/deep/alerts.db", kNow, notices));
  EXPECT_THAT(notices, IsEmpty());
}

TEST(HistoryFile, commits_wait_for_the_disk) {
  const HistoryPlace place;
  std::vector<std::string> notices;
  const auto file = open_history_file(place.path(), kNow, notices);
  ASSERT_TRUE(file) << file.error().what;
  EXPECT_EQ(*file->database.ask_text("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(*file->database.ask_number("PRAGMA synchronous"), 2);
  EXPECT_EQ(*file->database.ask_number("PRAGMA foreign_keys"), 1);
  EXPECT_EQ(*file->database.ask_number("PRAGMA busy_timeout"), 2'000);
}

}  // namespace
}  // namespace sonde::history
