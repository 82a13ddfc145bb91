// What can be said of PostgreSQL without a server; the rest is in tests/history.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "history/migrations.h"
#include "history/postgres_connection.h"
#include "history/postgres_migrations.h"

namespace sonde::history {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(NumberedParameters, are_counted_where_they_have_no_number) {
  EXPECT_EQ(numbered_parameters("SELECT ? , ?"), "SELECT $1 , $2");
  EXPECT_EQ(numbered_parameters("SELECT ?2, ?1, ?2"), "SELECT $2, $1, $2");
  EXPECT_EQ(numbered_parameters("SELECT '?', 'it''s ?', ?"), "SELECT '?', 'it''s ?', $1");
  EXPECT_EQ(numbered_parameters(""), "");
}

TEST(PostgresTables, computed_columns_are_stored) {
  EXPECT_EQ(postgres_tables("a TEXT GENERATED ALWAYS AS (body ->> '$.b.c') VIRTUAL"),
            "a TEXT GENERATED ALWAYS AS (CAST(body AS json) #>> '{b,c}') STORED");
  EXPECT_THAT(postgres_tables("n INTEGER GENERATED ALWAYS AS (body ->> '$.n') VIRTUAL"),
              HasSubstr("n BIGINT GENERATED ALWAYS AS (CAST("));
}

TEST(PostgresTables, nothing_of_sqlite_is_left) {
  for (const Migration& migration : history_migrations()) {
    const std::string tables = postgres_tables(migration.sql);
    for (const char* word : {"PRAGMA", "AUTOINCREMENT", "INTEGER", "VIRTUAL", "ROWID", "'$."}) {
      EXPECT_THAT(tables, Not(HasSubstr(word))) << migration.does;
    }
  }
}

TEST(Conninfo, a_password_in_it_is_refused_and_not_repeated) {
  for (const char* text : {"postgresql://a:hunter2@db/x", "host=db password=hunter2"}) {
    const auto checked = check_conninfo(text);
    ASSERT_FALSE(checked) << text;
    EXPECT_THAT(checked.error().what, Not(HasSubstr("hunter2")));
  }
  EXPECT_TRUE(check_conninfo("postgresql://a@db:5432/x?sslmode=verify-full"));
  EXPECT_TRUE(check_conninfo("host=/run/postgresql dbname=x"));
  EXPECT_FALSE(check_conninfo("postgresql://a@db/x?bogus=1"));
  EXPECT_FALSE(check_conninfo("hots=db"));
}

}  // namespace
}  // namespace sonde::history
