#include "history/database.h"
#include "history/sqlite_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/history/history_place.h"

namespace sonde::history {
namespace {

using testing::HasSubstr;

class SqliteDatabase : public testing::Test {
 protected:
  SqliteDatabase() : database_(make()) { EXPECT_TRUE(database_.execute("CREATE TABLE t (a TEXT, n INTEGER)")); }

  HistoryPlace place_;
  Database database_;

 private:
  [[nodiscard]] Database make() const {
    write_bytes(place_.path(), "");
    return place_.other_connection();
  }
};

TEST_F(SqliteDatabase, any_bytes_come_back_and_are_found) {
  auto insert = database_.prepare("INSERT INTO t VALUES (?, ?)");
  auto find = database_.prepare("SELECT a, n FROM t WHERE a = ?");
  ASSERT_TRUE(insert && find);
  const std::vector<std::string> texts{"", "plain", "\u2603", std::string("a\0b", 3), "\xff\xfe", std::string(1, '\0')};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    ASSERT_TRUE(insert->bind(texts[i]).bind(static_cast<std::int64_t>(i)).run());
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    find->bind(texts[i]);
    ASSERT_TRUE(*find->step()) << i;
    EXPECT_EQ(find->text(0), texts[i]);
    EXPECT_EQ(find->number(1), static_cast<std::int64_t>(i));
    EXPECT_FALSE(*find->step());
  }
  find->bind(std::string_view());
  EXPECT_TRUE(*find->step()) << "an empty text without an address is no NULL";
}

TEST_F(SqliteDatabase, a_transaction_that_is_not_committed_leaves_nothing) {
  {
    auto transaction = Transaction::begin(database_);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(database_.execute("INSERT INTO t VALUES ('a', 1)"));
  }
  EXPECT_EQ(*database_.ask_number("SELECT count(*) FROM t"), 0);
  auto transaction = Transaction::begin(database_);
  ASSERT_TRUE(transaction);
  ASSERT_TRUE(database_.execute("INSERT INTO t VALUES ('a', 1)"));
  ASSERT_TRUE(transaction->commit());
  EXPECT_EQ(*database_.ask_number("SELECT count(*) FROM t"), 1);
}

TEST_F(SqliteDatabase, errors_name_the_file_and_say_what_sqlite_says) {
  const auto wrong = database_.prepare("SELECT x FROM t");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().what, "'" + place_.path() + "': no such column: x");
  const auto missing = open_sqlite(place_.path() + "/nowhere");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::kPermission);
  EXPECT_THAT(missing.error().what, HasSubstr("nowhere': unable to open database file"));
  const auto nothing = database_.ask_number("SELECT n FROM t");
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code, Code::kNotFound);
}

TEST_F(SqliteDatabase, a_value_that_is_too_large_fails_its_statement_and_not_the_next) {
  auto insert = database_.prepare("INSERT INTO t VALUES (?, ?)");
  ASSERT_TRUE(insert);
  EXPECT_FALSE(insert->bind("one").bind("two").bind("one too many").run());
  EXPECT_TRUE(insert->bind("one").bind(2).run());
  EXPECT_EQ(*database_.ask_number("SELECT n FROM t"), 2);
}

}  // namespace
}  // namespace sonde::history
