#include "history/migrations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "unit/history/history_place.h"

namespace sonde::history {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::array kSteps{
    Migration{"make songs", "PRAGMA application_id = 0x536F6E64; CREATE TABLE song (title TEXT)"},
    Migration{"add years", "ALTER TABLE song ADD COLUMN year INTEGER; UPDATE song SET year = 1999"},
    Migration{"add singers", "CREATE TABLE singer (name TEXT); INSERT INTO singer VALUES ('Nina')"},
};

class Migrations : public testing::Test {
 protected:
  Migrations() : database_(make()) {}

  Result<> migrate_to(std::size_t version) { return migrate(database_, std::span(kSteps).first(version)); }
  [[nodiscard]] std::int64_t version() const { return *database_.ask_number("PRAGMA user_version"); }

  HistoryPlace place_;
  Database database_;

 private:
  [[nodiscard]] Database make() const {
    write_bytes(place_.path(), "");
    return place_.other_connection();
  }
};

TEST_F(Migrations, from_nothing_all_steps_are_taken) {
  ASSERT_TRUE(migrate_to(3));
  EXPECT_EQ(version(), 3);
  EXPECT_EQ(*database_.ask_text("SELECT name FROM singer"), "Nina");
}

TEST_F(Migrations, from_an_older_version_the_missing_steps_are_taken_and_rows_stay) {
  ASSERT_TRUE(migrate_to(1));
  ASSERT_TRUE(database_.execute("INSERT INTO song VALUES ('Feeling Good')"));
  ASSERT_TRUE(migrate_to(3));
  EXPECT_EQ(version(), 3);
  EXPECT_EQ(*database_.ask_number("SELECT year FROM song WHERE title = 'Feeling Good'"), 1999);
}

TEST_F(Migrations, of_the_newest_version_nothing_is_done) {
  ASSERT_TRUE(migrate_to(3));
  ASSERT_TRUE(migrate_to(3));
  EXPECT_EQ(*database_.ask_number("SELECT count(*) FROM singer"), 1);
}

TEST_F(Migrations, a_step_that_fails_leaves_the_version_before_it) {
  ASSERT_TRUE(migrate_to(1));
  const std::array broken{kSteps[0],
                          Migration{"add a thing", "CREATE TABLE thing (a); INSERT INTO nowhere VALUES (1)"}};
  const auto done = migrate(database_, broken);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().what, HasSubstr("to add a thing: '" + place_.path() + "': no such table: nowhere"));
  EXPECT_EQ(version(), 1);
  EXPECT_EQ(*database_.ask_number("SELECT count(*) FROM sqlite_schema WHERE name = 'thing'"), 0);
  EXPECT_TRUE(migrate_to(3));
}

TEST_F(Migrations, a_newer_version_is_refused) {
  ASSERT_TRUE(migrate_to(3));
  const auto done = migrate_to(2);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kUnsupported);
  EXPECT_THAT(done.error().what, HasSubstr("is of version 3, and this program knows versions up to 2: run the newer"));
}

TEST_F(Migrations, a_database_of_another_program_is_refused) {
  ASSERT_TRUE(database_.execute("CREATE TABLE bookmarks (url TEXT)"));
  const auto done = migrate_to(3);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::kUnsupported);
  EXPECT_THAT(done.error().what, HasSubstr("is the SQLite database of another program"));
  EXPECT_EQ(version(), 0);
}

TEST(HistoryVersion, a_file_of_version_0_becomes_one_of_the_newest) {
  const HistoryPlace place;
  write_bytes(place.path(), "");
  ASSERT_TRUE(place.other_connection().execute("CREATE TABLE t (a); DROP TABLE t"));  // so that there is a header
  ASSERT_NE(place.open(), nullptr);
  EXPECT_EQ(*place.other_connection().ask_number("PRAGMA user_version"),
            static_cast<std::int64_t>(history_migrations().size()));
}

TEST(HistoryVersion, a_file_of_a_newer_version_is_refused_and_left_alone) {
  const HistoryPlace place;
  ASSERT_NE(place.open(), nullptr);
  ASSERT_TRUE(place.other_connection().execute("PRAGMA user_version = 99"));
  EXPECT_THAT(place.open_fault(), HasSubstr("is of version 99, and this program knows versions up to"));
  EXPECT_EQ(*place.other_connection().ask_number("PRAGMA user_version"), 99);
  EXPECT_TRUE(place.files("alerts.db.damaged").empty());
}

}  // namespace
}  // namespace sonde::history
