#include "app/remedies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "app/remedy_words.h"
#include "history/database.h"
#include "history/migrations.h"
#include "history/remedy_history.h"
#include "history/sqlite_connection.h"

namespace sonde::app {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr WallTime kBegin{std::chrono::seconds{1'800'000'000}};

/// As the migrations make it, if they do.
constexpr const char* kTable =
    "CREATE TABLE IF NOT EXISTS remedy_run (id INTEGER PRIMARY KEY AUTOINCREMENT, incident INTEGER NOT NULL, "
    "occurrence INTEGER NOT NULL, remedy TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (incident, occurrence, remedy))";

alerts::RemedyOptions options_for(bool dry_run) {
  alerts::RemedyRule rule;
  rule.name = "restart";
  rule.matchers = {{"alertname", store::MatchOperator::kEqual, "Stuck"}};
  rule.arguments = {"/bin/restart", "--token=hush"};
  rule.dry_run = dry_run;
  return {.allowed_programs = {"/bin/restart"}, .rules = {rule}};
}

alerts::Incident incident_of(std::int64_t id) {
  alerts::Incident incident;
  incident.id = id;
  alerts::IncidentAlert part;
  part.problem.labels = {{"alertname", "Stuck"}, {"service_name", "shop\n" + std::to_string(id)}};
  part.problem.firing = true;
  incident.alerts = {part};
  return incident;
}

/// A file of the history, and daemons that follow each other. Each of them carries out one order in each run().
class RemedyDaemon : public testing::Test {
 protected:
  RemedyDaemon() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sonde_remedies_XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    directory = pattern;
    const std::ofstream file(path());
    database.emplace(open());
    EXPECT_TRUE(history::migrate(*database, history::history_migrations()));
    EXPECT_TRUE(database->execute(kTable));
    rows.emplace(*database, mutex);
  }
  ~RemedyDaemon() override {
    daemon.reset();
    std::filesystem::remove_all(directory);
  }

  [[nodiscard]] std::string path() const { return directory + "/alerts.db"; }
  [[nodiscard]] history::Database open() const {
    auto opened = history::open_sqlite(path());
    EXPECT_TRUE(opened) << opened.error().what;
    return *std::move(opened);
  }

  void start(bool dry_run = false, bool keeps = true) {
    daemon.emplace(RemedyParts{.history = keeps ? &*rows : nullptr,
                               .now =
                                   [this] {
                                     source.request_stop();
                                     return moment;
                                   },
                               .run =
                                   [this](const ProgramOrder& order, const std::stop_token&) {
                                     started.push_back(order);
                                     found_at_start = lines();
                                     moment.elapsed += 1200ms;
                                     return answer;
                                   }});
    const auto begun = daemon->start(options_for(dry_run), moment);
    ASSERT_TRUE(begun) << begun.error().what;
  }

  /// One order is carried out, if there is one.
  void live(std::vector<alerts::Incident> incidents) {
    daemon->advance(incidents, moment);
    std::stop_source fresh;
    source = fresh;
    daemon->run(source.get_token());
    daemon->advance(incidents, moment);
  }

  /// What is in the file, as another program sees it.
  std::vector<std::string> lines() const {
    std::vector<std::string> found;
    const history::Database other = open();
    auto row = other.prepare("SELECT change || ' ' || incident || ' ' || reason FROM timeline ORDER BY id");
    EXPECT_TRUE(row);
    while (row && *row->step()) found.push_back(row->text(0));
    return found;
  }

  std::vector<std::string> unwritten() {
    std::vector<std::string> found;
    for (const alerts::TimelineEntry& entry : daemon->take_timeline()) found.push_back(entry.reason);
    return found;
  }

