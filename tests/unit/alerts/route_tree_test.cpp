#include "alerts/route_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "alerts/inhibit_rules.h"

namespace sonde::alerts {
namespace {

using namespace std::chrono_literals;
using enum store::MatchOperator;
using store::Labels;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Names = std::vector<std::string>;

Route route(std::string receiver, const std::string& matchers, std::vector<Route> routes = {}) {
  return {.receiver = std::move(receiver), .matchers = *parse_matchers(matchers), .routes = std::move(routes)};
}

Route going_on(Route route) {
  route.goes_on = true;
  return route;
}

RouteTree tree_of(const Route& root) {
  auto tree = RouteTree::compile(root);
  EXPECT_TRUE(tree) << tree.error().what;
  return *std::move(tree);
}

Names receivers_of(const RouteTree& tree, const Labels& labels) {
  Names names;
  for (const RouteMatch& match : tree.match(labels)) names.push_back(match.options.receiver);
  return names;
}

std::string fault_of(const Route& root) {
  const auto tree = RouteTree::compile(root);
  return tree ? "" : tree.error().what;
}

Route example() {
  return route("default", "",
               {route("team-a", "owner=a",
                      {route("a-pager", "severity=page"), going_on(route("a-log", "severity=~\"page|info\"")),
                       route("a-mail", "severity=info")}),
                going_on(route("audit", "env=prod")), route("team-b", "owner=b")});
}

TEST(RouteTree, the_root_takes_what_nothing_else_does) {
  EXPECT_THAT(receivers_of(tree_of(example()), {{"owner", "nobody"}}), ElementsAre("default"));
  EXPECT_THAT(receivers_of(tree_of(example()), {}), ElementsAre("default"));
}

TEST(RouteTree, the_deepest_route_that_fits_takes_it_and_ends_the_search) {
  EXPECT_THAT(receivers_of(tree_of(example()), {{"owner", "a"}}), ElementsAre("team-a"));
  EXPECT_THAT(receivers_of(tree_of(example()), {{"owner", "a"}, {"severity", "page"}, {"env", "prod"}}),
              ElementsAre("a-pager"));
}

TEST(RouteTree, a_route_that_goes_on_lets_its_siblings_have_it_too) {
  EXPECT_THAT(receivers_of(tree_of(example()), {{"owner", "a"}, {"severity", "info"}}), ElementsAre("a-log", "a-mail"));
  EXPECT_THAT(receivers_of(tree_of(example()), {{"owner", "b"}, {"env", "prod"}}), ElementsAre("audit", "team-b"));
}

TEST(RouteTree, what_is_not_given_is_the_parents) {
  Route root = route("default", "", {route("", "a=b", {route("leaf", "c=d")})});
  root.group_by = {"b", "a"};
  root.group_wait = 1s;
  root.routes[0].group_interval = 2s;
  root.routes[0].mute_time_intervals = {"nights"};
  root.routes[0].routes[0].repeat_interval = 3s;
  root.routes[0].routes[0].group_by_all = true;
  const RouteTree tree = tree_of(root);
  const RouteOptions leaf = tree.routes()[2].options;
  EXPECT_EQ(leaf.receiver, "leaf");
  EXPECT_TRUE(leaf.group_by_all);
  EXPECT_EQ(leaf.group_wait, 1s);
  EXPECT_EQ(leaf.group_interval, 2s);
  EXPECT_EQ(leaf.repeat_interval, 3s);
  EXPECT_THAT(leaf.mute_time_intervals, IsEmpty());
  const RouteOptions middle = tree.routes()[1].options;
  EXPECT_EQ(middle.receiver, "default");
  EXPECT_THAT(middle.group_by, ElementsAre("a", "b"));
  EXPECT_FALSE(middle.repeat_interval);
  EXPECT_EQ(waits_of(middle, rules::Severity::kWarning).repeat_interval, 4h);
  EXPECT_EQ(waits_of(middle, rules::Severity::kCritical).repeat_interval, 1h);
  EXPECT_THAT(middle.mute_time_intervals, ElementsAre("nights"));
}

TEST(RouteTree, labels_named_below_a_route_that_groups_by_all_count_again) {
  Route root = route("default", "", {route("", "a=b")});
  root.group_by_all = true;
  root.routes[0].group_by = {"x"};
  EXPECT_FALSE(tree_of(root).routes()[1].options.group_by_all);
}

TEST(RouteTree, a_group_has_the_labels_it_is_grouped_by) {
  Route root = route("default", "", {route("all", "a=b")});
  root.group_by = {"cluster", "alertname"};
  root.routes[0].group_by_all = true;
  const RouteTree tree = tree_of(root);
  EXPECT_THAT(tree.match({{"host", "x"}, {"cluster", "c"}})[0].group_labels,
              ElementsAre(measure::Label{"cluster", "c"}));
  EXPECT_THAT(tree.match({{"host", "x"}, {"a", "b"}})[0].group_labels,
              ElementsAre(measure::Label{"a", "b"}, measure::Label{"host", "x"}));
}

TEST(RouteTree, alerts_of_one_group_have_one_key_and_others_have_another) {
  Route root = route("default", "", {route("a", "a=b"), route("c", "c=d")});
  root.group_by = {"alertname", "cluster"};
  const RouteTree tree = tree_of(root);
  const auto key = [&](const Labels& labels) { return tree.match(labels)[0].group_key; };
  EXPECT_EQ(key({{"alertname", "X"}, {"host", "1"}}), key({{"host", "2"}, {"alertname", "X"}}));
  const std::set<std::string> keys{key({{"alertname", "X"}}), key({{"cluster", "X"}}), key({{"alertname", "Y"}}),
                                   key({{"alertname", "X"}, {"a", "b"}}), key({{"alertname", "X"}, {"c", "d"}})};
  EXPECT_EQ(keys.size(), 5U);
  EXPECT_EQ(keys.begin()->size(), 16U);
}

TEST(RouteTree, G07_the_key_of_a_group_survives_renaming_reordering_and_reloading) {
  const Labels labels{{"owner", "a"}, {"severity", "info"}, {"alertname", "DiskFull"}};
  Route root = example();
  root.group_by = {"alertname"};
  const auto keys = [&](const Route& changed) {
    std::vector<std::string> found;
    for (const RouteMatch& match : tree_of(changed).match(labels)) found.push_back(match.group_key);
    std::ranges::sort(found);
    return found;
  };
  const std::vector<std::string> before = keys(root);
  ASSERT_EQ(before.size(), 2U);
  EXPECT_EQ(keys(root), before);

  std::ranges::reverse(root.routes);
  root.routes.insert(root.routes.begin(), route("new", "owner=new"));
  root.receiver = "renamed";
  Route& team = root.routes.back();
  team.receiver = "renamed too";
  team.group_wait = 7s;
  team.routes[1].receiver = "also";
  team.routes[2].matchers.push_back(team.routes[2].matchers[0]);  // says nothing new
  std::swap(team.routes[0], team.routes[1]);
  EXPECT_EQ(keys(root), before);

  // The same conditions in another shape: owner=a{severity=info} is owner=a,severity=info.
  Route flat =
      route("default", "",
            {going_on(route("a-log", "severity=~\"page|info\",owner=a")), route("a-mail", "owner=a,severity=info")});
  flat.group_by = {"alertname"};
  EXPECT_EQ(keys(flat), before);

  root.routes.back().routes[2].matchers[0].value = "warning";
  EXPECT_NE(keys(root), before);
}

// The key is kept for incidents that are open over an upgrade: it never changes.
TEST(RouteTree, the_key_is_the_same_in_every_version) {
  Route root = route("default", "", {route("a", "owner=a,severity=~\"page|info\"")});
  root.group_by = {"alertname"};
  EXPECT_EQ(tree_of(root).match({{"alertname", "DiskFull"}, {"owner", "a"}, {"severity", "page"}})[0].group_key,
            "1b196886396f68f8");
}

TEST(RouteTree, refuses_what_alertmanager_refuses) {
  EXPECT_THAT(fault_of(route("", "")), HasSubstr("needs a receiver"));
  EXPECT_THAT(fault_of(route("a", "b=c")), HasSubstr("cannot have matchers"));
  Route root = route("a", "");
  root.mute_time_intervals = {"x"};
  EXPECT_THAT(fault_of(root), HasSubstr("cannot have time intervals"));
  root = route("a", "", {route("b", "c=d")});
  root.routes[0].group_interval = 0s;
  EXPECT_THAT(fault_of(root), HasSubstr("group_interval cannot be zero"));
  root.routes[0] = {.repeat_interval = 0s};
  EXPECT_THAT(fault_of(root), HasSubstr("repeat_interval cannot be zero"));
  root.routes[0] = {.group_by = {"a"}, .group_by_all = true};
  EXPECT_THAT(fault_of(root), HasSubstr("keep one of both"));
  root.routes[0] = {.group_by = {"a", "b", "a"}};
  EXPECT_THAT(fault_of(root), HasSubstr("the label 'a' twice"));
  root.routes[0] = {.matchers = {{"a", kRegex, "("}}};
  EXPECT_THAT(fault_of(root), HasSubstr("regular expression of 'a'"));
}

TEST(RouteMuting, mutes_in_mute_intervals_and_outside_of_active_ones) {
  const std::vector<NamedTimeInterval> intervals{{"mornings", {{.times = {{{0, 720}}}}}},
                                                 {"evenings", {{.times = {{{1080, 1440}}}}}}};
  const ScheduleBook book = *ScheduleBook::compile(intervals);
  const WallTime morning{8h};
  const WallTime noon{13h};
  const RouteOptions muted{.receiver = "a", .mute_time_intervals = {"mornings", "evenings"}};
  EXPECT_TRUE(muting_of(muted, book, morning).muted);
  EXPECT_THAT(muting_of(muted, book, morning).by, ElementsAre("mornings"));
  EXPECT_FALSE(muting_of(muted, book, noon).muted);
  const RouteOptions active{.receiver = "a", .active_time_intervals = {"mornings", "evenings"}};
  EXPECT_FALSE(muting_of(active, book, morning).muted);
  EXPECT_TRUE(muting_of(active, book, noon).muted);
  EXPECT_THAT(muting_of(active, book, noon).by, ElementsAre("mornings", "evenings"));
  EXPECT_FALSE(muting_of({.receiver = "a"}, book, noon).muted);
}

std::vector<std::vector<std::size_t>> inhibitors(const InhibitRule& rule, const std::vector<Labels>& firing) {
  const std::vector<InhibitRule> rules{rule};
  const auto compiled = InhibitRules::compile(rules);
  EXPECT_TRUE(compiled) << compiled.error().what;
  return compiled->inhibitors_of(firing);
}

const InhibitRule kCriticalOverWarning{
    {{"severity", kEqual, "critical"}}, {{"severity", kEqual, "warning"}}, {"alertname", "cluster"}};

TEST(InhibitRules, a_source_inhibits_targets_with_the_same_labels) {
  EXPECT_THAT(
      inhibitors(kCriticalOverWarning, {{{"alertname", "A"}, {"cluster", "1"}, {"severity", "critical"}},
                                        {{"alertname", "A"}, {"cluster", "1"}, {"severity", "warning"}},
                                        {{"alertname", "A"}, {"cluster", "2"}, {"severity", "warning"}},
                                        {{"alertname", "A"}, {"cluster", "1"}, {"severity", "critical"}, {"x", ""}}}),
      ElementsAre(IsEmpty(), ElementsAre(0, 3), IsEmpty(), IsEmpty()));
}

TEST(InhibitRules, labels_that_both_lack_are_equal) {
  EXPECT_THAT(inhibitors(kCriticalOverWarning, {{{"severity", "critical"}}, {{"severity", "warning"}}}),
              ElementsAre(IsEmpty(), ElementsAre(0)));
  EXPECT_THAT(
      inhibitors(kCriticalOverWarning, {{{"severity", "critical"}, {"cluster", ""}}, {{"severity", "warning"}}}),
      ElementsAre(IsEmpty(), ElementsAre(0)));
}

TEST(InhibitRules, what_fits_both_sides_is_not_inhibited_by_its_like) {
  const InhibitRule rule{{{"a", kEqual, "1"}}, {{"b", kEqual, "1"}}, {}};
  const Labels both{{"a", "1"}, {"b", "1"}};
  const Labels source{{"a", "1"}};
  const Labels target{{"b", "1"}};
  EXPECT_THAT(inhibitors(rule, {both}), ElementsAre(IsEmpty()));
  EXPECT_THAT(inhibitors(rule, {both, both}), ElementsAre(IsEmpty(), IsEmpty()));
  EXPECT_THAT(inhibitors(rule, {both, source}), ElementsAre(ElementsAre(1), IsEmpty()));
  EXPECT_THAT(inhibitors(rule, {both, target}), ElementsAre(IsEmpty(), ElementsAre(0)));
}

TEST(InhibitRules, name_the_rule_that_is_wrong) {
  const std::vector<InhibitRule> rules{kCriticalOverWarning, {{}, {{"a", kRegex, "("}}, {}}};
  ASSERT_FALSE(InhibitRules::compile(rules));
  EXPECT_THAT(InhibitRules::compile(rules).error().what, HasSubstr("inhibition rule 2, target"));
}

}  // namespace
}  // namespace sonde::alerts
