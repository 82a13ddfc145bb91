#include "alerts/silence_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace sonde::alerts {
namespace {

using namespace std::chrono_literals;
using enum store::MatchOperator;
using store::Labels;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr WallTime kStart{std::chrono::seconds{1'780'272'000}};  // 2026-06-01T00:00:00Z
const Labels kDisk{{"alertname", "DiskFull"}, {"host", "web1"}};

/// A book, and a clock that shows so much after T0.
struct Silences {
  SilenceBook book;
  WallTime now = kStart;
  int made = 0;

  void at(std::chrono::nanoseconds since) { now = kStart + since; }

  static SilenceRequest request(std::chrono::nanoseconds until, const std::string& matchers = "alertname=DiskFull") {
    return {.matchers = *parse_matchers(matchers), .ends_at = kStart + until, .author = "ann", .comment = "new disk"};
  }

  Result<SilenceChange> set(const SilenceRequest& request) {
    return book.set(request, "id-" + std::to_string(++made), now);
  }

  std::string fault(const SilenceRequest& request) {
    const auto done = set(request);
    return done ? "" : done.error().what;
  }

  [[nodiscard]] SilenceState state(const std::string& id) const { return state_of(*book.find(id), now); }
};

TEST(SilenceBook, S01_a_silence_holds_an_alert_from_its_start_to_its_end) {
  Silences silences;
  ASSERT_TRUE(silences.set(Silences::request(30min)));
  silences.at(10s);
  EXPECT_THAT(silences.book.muting(kDisk, silences.now), ElementsAre("id-1"));
  EXPECT_THAT(silences.book.muting({{"alertname", "Other"}}, silences.now), IsEmpty());
  silences.at(30min - 1ns);
  EXPECT_THAT(silences.book.muting(kDisk, silences.now), ElementsAre("id-1"));
}

TEST(SilenceBook, S02_at_its_end_it_holds_nothing_any_more) {
  Silences silences;
  ASSERT_TRUE(silences.set(Silences::request(30min)));
  silences.at(30min);
  EXPECT_THAT(silences.book.muting(kDisk, silences.now), IsEmpty());
  EXPECT_EQ(silences.state("id-1"), SilenceState::kExpired);
}

TEST(SilenceBook, S05_of_two_silences_the_longer_one_goes_on) {
  Silences silences;
  ASSERT_TRUE(silences.set(Silences::request(10min)));
  ASSERT_TRUE(silences.set(Silences::request(20min)));
  EXPECT_THAT(silences.book.muting(kDisk, silences.now), ElementsAre("id-1", "id-2"));
  silences.at(10min);
  EXPECT_THAT(silences.book.muting(kDisk, silences.now), ElementsAre("id-2"));
  silences.at(20min);
  EXPECT_THAT(silences.book.muting(kDisk, silences.now), IsEmpty());
}

TEST(SilenceBook, S06_what_nobody_can_mean_is_refused) {
  Silences silences;
  SilenceRequest backwards = Silences::request(1h);
  backwards.starts_at = kStart + 2h;
  EXPECT_THAT(silences.fault(backwards), HasSubstr("must end after it starts"));
  backwards.starts_at = backwards.ends_at;
  EXPECT_THAT(silences.fault(backwards), HasSubstr("must end after it starts"));
  SilenceRequest past = Silences::request(-1s);
  past.starts_at = kStart - 1h;
  EXPECT_THAT(silences.fault(past), HasSubstr("must not end in the past"));
  EXPECT_THAT(silences.fault(Silences::request(30 * 24h + 1s)), HasSubstr("may last 4w2d at most"));
  EXPECT_EQ(silences.fault(Silences::request(30 * 24h)), "");
  EXPECT_THAT(silences.fault(Silences::request(1h, "")), HasSubstr("at least one matcher"));
  for (const std::string loose : {"a=\"\"", "a!=b", "a=~\".*\"", "a!~\".+\"", "a=~\"x?\",b!=c"}) {
    EXPECT_THAT(silences.fault(Silences::request(1h, loose)), HasSubstr("lack the label")) << loose;
  }
  EXPECT_EQ(silences.fault(Silences::request(1h, "a!=b,c=d")), "");
  SilenceRequest bad = Silences::request(1h);
  bad.matchers = {{"host", kRegex, "(web"}};
  EXPECT_THAT(silences.fault(bad), HasSubstr("regular expression of 'host'"));
  SilenceRequest anonymous = Silences::request(1h);
  anonymous.author = " ";
  EXPECT_THAT(silences.fault(anonymous), HasSubstr("needs an author"));
  SilenceRequest silent = Silences::request(1h);
  silent.comment = "";
  EXPECT_THAT(silences.fault(silent), HasSubstr("needs a comment"));
  EXPECT_EQ(silences.book.size(), 2U);
}

TEST(SilenceBook, S06_a_start_in_the_past_is_now) {
  Silences silences;
  SilenceRequest request = Silences::request(1h);
  request.starts_at = kStart - 10h;
  const auto done = silences.set(request);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->written[0].starts_at, kStart);
  // The limit counts from there, too.
  request.ends_at = kStart + 30 * 24h;
  EXPECT_TRUE(silences.set(request));
}

TEST(SilenceBook, S08_another_end_or_comment_is_another_version_of_the_same) {
  Silences silences;
  ASSERT_TRUE(silences.set(Silences::request(1h)));
  silences.at(10min);
  SilenceRequest longer = Silences::request(2h);
  longer.id = "id-1";
  longer.comment = "disk is late";
  longer.starts_at = kStart + 400ms;  // a client has cut, or rounded, it
  const auto done = silences.set(longer);
  ASSERT_TRUE(done) << done.error().what;
  EXPECT_EQ(done->id, "id-1");
  ASSERT_THAT(done->written, SizeIs(1));
  EXPECT_EQ(done->written[0].version, 2U);
  EXPECT_EQ(done->written[0].starts_at, kStart);
  EXPECT_EQ(done->written[0].updated_at, silences.now);
  silences.at(90min);
  EXPECT_THAT(silences.book.muting(kDisk, silences.now), ElementsAre("id-1"));
  EXPECT_EQ(silences.book.size(), 1U);
}

TEST(SilenceBook, S08_what_is_asked_for_twice_changes_once) {
  Silences silences;
  ASSERT_TRUE(silences.set(Silences::request(1h)));
  SilenceRequest same = Silences::request(1h);
  same.id = "id-1";
  const auto done = silences.set(same);
  ASSERT_TRUE(done);
  EXPECT_THAT(done->written, IsEmpty());
  EXPECT_EQ(silences.book.find("id-1")->version, 1U);
}

TEST(SilenceBook, S08_other_matchers_end_the_old_one_and_make_another) {
  Silences silences;
  ASSERT_TRUE(silences.set(Silences::request(1h)));
  silences.at(10min);
  SilenceRequest wider = Silences::request(1h, "alertname=~\"Disk.*\"");
  wider.id = "id-1";
  const auto done = silences.set(wider);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->id, "id-2");
  ASSERT_THAT(done->written, SizeIs(2));
  EXPECT_EQ(done->written[0].id, "id-1");
  EXPECT_EQ(done->written[0].ends_at, silences.now);
  EXPECT_EQ(done->written[0].version, 2U);
  EXPECT_EQ(done->written[1].version, 1U);
  EXPECT_THAT(silences.book.muting(kDisk, silences.now), ElementsAre("id-2"));
  EXPECT_EQ(silences.state("id-1"), SilenceState::kExpired);
}

TEST(SilenceBook, S08_another_start_of_what_has_begun_makes_another) {
  Silences silences;
  ASSERT_TRUE(silences.set(Silences::request(1h)));
  silences.at(10min);
  SilenceRequest later = Silences::request(1h);
  later.id = "id-1";
  later.starts_at = kStart + 20min;
  EXPECT_EQ(silences.set(later)->id, "id-2");
  EXPECT_EQ(silences.state("id-1"), SilenceState::kExpired);
  EXPECT_EQ(silences.state("id-2"), SilenceState::kPending);
  EXPECT_THAT(silences.book.muting(kDisk, silences.now), IsEmpty());
}

TEST(SilenceBook, S08_what_has_not_begun_may_begin_at_another_time) {
  Silences silences;
  SilenceRequest request = Silences::request(2h);
  request.starts_at = kStart + 1h;
  ASSERT_TRUE(silences.set(request));
  request.id = "id-1";
  request.starts_at = kStart + 90min;
  EXPECT_EQ(silences.set(request)->id, "id-1");
  EXPECT_EQ(silences.book.find("id-1")->starts_at, kStart + 90min);
  silences.at(5min);
  request.starts_at = kStart;  // over: as in Alertmanager, another one that begins now
  EXPECT_EQ(silences.set(request)->id, "id-3");
  EXPECT_EQ(silences.state("id-1"), SilenceState::kExpired);
  EXPECT_EQ(silences.book.find("id-3")->starts_at, silences.now);
}

TEST(SilenceBook, S08_what_has_expired_is_not_woken) {
  Silences silences;
  ASSERT_TRUE(silences.set(Silences::request(1h)));
  silences.at(2h);
  SilenceRequest again = Silences::request(3h);
  again.id = "id-1";
  const auto done = silences.set(again);
  EXPECT_EQ(done->id, "id-2");
  EXPECT_THAT(done->written, SizeIs(1));
  EXPECT_EQ(silences.book.find("id-1")->ends_at, kStart + 1h);
}

TEST(SilenceBook, S08_expired_twice_it_changes_once) {
  Silences silences;
  ASSERT_TRUE(silences.set(Silences::request(1h)));
  silences.at(1min);
  EXPECT_THAT(silences.book.expire("id-1", silences.now)->written, SizeIs(1));
  EXPECT_THAT(silences.book.muting(kDisk, silences.now), IsEmpty());
  silences.at(2min);
  EXPECT_THAT(silences.book.expire("id-1", silences.now)->written, IsEmpty());
  EXPECT_EQ(silences.book.find("id-1")->ends_at, kStart + 1min);
  EXPECT_EQ(silences.book.expire("nobody", silences.now).error().code, Code::kNotFound);
}

TEST(SilenceBook, what_is_ended_before_it_began_never_was) {
  Silences silences;
  SilenceRequest request = Silences::request(2h);
  request.starts_at = kStart + 1h;
  ASSERT_TRUE(silences.set(request));
  EXPECT_EQ(silences.state("id-1"), SilenceState::kPending);
  ASSERT_TRUE(silences.book.expire("id-1", silences.now));
  EXPECT_EQ(silences.state("id-1"), SilenceState::kExpired);
  silences.at(90min);
  EXPECT_THAT(silences.book.muting(kDisk, silences.now), IsEmpty());
}

TEST(SilenceBook, an_unknown_id_is_said) {
  Silences silences;
  SilenceRequest request = Silences::request(1h);
  request.id = "nobody";
  EXPECT_EQ(silences.set(request).error().code, Code::kNotFound);
  EXPECT_EQ(silences.book.size(), 0U);
}

TEST(SilenceBook, has_room_for_so_many_and_no_more) {
  Silences silences;
  silences.book = SilenceBook({.max_silences = 2, .max_bytes = 60});
  ASSERT_TRUE(silences.set(Silences::request(1h)));
  ASSERT_TRUE(silences.set(Silences::request(2h)));
  EXPECT_EQ(silences.set(Silences::request(1h)).error().code, Code::kLimit);
  SilenceRequest change = Silences::request(3h);
  change.id = "id-1";
  EXPECT_TRUE(silences.set(change));
  change.comment = std::string(60, 'x');
  EXPECT_EQ(silences.set(change).error().code, Code::kLimit);
  EXPECT_EQ(silences.book.find("id-1")->comment, "new disk");
  ASSERT_TRUE(silences.book.expire("id-2", silences.now));
  EXPECT_TRUE(silences.set(Silences::request(1h)));
}

TEST(SilenceBook, a_refused_change_leaves_the_old_one_active) {
  Silences silences;
  silences.book = SilenceBook({.max_silences = 1});
  ASSERT_TRUE(silences.set(Silences::request(1h)));
  SilenceRequest other = Silences::request(1h, "a=b");
  other.id = "id-1";
  EXPECT_EQ(silences.set(other).error().code, Code::kLimit);
  EXPECT_THAT(silences.book.muting(kDisk, silences.now), ElementsAre("id-1"));
}

TEST(SilenceBook, is_asked_by_matchers_and_state) {
  Silences silences;
  SilenceRequest later = Silences::request(3h, "alertname=DiskFull,host=~\"web.*\"");
  later.starts_at = kStart + 1h;
  ASSERT_TRUE(silences.set(later));
  ASSERT_TRUE(silences.set(Silences::request(2h)));
  ASSERT_TRUE(silences.set(Silences::request(1h, "alertname=Other")));
  ASSERT_TRUE(silences.set(Silences::request(10min)));
  silences.at(20min);
  const auto ids = [&](const std::string& matchers, const std::vector<SilenceState>& states) {
    std::vector<std::string> found;
    const auto answer = silences.book.query(*parse_matchers(matchers), states, silences.now);
    for (const Silence& each : *answer) found.push_back(each.id);
    return found;
  };
  EXPECT_THAT(ids("", {}), ElementsAre("id-3", "id-2", "id-1", "id-4"));
  EXPECT_THAT(ids("", {SilenceState::kActive}), ElementsAre("id-3", "id-2"));
  EXPECT_THAT(ids("alertname=DiskFull", {}), ElementsAre("id-2", "id-1", "id-4"));
  EXPECT_THAT(ids("host=\"web.*\"", {}), ElementsAre("id-1"));
  EXPECT_THAT(ids("alertname=DiskFull", {SilenceState::kExpired, SilenceState::kPending}), ElementsAre("id-1", "id-4"));
}

TEST(SilenceBook, lets_go_what_expired_five_days_ago) {
  Silences silences;
  ASSERT_TRUE(silences.set(Silences::request(1h)));
  ASSERT_TRUE(silences.set(Silences::request(2h)));
  silences.at(1h + 5 * 24h);
  EXPECT_THAT(silences.book.prune(silences.now), IsEmpty());
  silences.at(1h + 5 * 24h + 1ns);
  EXPECT_THAT(silences.book.prune(silences.now), ElementsAre("id-1"));
  EXPECT_EQ(silences.book.find("id-1"), nullptr);
  EXPECT_NE(silences.book.find("id-2"), nullptr);
}

TEST(SilenceBook, takes_what_was_kept_and_names_what_it_cannot_take) {
  Silences before;
  ASSERT_TRUE(before.set(Silences::request(1h)));
  Silence broken = *before.book.find("id-1");
  broken.id = "broken";
  broken.matchers = {{"host", kRegex, "("}};
  Silence old = *before.book.find("id-1");
  old.id = "old";
  old.starts_at = kStart - 20 * 24h;
  old.ends_at = kStart - 10 * 24h;
  SilenceBook book;
  const std::vector<Silence> kept{*before.book.find("id-1"), broken, old};
  const auto restored = book.restore(kept, kStart);
  ASSERT_FALSE(restored);
  EXPECT_THAT(restored.error().what, HasSubstr("silence broken"));
  EXPECT_THAT(book.muting(kDisk, kStart), ElementsAre("id-1"));
  EXPECT_EQ(book.size(), 1U);
}

TEST(SilencePreview, shows_what_it_would_have_held_back_in_the_last_week) {
  const auto days_ago = [](int days) { return kStart - days * 24h; };
  const std::vector<PastAlert> past{{kDisk, days_ago(3), days_ago(2)},
                                    {kDisk, days_ago(9), days_ago(8)},
                                    {kDisk, days_ago(8), days_ago(6)},
                                    {kDisk, days_ago(20)},
                                    {{{"alertname", "Other"}}, days_ago(1), days_ago(0)}};
  const auto found = preview_silence(*parse_matchers("alertname=DiskFull"), past, kStart);
  ASSERT_TRUE(found);
  ASSERT_THAT(*found, SizeIs(3));
  EXPECT_EQ((*found)[0].fired_at, days_ago(3));
  EXPECT_EQ((*found)[1].fired_at, days_ago(8));
  EXPECT_EQ((*found)[2].fired_at, days_ago(20));
}

}  // namespace
}  // namespace sonde::alerts
