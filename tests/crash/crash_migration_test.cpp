// K10: kill -9 in the middle of the step to a newer version of the file.
#include <gtest/gtest.h>
#include <unistd.h>

#include <random>
#include <string>

#include "crash/crash_place.h"
#include "history/migrations.h"

namespace sonde::test {
namespace {

constexpr int kLines = 4'000;

/// As an older program has left it.
void make_old_file(const history::HistoryPlace& place) {
  history::write_bytes(place.path(), "");
  history::Database old = place.other_connection();
  ASSERT_TRUE(history::migrate(old, history::history_migrations().first(4)));
  ASSERT_TRUE(old.execute(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(kLines) +
      ") INSERT INTO timeline (wall_ns, elapsed_ns, uid, labels, fingerprint, change, reason, value) "
      "SELECT i, i, 'cpu', '{}', 'f', 'fired', 'why', '1' FROM n"));
}

TEST(Crash, K10_in_a_migration_the_file_is_of_one_version_or_the_next_and_has_every_line) {
  std::mt19937_64 random(7);
  int old_ones = 0;
  for (int i = 0; i < 30; ++i) {
    const history::HistoryPlace place;
    ASSERT_NO_FATAL_FAILURE(make_old_file(place));
    {
      Carrier carrier(place.path(), "-", {"open"});
      ::usleep(static_cast<useconds_t>(random() % 40'000));
      carrier.kill();
    }
    const std::int64_t version = *place.other_connection().ask_number("PRAGMA user_version");
    ASSERT_GE(version, 4);
    ASSERT_LE(version, static_cast<std::int64_t>(history::history_migrations().size()));
    if (version == 4) ++old_ones;
    const auto history = place.open();
    ASSERT_NE(history, nullptr);
    ASSERT_EQ(history->entries_after(0, kLines + 1)->size(), static_cast<std::size_t>(kLines)) << i;
    ASSERT_EQ(*place.other_connection().ask_text("PRAGMA integrity_check"), "ok");
  }
  RecordProperty("left_old", old_ones);
}

}  // namespace
}  // namespace sonde::test
