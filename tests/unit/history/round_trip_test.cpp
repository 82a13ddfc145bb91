// Whatever the types can hold comes back, to the bit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <string>
#include <vector>

#include "history/alert_rows.h"
#include "history/json_fields.h"
#include "unit/history/history_place.h"
#include "unit/history/random_snapshot.h"

namespace sonde::history {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(RoundTrip, one_save_after_another_gives_exactly_the_last) {
  RandomAlerts random(20'270'115);
  const HistoryPlace place;
  auto history = place.open();
  alerts::Snapshot snapshot;
  for (int round = 0; round < 60; ++round) {
    // Now and then another one altogether, else a little is different.
    if (round % 5 == 0) snapshot = random.snapshot(random.below(40));
    if (!snapshot.instances.empty()) snapshot.instances.erase(snapshot.instances.begin());
    if (!snapshot.problems.empty()) snapshot.problems.back().value = random.number();
    if (!snapshot.rules.empty()) snapshot.rules.front().refused = random.count();
    ASSERT_TRUE(history->save(snapshot, {}, mark_at(round * 1s)));
    if (round % 3 == 0) {
      history.reset();
      history = place.open();
    }
    ASSERT_TRUE(equal_to_the_bit(loaded(*history), snapshot)) << round;
  }
}

TEST(RoundTrip, lines_of_the_timeline_come_back_with_their_ids) {
  RandomAlerts random(7);
  const HistoryPlace place;
  std::vector<alerts::TimelineEntry> entries;
  for (int i = 0; i < 500; ++i) entries.push_back(random.entry());
  ASSERT_TRUE(place.open()->save({}, entries, mark_at(1s)));
  const auto stored = place.open()->entries_after(0, 1'000);
  ASSERT_TRUE(stored) << stored.error().what;
  ASSERT_THAT(*stored, SizeIs(500));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ((*stored)[i].id, static_cast<std::int64_t>(i + 1));
    EXPECT_TRUE(equal_to_the_bit((*stored)[i].entry, entries[i])) << i;
  }
}

TEST(RoundTrip, the_clock_comes_back) {
  const HistoryPlace place;
  EXPECT_FALSE(place.open()->load()->clock);
  ASSERT_TRUE(place.open()->save({}, {}, mark_at(17s)));
  const auto found = place.open()->load();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->clock, mark_at(17s));
}

TEST(Rows, different_labels_have_different_texts) {
  const std::vector<store::Labels> all{{},
                                       {{"a", ""}},
                                       {{"", "a"}},
                                       {{"a", "1"}, {"b", "2"}},
                                       {{"b", "2"}, {"a", "1"}},
                                       {{"a", "1"}, {"a", "2"}},
                                       {{"a", "\xff"}},
                                       {{"a", "{\"hex\":\"ff\"}"}},
                                       {{"a", std::string("\0", 1)}},
                                       {{"a\",\"b", "c"}}};
  std::vector<std::string> texts;
  for (const store::Labels& labels : all) {
    const std::string text = labels_text(labels);
    EXPECT_THAT(texts, testing::Not(testing::Contains(text)));
    texts.push_back(text);
    const auto back = labels_of(text);
    ASSERT_TRUE(back) << text;
    EXPECT_EQ(*back, labels) << text;
  }
}

TEST(Rows, usual_labels_read_like_what_they_are) {
  EXPECT_EQ(labels_text({{"alertname", "DiskFull"}, {"mountpoint", "/"}}),
            R"({"alertname":"DiskFull","mountpoint":"/"})");
}

TEST(Rows, numbers_read_like_what_they_are) {
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(-0.0), "-0");
  EXPECT_EQ(number_text(-std::numeric_limits<double>::infinity()), "-Inf");
  EXPECT_EQ(number_text(std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(number_text(std::bit_cast<double>(store::kStaleBits)), "NaN:7ff0000000000002");
}

TEST(Rows, what_is_no_number_is_refused) {
  double value = 0;
  for (const char* text : {"", "1x", "NaN:", "NaN:zz", "NaN:1", "NaNx", "inf", " 1"}) {
    EXPECT_FALSE(read_number(text, value)) << text;
  }
}

TEST(Rows, a_fingerprint_is_the_one_of_prometheus) {
  // github.com/prometheus/common model.LabelSet{}.Fingerprint() of no labels is FNV's offset.
  EXPECT_EQ(fingerprint_of({}), "cbf29ce484222325");
}

TEST(Rows, a_field_that_is_younger_than_the_row_has_its_default) {
  const auto instance = instance_of("uid", R"({"alertname":"A"})", R"({"state":"firing","of_the_future":1})");
  ASSERT_TRUE(instance) << instance.error().what;
  alerts::Instance expected;
  expected.uid = "uid";
  expected.labels = {{"alertname", "A"}};
  expected.state = alerts::InstanceState::kFiring;
  EXPECT_EQ(*instance, expected);
}

TEST(Rows, a_row_that_makes_no_sense_says_which_field) {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"", "no JSON object"},
      {"[]", "no JSON object"},
      {R"({"state":"on fire"})", "'state'"},
      {R"({"state":1})", "'state'"},
      {R"({"breaches":4294967296})", "'breaches'"},
      {R"({"breaches":-1})", "'breaches'"},
      {R"({"active_at":{"wall_ns":1}})", "'active_at'"},
      {R"({"uncounted_ns":9223372036854775808})", "'uncounted_ns'"},
      {R"({"value":1.5})", "'value'"},
      {R"({"why":{"hex":"0"}})", "'why'"},
      {R"({"why":{"hex":"0g"}})", "'why'"},
      {R"({"why":null})", "'why'"},
      {R"({"annotations":[["a"]]})", "'annotations'"},
      {R"({"only_missing":0})", "'only_missing'"},
  };
  for (const auto& [body, field] : rows) {
    const auto instance = instance_of("uid", "{}", body);
    ASSERT_FALSE(instance) << body;
    EXPECT_THAT(instance.error().what, HasSubstr(field)) << body;
  }
  EXPECT_FALSE(labels_of("7"));
  EXPECT_FALSE(labels_of("{"));
}

}  // namespace
}  // namespace sonde::history
