#include "serve/alertmanager_bodies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "serve/timestamp.h"

namespace sonde::serve {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

const WallTime kNow{1'800'000'000s};

AlertBatch read(const std::string& body) {
  auto batch = parse_alerts(body, kNow, 5min);
  EXPECT_TRUE(batch) << batch.error().what;
  return batch ? *std::move(batch) : AlertBatch{};
}

std::string text_of(const store::Labels& labels) {
  std::string text;
  for (const auto& label : labels) text += label.name + "=" + label.value + ";";
  return text;
}

TEST(AlertBodies, are_read_as_prometheus_sends_them) {
  const auto batch = read(R"([{"labels":{"severity":"page","alertname":"A","instance":"i:1"},)"
                          R"("annotations":{"summary":"s","empty":""},"startsAt":"2027-01-15T07:59:00Z",)"
                          R"("endsAt":"2027-01-15T08:04:00.5Z","generatorURL":"http://p/graph"}])");
  ASSERT_EQ(batch.alerts.size(), 1u);
  const auto& alert = batch.alerts[0];
  EXPECT_EQ(text_of(alert.labels), "alertname=A;instance=i:1;severity=page;");
  EXPECT_EQ(text_of(alert.annotations), "empty=;summary=s;");
  EXPECT_EQ(alert.starts_at, kNow - 1min);
  EXPECT_EQ(alert.ends_at, kNow + 4min + 500ms);
  EXPECT_EQ(alert.updated_at, kNow);
  EXPECT_EQ(alert.generator_url, "http://p/graph");
  EXPECT_TRUE(batch.faults.empty());
}

struct DefaultRow {
  const char* name;
  const char* times;
  std::chrono::nanoseconds start;  // after now
  std::chrono::nanoseconds end;
};

class DefaultCase : public testing::TestWithParam<DefaultRow> {};

TEST_P(DefaultCase, is_filled_in_as_alertmanager_does) {
  const auto batch = read(R"([{"labels":{"alertname":"A"})" + std::string(GetParam().times) + "}]");
  ASSERT_EQ(batch.alerts.size(), 1u);
  EXPECT_EQ(batch.alerts[0].starts_at, kNow + GetParam().start);
  EXPECT_EQ(batch.alerts[0].ends_at, kNow + GetParam().end);
}

INSTANTIATE_TEST_SUITE_P(
    Times, DefaultCase,
    testing::Values(DefaultRow{"neither", "", 0s, 5min},
                    DefaultRow{"null", R"(,"startsAt":null,"endsAt":"")", 0s, 5min},
                    DefaultRow{"zero_of_go",
                               R"(,"startsAt":"0001-01-01T00:00:00.000Z","endsAt":"0001-01-01T00:00:00.000Z")", 0s,
                               5min},
                    DefaultRow{"start_only", R"(,"startsAt":"2027-01-15T07:00:00Z")", -1h, 5min},
                    DefaultRow{"end_only", R"(,"endsAt":"2027-01-15T07:00:00Z")", -1h, -1h},
                    DefaultRow{"end_to_come_only", R"(,"endsAt":"2027-01-15T09:00:00Z")", 1h, 1h}),
    [](const auto& row) { return row.param.name; });

TEST(AlertBodies, lose_labels_without_a_value) {
  const auto batch = read(R"([{"labels":{"alertname":"A","team":"","x":null}}])");
  ASSERT_EQ(batch.alerts.size(), 1u);
  EXPECT_EQ(text_of(batch.alerts[0].labels), "alertname=A;");
}

TEST(AlertBodies, give_the_sound_alerts_and_what_is_wrong_with_the_others) {
  const auto batch = read(R"([{"labels":{}},{"labels":{"a":"b"}},{"labels":{"alertname":"A"}},)"
                          R"({"labels":{"alertname":"B"},"startsAt":"2027-01-15T09:00:00Z",)"
                          R"("endsAt":"2027-01-15T08:30:00Z"},{"labels":{"alertname":"C","":"x"}}])");
  ASSERT_EQ(batch.alerts.size(), 1u);
  EXPECT_EQ(text_of(batch.alerts[0].labels), "alertname=A;");
  EXPECT_THAT(batch.faults, ElementsAre("[0]: at least one label pair required", HasSubstr("[1]: the label alertname"),
                                        "[3]: start time must be before end time", "[4]: a label without a name"));
}

struct FaultRow {
  const char* name;
  const char* body;
  const char* says;
};

class AlertFault : public testing::TestWithParam<FaultRow> {};

TEST_P(AlertFault, is_told) {
  const auto batch = parse_alerts(GetParam().body, kNow, 5min);
  ASSERT_FALSE(batch);
  EXPECT_EQ(batch.error().code, Code::kBadInput);
  EXPECT_THAT(batch.error().what, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, AlertFault,
    testing::Values(FaultRow{"empty", "", "the body is no JSON"}, FaultRow{"half", "[{", "the body is no JSON"},
                    FaultRow{"object", "{}", "must be a list of alerts"},
                    FaultRow{"item", "[1]", "[0]: must be an object"},
                    FaultRow{"no_labels", "[{}]", "[0].labels: is missing"},
                    FaultRow{"label_number", R"([{"labels":{"a":1}}])", "[0].labels.a: must be a text"},
                    FaultRow{"labels_list", R"([{"labels":["a"]}])", "[0].labels: must be an object"},
                    FaultRow{"no_time", R"([{"labels":{"alertname":"A"},"startsAt":"noon"}])",
                             "[0].startsAt: 'noon' is no time"},
                    FaultRow{"no_utf8", "[{\"labels\":{\"alertname\":\"\xff\"}}]", "the body is no JSON"}),
    [](const auto& row) { return row.param.name; });

TEST(AlertBodies, may_not_be_deeper_than_any_alert_is) {
  const std::string deep = std::string(1000, '[') + std::string(1000, ']');
  const auto batch = parse_alerts(deep, kNow, 5min);
  ASSERT_FALSE(batch);
  EXPECT_THAT(batch.error().what, HasSubstr("more than 64 levels"));
}

TEST(SilenceBodies, are_read_with_every_kind_of_matcher) {
  const auto silence = parse_silence(
      R"({"id":"","matchers":[{"name":"a","value":"1","isRegex":false},{"name":"b","value":".*","isRegex":true,)"
      R"("isEqual":true},{"name":"c","value":"","isRegex":false,"isEqual":false},)"
      R"({"name":"d","value":"x|y","isRegex":true,"isEqual":false}],"startsAt":"2027-01-15T08:00:00Z",)"
      R"("endsAt":"2027-01-15T09:00:00Z","createdBy":"ann","comment":"load test"})");
  ASSERT_TRUE(silence) << silence.error().what;
  using Operator = store::MatchOperator;
  EXPECT_THAT(
      silence->matchers,
      ElementsAre(store::Matcher{"a", Operator::kEqual, "1"}, store::Matcher{"b", Operator::kRegex, ".*"},
                  store::Matcher{"c", Operator::kNotEqual, ""}, store::Matcher{"d", Operator::kNotRegex, "x|y"}));
  EXPECT_EQ(silence->starts_at, kNow);
  EXPECT_EQ(silence->ends_at, kNow + 1h);
  EXPECT_EQ(silence->author, "ann");
  EXPECT_EQ(silence->comment, "load test");
}

class SilenceFault : public testing::TestWithParam<FaultRow> {};

TEST_P(SilenceFault, is_told) {
  const auto silence = parse_silence(GetParam().body);
  ASSERT_FALSE(silence);
  EXPECT_THAT(silence.error().what, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, SilenceFault,
    testing::Values(FaultRow{"list", "[]", "the body: must be an object"},
                    FaultRow{"no_matchers", "{}", "matchers: are missing"},
                    FaultRow{"no_end", R"({"matchers":[]})", "endsAt: is missing"},
                    FaultRow{"matcher_text", R"({"matchers":["a=b"]})", "matchers[0]: must be an object"},
                    FaultRow{"matcher_without_name", R"({"matchers":[{"value":"b"}]})", "matchers[0].name: is missing"},
                    FaultRow{"matcher_without_value", R"({"matchers":[{"name":"b"}]})",
                             "matchers[0].value: is missing"},
                    FaultRow{"regex_text", R"({"matchers":[{"name":"b","value":"c","isRegex":"yes"}]})",
                             "matchers[0].isRegex: must be true or false"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::serve
