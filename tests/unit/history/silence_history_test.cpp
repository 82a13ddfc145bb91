#include "history/silence_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "history/migrations.h"
#include "unit/history/history_place.h"

namespace sonde::history {
namespace {

using namespace std::chrono_literals;
using alerts::Silence;
using enum store::MatchOperator;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Silence sample(const std::string& id, std::uint64_t version = 1) {
  return {.id = id,
          .version = version,
          .matchers = {{"alertname", kEqual, "DiskFull"},
                       {"host", kRegex, "web\"\\.*"},
                       {"größe", kNotEqual, ""},
                       {"a", kNotRegex, "b\nc"}},
          .starts_at = kNow + 1ns,
          .ends_at = kNow + 2h,
          .updated_at = kNow - 1s,
          .author = "Ann 'O'; --",
          .comment = "new disk\nto come"};
}

std::vector<Silence> loaded_silences(AlertHistory& history) {
  const auto found = history.silences().load();
  EXPECT_TRUE(found) << found.error().what;
  for (const std::string& notice : found->notices) ADD_FAILURE() << notice;
  return found->silences;
}

TEST(SilenceHistory, a_new_file_has_none) {
  const HistoryPlace place;
  EXPECT_THAT(loaded_silences(*place.open()), IsEmpty());
}

TEST(SilenceHistory, gives_back_after_a_restart_what_was_saved) {
  const HistoryPlace place;
  const std::vector<Silence> written{sample("a"), sample("b")};
  ASSERT_TRUE(place.open()->silences().save(written));
  EXPECT_EQ(loaded_silences(*place.open()), written);
}

TEST(SilenceHistory, S08_keeps_every_version_and_loads_the_last) {
  const HistoryPlace place;
  const auto history = place.open();
  Silence longer = sample("a", 2);
  longer.ends_at += 1h;
  ASSERT_TRUE(history->silences().save(std::vector{sample("a")}));
  ASSERT_TRUE(history->silences().save(std::vector{longer, sample("b", 11), sample("b", 9)}));
  EXPECT_THAT(loaded_silences(*history), ElementsAre(longer, sample("b", 11)));
  EXPECT_THAT(*history->silences().versions("a"), ElementsAre(sample("a"), longer));
  EXPECT_THAT(*history->silences().versions("nobody"), IsEmpty());
}

TEST(SilenceHistory, what_is_forgotten_is_gone_with_its_versions) {
  const HistoryPlace place;
  const auto history = place.open();
  ASSERT_TRUE(history->silences().save(std::vector{sample("a"), sample("a", 2), sample("b")}));
  ASSERT_TRUE(history->silences().forget(std::vector<std::string>{"a", "nobody"}));
  EXPECT_THAT(loaded_silences(*history), ElementsAre(sample("b")));
  EXPECT_THAT(*history->silences().versions("a"), IsEmpty());
}

TEST(SilenceHistory, a_save_without_anything_writes_nothing) {
  const HistoryPlace place;
  const auto history = place.open();
  EXPECT_TRUE(history->silences().save({}));
  EXPECT_TRUE(history->silences().forget({}));
}

TEST(SilenceHistory, a_row_that_makes_no_sense_is_named_and_the_others_are_read) {
  for (const std::string broken : {"", "{}", "[7]", R"([{"label":"a","is":"~","value":"b"}])", R"([{"label":"a"}])"}) {
    const HistoryPlace place;
    const auto history = place.open();
    ASSERT_TRUE(history->silences().save(std::vector{sample("a"), sample("b")}));
    ASSERT_TRUE(place.other_connection().execute("UPDATE silence SET matchers = '" + broken + "' WHERE id = 'a'"));
    const auto found = history->silences().load();
    ASSERT_TRUE(found);
    EXPECT_THAT(found->silences, ElementsAre(sample("b"))) << broken;
    ASSERT_THAT(found->notices, SizeIs(1)) << broken;
    EXPECT_THAT(found->notices[0], HasSubstr("the matchers of silence a make no sense"));
  }
}

TEST(SilenceHistory, a_file_of_the_version_before_gets_the_table_and_keeps_its_rows) {
  const HistoryPlace place;
  write_bytes(place.path(), "");
  {
    Database old = place.other_connection();
    ASSERT_TRUE(migrate(old, history_migrations().first(2)));
    ASSERT_TRUE(old.execute("INSERT INTO rule_file VALUES ('/a.yml', 'groups:')"));
    EXPECT_FALSE(old.ask_number("SELECT count(*) FROM silence"));
  }
  const auto history = place.open();
  EXPECT_THAT(*history->rule_files(), SizeIs(1));
  EXPECT_TRUE(history->silences().save(std::vector{sample("a")}));
  EXPECT_GE(*place.other_connection().ask_number("PRAGMA user_version"), 3);
}

}  // namespace
}  // namespace sonde::history