  std::string directory{};
  std::optional<history::Database> database{};
  std::mutex mutex{};
  std::optional<history::RemedyHistory> rows{};
  alerts::Moment moment{kBegin, 1h};
  std::stop_source source{};
  Result<ProgramOutcome> answer = ProgramOutcome{.exit_code = 0, .output = "done\n"};
  std::vector<ProgramOrder> started{};
  std::vector<std::string> found_at_start{};
  std::optional<Remedies> daemon{};
};

TEST_F(RemedyDaemon, that_a_program_is_to_run_is_on_disk_before_it_starts) {
  start();
  live({incident_of(1)});
  ASSERT_THAT(started, SizeIs(1));
  EXPECT_THAT(found_at_start, ElementsAre("remedy_started 1 restart: /bin/restart"));
  EXPECT_THAT(lines(),
              ElementsAre("remedy_started 1 restart: /bin/restart", "remedy_ended 1 restart: exit code 0\ndone"));
  EXPECT_THAT(daemon->counts(), ElementsAre(RemedyCount{"restart", "succeeded", 1}));
}

TEST_F(RemedyDaemon, it_gets_what_it_is_about_on_one_line_each_and_the_incident_as_JSON) {
  start();
  live({incident_of(7)});
  ASSERT_THAT(started, SizeIs(1));
  const ProgramOrder& order = started.front();
  EXPECT_THAT(order.arguments, ElementsAre("/bin/restart", "--token=hush"));
  EXPECT_THAT(order.environment, ElementsAre(HasSubstr("PATH="), "SONDE_INCIDENT=7", "SONDE_ALERT=Stuck",
                                             "SONDE_SERVICE=shop\xEF\xBF\xBD"
                                             "7",
                                             "SONDE_SEVERITY=warning"));
  EXPECT_THAT(order.input, HasSubstr("\"id\":7"));
}

TEST_F(RemedyDaemon, it_runs_once_for_an_occurrence_whatever_daemon_looks) {
  start();
  live({incident_of(1)});
  for (int i = 0; i < 3; ++i) {
    start();
    daemon->advance(std::vector{incident_of(1)}, moment);
    EXPECT_THAT(daemon->take_timeline(), IsEmpty());
  }
  live({incident_of(1), incident_of(2)});
  EXPECT_THAT(started, SizeIs(2)) << "and that was for the other incident";
}

TEST_F(RemedyDaemon, what_was_taken_on_by_a_daemon_that_died_is_interrupted_and_not_run_again) {
  alerts::RemedyRun run;
  run.claim.key = {1, 1, "restart"};
  ASSERT_TRUE(rows->claim(run, {}));
  start();
  EXPECT_THAT(lines(), ElementsAre(testing::_,
                                   "remedy_ended 1 restart: interrupted: it may have run; it is not run "
                                   "again"));
  live({incident_of(1), incident_of(2)});
  ASSERT_THAT(started, SizeIs(1));
  EXPECT_THAT(started.front().environment, testing::Contains("SONDE_INCIDENT=2"));
  start();
  EXPECT_THAT(lines(), SizeIs(4)) << "it is said once";
}

TEST_F(RemedyDaemon, what_the_file_knows_and_the_daemon_does_not_is_not_run) {
  start();
  alerts::RemedyRun run;
  run.claim.key = {1, 1, "restart"};
  ASSERT_TRUE(rows->claim(run, {}));
  live({incident_of(1)});
  EXPECT_THAT(started, IsEmpty());
  EXPECT_THAT(lines(), SizeIs(1));
}

TEST_F(RemedyDaemon, a_dry_run_says_so_once_and_starts_nothing) {
  start(true);
  live({incident_of(1)});
  start(false);
  daemon->advance(std::vector{incident_of(1)}, moment);
  EXPECT_THAT(started, IsEmpty());
  EXPECT_THAT(lines(), ElementsAre("remedy_ended 1 restart: dry run: would start /bin/restart"));
}

TEST_F(RemedyDaemon, nothing_is_started_that_cannot_be_written_down) {
  start(false, false);
  live({incident_of(1)});
  EXPECT_THAT(unwritten(), ElementsAre(HasSubstr("not started: nothing is kept on disk")));
  start();
  ASSERT_TRUE(database->execute("DROP TABLE remedy_run"));
  live({incident_of(1)});
  EXPECT_THAT(unwritten(), ElementsAre(HasSubstr("not started: that it is to run cannot be written to disk")));
  live({incident_of(1)});
  EXPECT_THAT(unwritten(), IsEmpty()) << "it is said once";
  EXPECT_THAT(started, IsEmpty());
  ASSERT_TRUE(database->execute(kTable));
  live({incident_of(1)});
  EXPECT_THAT(started, SizeIs(1)) << "it is tried as long as it is wanted";
}

TEST_F(RemedyDaemon, what_waits_and_is_taken_on_by_somebody_is_not_begun) {
  start();
  daemon->advance(std::vector{incident_of(1), incident_of(2)}, moment);
  live({incident_of(2)});
  ASSERT_THAT(started, SizeIs(1));
  EXPECT_THAT(started.front().environment, testing::Contains("SONDE_INCIDENT=2"));
}

TEST_F(RemedyDaemon, how_it_ended_is_said_in_words) {
  start();
  answer = ProgramOutcome{.exit_code = 4};
  live({incident_of(1)});
  answer = ProgramOutcome{.was_ended = true, .output = "\xff"};
  live({incident_of(2)});
  answer = Error{Code::kBadConfig, "no such file"};
  live({incident_of(3)});
  std::vector<std::string> ends;
  for (const std::string& line : lines()) {
    if (line.starts_with("remedy_ended")) ends.push_back(line);
  }
  EXPECT_THAT(ends, ElementsAre("remedy_ended 1 restart: exit code 4",
                                "remedy_ended 2 restart: took longer than 1m and was ended\n\xEF\xBF\xBD",
                                "remedy_ended 3 restart: not started: no such file"));
}

TEST(RemedyOutput, is_cut_between_characters_and_keeps_its_lines) {
  EXPECT_EQ(readable_output("a\r\nb\tc\n\n", 100), "a\nb\tc");
  EXPECT_EQ(readable_output("\x1b[2Jx", 100), "\xEF\xBF\xBD[2Jx");
  EXPECT_EQ(readable_output("ääää", 8), "ääää");
  EXPECT_EQ(readable_output("ääääx", 8), "ää\xE2\x80\xA6");
  EXPECT_EQ(readable_output("", 8), "");
}

}  // namespace
}  // namespace sonde::app
