#include "history/remedy_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "unit/history/history_place.h"

namespace sonde::history {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

alerts::RemedyRun sample(std::int64_t incident) {
  alerts::RemedyRun run;
  run.claim = {.key = {incident, 2, "restart"},
               .at = moment_at(5s),
               .alert = {{"alertname", "Stuck"}, {"größe", "\xff"}},
               .fired_at = moment_at(1s)};
  run.program = "/bin/restart";
  return run;
}

alerts::TimelineEntry line(std::int64_t incident, const std::string& reason) {
  alerts::TimelineEntry entry;
  entry.at = moment_at(5s);
  entry.change = alerts::Change::kRemedyStarted;
  entry.reason = reason;
  entry.incident = incident;
  return entry;
}

std::vector<std::string> lines(const AlertHistory& history) {
  std::vector<std::string> reasons;
  const auto entries = history.entries_after(0, 100);
  EXPECT_TRUE(entries);
  if (!entries) return reasons;
  for (const StoredEntry& entry : *entries) reasons.push_back(entry.entry.reason);
  return reasons;
}

class RemedyRows : public testing::Test {
 protected:
  void SetUp() override {
    history = place.open();
    // As the migrations make it, if they do.
    ASSERT_TRUE(place.other_connection().execute(
        "CREATE TABLE IF NOT EXISTS remedy_run (id INTEGER PRIMARY KEY AUTOINCREMENT, incident INTEGER NOT NULL, "
        "occurrence INTEGER NOT NULL, remedy TEXT NOT NULL, body TEXT NOT NULL, "
        "UNIQUE (incident, occurrence, remedy))"));
  }

  /// One process at a time has the file.
  void restart() {
    history.reset();
    history = place.open();
  }

  LoadedRemedies loaded() {
    auto found = history->remedies().load();
    EXPECT_TRUE(found) << found.error().what;
    return found ? *std::move(found) : LoadedRemedies{};
  }

  const HistoryPlace place{};
  std::unique_ptr<AlertHistory> history{};
};

TEST_F(RemedyRows, what_was_taken_on_is_not_taken_on_again_not_even_after_a_restart) {
  for (int i = 0; i < 3; ++i) {
    const auto is_new = history->remedies().claim(sample(1), line(1, "started"));
    ASSERT_TRUE(is_new) << is_new.error().what;
    EXPECT_EQ(*is_new, i == 0);
    if (i == 1) restart();
  }
  EXPECT_THAT(lines(*history), ElementsAre("started")) << "with its line, once";
}

TEST_F(RemedyRows, what_has_no_end_is_found_at_the_next_start_with_all_that_was_known) {
  ASSERT_TRUE(history->remedies().claim(sample(1), line(1, "started")));
  restart();
  const LoadedRemedies found = loaded();
  EXPECT_THAT(found.notices, IsEmpty());
  EXPECT_THAT(found.unfinished, ElementsAre(sample(1)));
  EXPECT_THAT(found.claims, ElementsAre(sample(1).claim));
}

TEST_F(RemedyRows, what_has_ended_is_a_claim_still_and_has_its_output) {
  alerts::RemedyRun run = sample(1);
  ASSERT_TRUE(history->remedies().claim(run, line(1, "started")));
  ASSERT_TRUE(history->remedies().claim(sample(2), line(2, "started")));
  run.ended_at = moment_at(9s);
  run.outcome = "succeeded";
  run.output = "fine";
  ASSERT_TRUE(history->remedies().finish(run, line(1, "ended")));
  const LoadedRemedies found = loaded();
  EXPECT_THAT(found.unfinished, ElementsAre(sample(2)));
  EXPECT_THAT(found.claims, ElementsAre(sample(1).claim, sample(2).claim)) << "the oldest first";
  EXPECT_THAT(lines(*history), ElementsAre("started", "started", "ended"));
  const auto output =
      place.other_connection().ask_text("SELECT body ->> '$.output' FROM remedy_run WHERE incident = 1");
  ASSERT_TRUE(output);
  EXPECT_EQ(*output, "fine");
}

TEST_F(RemedyRows, what_makes_no_sense_is_left_out_and_still_not_taken_on) {
  ASSERT_TRUE(place.other_connection().execute(
      "INSERT INTO remedy_run (incident, occurrence, remedy, body) VALUES (1, 2, 'restart', 'no JSON')"));
  const LoadedRemedies found = loaded();
  EXPECT_THAT(found.claims, IsEmpty());
  EXPECT_THAT(found.notices, SizeIs(1));
  const auto is_new = history->remedies().claim(sample(1), line(1, "started"));
  ASSERT_TRUE(is_new);
  EXPECT_FALSE(*is_new);
}

TEST_F(RemedyRows, what_cannot_be_written_is_a_fault_and_writes_nothing) {
  ASSERT_TRUE(place.other_connection().execute("DROP TABLE timeline"));
  EXPECT_FALSE(history->remedies().claim(sample(1), line(1, "started")));
  const auto rows = place.other_connection().ask_number("SELECT count(*) FROM remedy_run");
  ASSERT_TRUE(rows);
  EXPECT_EQ(*rows, 0) << "neither the claim nor its line";
}

}  // namespace
}  // namespace sonde::history
