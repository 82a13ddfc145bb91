#include "app/acknowledge_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/answering.h"
#include "support/fake_clock.h"
#include "support/memory_desk.h"

namespace sonde::app {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kBase = "https://sonde.example";

alerts::Incident incident(std::int64_t id) {
  alerts::Incident made;
  made.id = id;
  made.version = 3;
  made.occurrence = 2;
  made.severity = made.highest = rules::Severity::kCritical;
  made.opened_at.wall = WallTime{1'799'999'000s};
  alerts::IncidentAlert alert;
  alert.problem.labels = {{"alertname", "HighErrorRate"}, {"service_name", "<shop>"}};
  alert.problem.annotations = {{"summary", "34 % of requests fail"}};
  alert.problem.severity = rules::Severity::kCritical;
  alert.problem.started_at.wall = WallTime{1'799'998'800s};
  made.alerts.push_back(alert);
  return made;
}

class Links : public testing::Test {
 protected:
  Links() {
    reach(kBase);
    desk_.add(incident(12));
    add_acknowledge_pages(router_, {.desk = desk_,
                                    .clock = clock_,
                                    .links = answering_.links,
                                    .used = answering_.used,
                                    .tally = answering_.tally});
  }

  std::string link(std::uint32_t occurrence = 2, std::int64_t id = 12, const std::string& actor = "link by ops") const {
    return answering_.links.maker()(id, occurrence, actor).substr(kBase.size());
  }
  serve::HttpResponse ask(const std::string& method, const std::string& path) const {
    return router_({method, path, {}});
  }
  std::uint64_t counted(AnswerOutcome outcome) const { return answering_.tally.count(AnswerWay::kLink, outcome); }

  test::FakeClock clock_;
  test::MemoryDesk desk_{clock_};
  /// People reach the daemon there.
  void reach(std::string_view url) {
    auto config = std::make_shared<config::Config>();
    config->notify.external_url = url;
    config_.set(config, clock_.now());
  }

  LiveConfig config_{{}, clock_.now()};
  Answering answering_{AcknowledgeLinks(serve::LinkKey{7}, config_, clock_),
                       std::make_unique<serve::MemoryUsedLinks>(std::chrono::hours{24}), clock_, nullptr};
  serve::Router router_;
};

TEST_F(Links, show_the_incident_and_change_nothing_however_often_they_are_opened) {
  const std::string path = link();
  for (const char* method : {"GET", "HEAD", "GET"}) {
    const auto page = ask(method, path);
    EXPECT_EQ(page.status, 200u);
    EXPECT_THAT(*page.body, HasSubstr("HighErrorRate on &lt;shop&gt;"));
    EXPECT_THAT(*page.body, HasSubstr("34 % of requests fail"));
    EXPECT_THAT(*page.body, HasSubstr("critical"));
    EXPECT_THAT(*page.body, HasSubstr("2027-01-15 07:40:00 UTC"));
    EXPECT_THAT(*page.body, HasSubstr("nobody has taken it on"));
    EXPECT_THAT(*page.body, HasSubstr("as link by ops"));
    EXPECT_THAT(*page.body, HasSubstr("<button"));
    EXPECT_THAT(*page.body, Not(HasSubstr(path)));
  }
  EXPECT_EQ(desk_.orders(), 0u);
}

TEST_F(Links, acknowledge_once) {
  const std::string path = link();
  const auto first = ask("POST", path);
  EXPECT_EQ(first.status, 200u);
  EXPECT_THAT(*first.body, HasSubstr("Acknowledged"));
  EXPECT_THAT(*first.body, Not(HasSubstr("<button")));
  EXPECT_EQ(desk_.incident(12)->acknowledged_by, std::vector<std::string>{"link by ops"});
  clock_.advance(5min);
  const auto second = ask("POST", path);
  EXPECT_EQ(second.status, 409u);
  EXPECT_THAT(*second.body, HasSubstr("used at 2027-01-15 08:00:00 UTC, as link by ops"));
  EXPECT_EQ(ask("GET", path).status, 409u);
  EXPECT_EQ(desk_.orders(), 1u);
  EXPECT_EQ(counted(AnswerOutcome::kDone), 1u);
  EXPECT_EQ(counted(AnswerOutcome::kRepeated), 1u);
}

TEST_F(Links, that_are_used_stay_so_when_somebody_gives_it_back) {
  const std::string path = link();
  ask("POST", path);
  ASSERT_TRUE(desk_.order(12, {.action = alerts::IncidentAction::kUnacknowledge, .actor = "ann"}));
  const auto page = ask("POST", path);
  EXPECT_EQ(page.status, 409u);
  EXPECT_THAT(*page.body, HasSubstr("nobody has taken it on"));
  EXPECT_EQ(desk_.incident(12)->status, alerts::IncidentStatus::kTriggered);
}

TEST_F(Links, of_one_incident_are_each_used_by_itself) {
  EXPECT_EQ(ask("POST", link(2, 12, "ann")).status, 200u);
  EXPECT_EQ(ask("POST", link(2, 12, "ben")).status, 200u);
  EXPECT_EQ(desk_.incident(12)->acknowledged_by, (std::vector<std::string>{"ann", "ben"}));
}

TEST_F(Links, expire) {
  const std::string path = link();
  clock_.advance(24h);
  for (const char* method : {"GET", "POST"}) {
    const auto page = ask(method, path);
    EXPECT_EQ(page.status, 410u);
    EXPECT_THAT(*page.body, HasSubstr("valid until 2027-01-16 08:00:00 UTC"));
    EXPECT_THAT(*page.body, HasSubstr("sonde alerts ack 12"));
  }
  EXPECT_EQ(desk_.orders(), 0u);
  EXPECT_EQ(counted(AnswerOutcome::kTooLate), 1u);
}

TEST_F(Links, that_are_not_ours_or_damaged_say_so) {
  const AcknowledgeLinks other(serve::LinkKey{8}, config_, clock_);
  const std::string forged = other.make(12, 2, "ann").substr(kBase.size());
  for (const char* method : {"GET", "POST"}) {
    EXPECT_EQ(ask(method, forged).status, 403u);
    EXPECT_THAT(*ask(method, forged).body, HasSubstr("not valid"));
    EXPECT_EQ(ask(method, link().substr(0, 60)).status, 400u);
    EXPECT_THAT(*ask(method, "/ack/<b>").body, HasSubstr("damaged"));
    EXPECT_THAT(*ask(method, "/ack/<b>").body, Not(HasSubstr("<b>")));
  }
  EXPECT_EQ(desk_.orders(), 0u);
  EXPECT_EQ(counted(AnswerOutcome::kRefused), 5u);
}

TEST_F(Links, about_what_is_over_say_so) {
  const std::string path = link();
  ASSERT_TRUE(desk_.order(12, {.action = alerts::IncidentAction::kResolve, .actor = "ann"}));
  for (const char* method : {"GET", "POST"}) {
    const auto page = ask(method, path);
    EXPECT_EQ(page.status, 409u);
    EXPECT_THAT(*page.body, HasSubstr("incident #12 was resolved at 2027-01-15 08:00:00 UTC"));
  }
  EXPECT_EQ(ask("POST", link(2, 99)).status, 404u);
}

TEST_F(Links, about_an_earlier_occurrence_acknowledge_no_later_one) {
  const auto page = ask("POST", link(1));
  EXPECT_EQ(page.status, 409u);
  EXPECT_THAT(*page.body, HasSubstr("opened again"));
  EXPECT_EQ(desk_.orders(), 0u);
}

TEST_F(Links, take_no_other_method) { EXPECT_EQ(ask("DELETE", link()).status, 405u); }

TEST_F(Links, are_made_where_people_can_open_them_only) {
  reach("https://sonde.example/hub/");
  EXPECT_THAT(answering_.links.make(12, 2, "ann"), testing::StartsWith("https://sonde.example/hub/ack/"));
  reach("");
  EXPECT_EQ(answering_.links.make(12, 2, "ann"), "");
}

/// Cannot keep anything.
class FullBook final : public serve::UsedLinks {
 public:
  Result<bool> claim(const std::string&, const std::string&, WallTime) override {
    return Error{Code::kIo, "the disk is full"};
  }
  [[nodiscard]] Result<std::optional<serve::LinkUse>> find(const std::string&) const override {
    return std::optional<serve::LinkUse>{};
  }
};

TEST_F(Links, that_cannot_be_marked_are_not_followed) {
  FullBook full;
  serve::Router router;
  add_acknowledge_pages(
      router, {.desk = desk_, .clock = clock_, .links = answering_.links, .used = full, .tally = answering_.tally});
  const auto page = router({"POST", link(), {}});
  EXPECT_EQ(page.status, 500u);
  EXPECT_THAT(*page.body, HasSubstr("the disk is full"));
  EXPECT_EQ(desk_.orders(), 0u);
}

TEST_F(Links, acknowledge_what_somebody_else_changes_meanwhile) {
  desk_.interrupt(2);
  EXPECT_EQ(ask("POST", link()).status, 200u);
  EXPECT_EQ(desk_.orders(), 3u);
  EXPECT_EQ(desk_.incident(12)->acknowledged_by, std::vector<std::string>{"link by ops"});
}

TEST_F(Links, acknowledge_what_changes_all_the_time) {
  desk_.interrupt(1'000);
  EXPECT_EQ(ask("POST", link()).status, 200u);
  EXPECT_EQ(desk_.incident(12)->acknowledged_by, std::vector<std::string>{"link by ops"});
}

TEST(LinkKeys, are_kept_over_restarts_where_there_is_a_disk) {
  std::string pattern = (std::filesystem::temp_directory_path() / "sonde_answering_XXXXXX").string();
  const std::string directory = ::mkdtemp(pattern.data());
  test::FakeClock clock;
  config::Config config;
  config.notify.external_url = kBase;
  const LiveConfig live(config, clock.now());
  const auto before = Answering::create(directory, live, clock, nullptr);
  const auto after = Answering::create(directory, live, clock, nullptr);
  const auto elsewhere = Answering::create("", live, clock, nullptr);
  ASSERT_TRUE(before && after && elsewhere);
  const std::string token = (*before)->links.make(1, 1, "ann").substr(kBase.size() + 5);
  EXPECT_TRUE((*after)->links.read(token));
  EXPECT_FALSE((*elsewhere)->links.read(token));
  std::filesystem::resize_file(directory + "/link.key", 5);
  const auto damaged = Answering::create(directory, live, clock, nullptr);
  ASSERT_TRUE(damaged) << "links are worth less than a daemon that runs";
  EXPECT_FALSE((*damaged)->links.read(token));
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace sonde::app
