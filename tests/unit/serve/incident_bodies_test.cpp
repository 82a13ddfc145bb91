#include "serve/incident_bodies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>

namespace sonde::serve {
namespace {

using namespace std::chrono_literals;
using alerts::IncidentAction;
using testing::HasSubstr;
using testing::Optional;

const WallTime kNow{1'800'000'000s};

Result<alerts::IncidentOrder> read(IncidentAction action, const std::string& body, const std::string& user = "") {
  return parse_order(action, body, {.user = user, .if_match = "", .now = kNow});
}

TEST(OrderBodies, know_every_action_by_one_word) {
  std::set<IncidentAction> actions;
  for (const std::string_view word : action_words()) actions.insert(*action_of(word));
  EXPECT_EQ(actions.size(), static_cast<std::size_t>(IncidentAction::kEscalate) + 1);
  EXPECT_FALSE(action_of("explode"));
}

TEST(OrderBodies, say_who_it_is_unless_that_is_known) {
  EXPECT_EQ(read(IncidentAction::kResolve, R"({"author":"ann"})")->actor, "ann");
  EXPECT_EQ(read(IncidentAction::kResolve, R"({"author":"ann"})", "ben")->actor, "ben");
  EXPECT_EQ(read(IncidentAction::kResolve, "", "ben")->actor, "ben");
  const auto nobody = read(IncidentAction::kResolve, "");
  ASSERT_FALSE(nobody);
  EXPECT_THAT(nobody.error().what, HasSubstr("author: is missing"));
}

TEST(OrderBodies, say_how_long) {
  EXPECT_EQ(read(IncidentAction::kSnooze, R"({"for":"1h30m"})", "a")->length, 90min);
  EXPECT_EQ(read(IncidentAction::kSnooze, R"({"until":"2027-01-15T10:00:00+01:00"})", "a")->length, 1h);
  EXPECT_EQ(read(IncidentAction::kAcknowledge, "{}", "a")->length, 0s);
  const auto renewed = read(IncidentAction::kAcknowledge, R"({"for":"10m","renew":true,"note":"on it"})", "a");
  ASSERT_TRUE(renewed);
  EXPECT_EQ(renewed->length, 10min);
  EXPECT_TRUE(renewed->renew);
  EXPECT_EQ(renewed->text, "on it");
}

TEST(OrderBodies, have_what_each_action_needs) {
  EXPECT_EQ(read(IncidentAction::kNote, R"({"note":"n"})", "a")->text, "n");
  EXPECT_EQ(read(IncidentAction::kAssign, R"({"to":"cleo"})", "a")->text, "cleo");
  EXPECT_EQ(read(IncidentAction::kMerge, R"({"into":7})", "a")->into, 7);
}

struct FaultRow {
  const char* name;
  IncidentAction action;
  const char* body;
  const char* says;
};

class OrderFault : public testing::TestWithParam<FaultRow> {};

TEST_P(OrderFault, is_told) {
  const auto order = read(GetParam().action, GetParam().body, "ann");
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().code, Code::kBadInput);
  EXPECT_THAT(order.error().what, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, OrderFault,
    testing::Values(
        FaultRow{"no_json", IncidentAction::kNote, "note=x", "the body is no JSON"},
        FaultRow{"list", IncidentAction::kNote, "[]", "must be an object"},
        FaultRow{"misspelt", IncidentAction::kAcknowledge, R"({"renw":true})", "did you mean 'renew'?"},
        FaultRow{"of_another_action", IncidentAction::kResolve, R"({"into":3})", "there are author, note"},
        FaultRow{"snooze_without_end", IncidentAction::kSnooze, "{}", "for: is missing"},
        FaultRow{"both_ends", IncidentAction::kSnooze, R"({"for":"1h","until":"2027-01-15T10:00:00Z"})", "the same"},
        FaultRow{"past", IncidentAction::kSnooze, R"({"until":"2027-01-15T07:00:00Z"})", "until: is in the past"},
        FaultRow{"no_duration", IncidentAction::kSnooze, R"({"for":"long"})", "for: "},
        FaultRow{"zero", IncidentAction::kSnooze, R"({"for":"0s"})", "longer than nothing"},
        FaultRow{"empty_note", IncidentAction::kNote, R"({"note":""})", "note: is missing"},
        FaultRow{"to_nobody", IncidentAction::kAssign, "{}", "to: is missing"},
        FaultRow{"into_nothing", IncidentAction::kMerge, "{}", "into: is missing"},
        FaultRow{"into_text", IncidentAction::kMerge, R"({"into":"7"})", "into: must be a whole number"},
        FaultRow{"into_below_one", IncidentAction::kMerge, R"({"into":-7})", "into: must be a whole number"},
        FaultRow{"into_a_fraction", IncidentAction::kMerge, R"({"into":1.5})", "into: must be a whole number"},
        FaultRow{"renew_text", IncidentAction::kAcknowledge, R"({"renew":"yes"})", "renew: must be true or false"}),
    [](const auto& row) { return row.param.name; });

TEST(IfMatch, is_a_version_as_etags_have_it) {
  EXPECT_THAT(*parse_if_match("\"3\""), Optional(3u));
  EXPECT_THAT(*parse_if_match("W/\"3\""), Optional(3u));
  EXPECT_THAT(*parse_if_match("3"), Optional(3u));
  EXPECT_FALSE(*parse_if_match("*"));
  EXPECT_FALSE(*parse_if_match(""));
  for (const char* wrong : {"\"\"", "\"x\"", "\"3\", \"4\"", "-1", "\""}) EXPECT_FALSE(parse_if_match(wrong)) << wrong;
  const auto order = parse_order(IncidentAction::kResolve, "", {.user = "ann", .if_match = "\"x\"", .now = kNow});
  ASSERT_FALSE(order);
  EXPECT_THAT(order.error().what, HasSubstr("If-Match: "));
}

TEST(PreviewBodies, are_matchers) {
  const auto matchers = parse_preview(R"({"matchers":[{"name":"a","value":"b"}]})");
  ASSERT_TRUE(matchers);
  EXPECT_THAT(*matchers, testing::ElementsAre(store::Matcher{"a", store::MatchOperator::kEqual, "b"}));
  for (const char* wrong : {"", "{}", R"({"matchers":[]})", R"({"matcher":[]})"}) EXPECT_FALSE(parse_preview(wrong));
}

}  // namespace
}  // namespace sonde::serve
