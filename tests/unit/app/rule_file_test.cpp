#include "rules/rule_file.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alerts/rule_catalog.h"
#include "unit/app/rule_fixture.h"

namespace sonde::app {
namespace {

using namespace std::chrono_literals;

class RuleFiles : public RuleFixture {
 protected:
  std::string faults_of(std::string_view yaml) {
    std::string text;
    for (const rules::RuleFault& fault : rules::read_rule_file(yaml, "f", *language_).faults) {
      text += std::to_string(fault.line) + ":" + std::to_string(fault.column) + ": " + fault.what + "\n";
    }
    return text;
  }
};

TEST_F(RuleFiles, are_read_as_prometheus_reads_them) {
  const auto groups = groups_of(R"(
groups:
  - name: web
    interval: 15s
    limit: 10
    query_offset: 5s
    labels: {team: a, tier: front}
    rules:
      - record: job:requests:rate5m
        expr: sum by (job) (rate(requests_total[5m]))
        labels: {tier: back}
      - alert: Slow
        expr: job:requests:rate5m > 0.5
        for: 1h30m
        keep_firing_for: 5m
        labels: {severity: critical}
        annotations: {summary: "{{ $labels.job }} is slow"}
  - name: others
    rules: []
)");
  ASSERT_EQ(groups.size(), 2U);
  const rules::Group& web = groups[0];
  EXPECT_EQ(web.interval, 15s);
  EXPECT_EQ(web.limit, 10U);
  EXPECT_EQ(web.query_offset, 5s);
  EXPECT_EQ(groups[1].interval, 10s);
  ASSERT_EQ(web.rules.size(), 2U);
  EXPECT_EQ(web.rules[0].record, "job:requests:rate5m");
  EXPECT_EQ(web.rules[0].labels, (std::vector<measure::Label>{{"team", "a"}, {"tier", "back"}}));
  const rules::Rule& slow = web.rules[1];
  EXPECT_EQ(slow.hold, 90min);
  EXPECT_EQ(slow.keep_firing_for, 5min);
  EXPECT_EQ(slow.severity, rules::Severity::kCritical);
  EXPECT_EQ(slow.facts.presence, "job:requests:rate5m");
  EXPECT_EQ(slow.uid, "Slow/critical");
  EXPECT_EQ(slow.line, 12);
}

TEST_F(RuleFiles, take_settings_from_annotations_that_prometheus_ignores) {
  const auto groups = groups_of(R"(
groups:
  - name: g
    rules:
      - alert: Busy
        expr: avg_over_time(cpu[10m]) > 0.9
        annotations:
          sonde_clear: avg_over_time(cpu[10m]) <= 0.8
          sonde_requires: rate(x[5m]) >= 3
          sonde_breaches: "3"
          sonde_clears: "2"
          sonde_no_data: alert
          sonde_no_data_for: 1m
          sonde_coverage: 80%
          sonde_settle: 30s
          sonde_settle_boot: 5m
          sonde_keep_factor: "1.5"
          sonde_keep_max: 30m
          sonde_flap: 4 in 5m
          sonde_flap_quiet: 7m
          sonde_inhibited_by: HostDown(instance, zone), DatabaseDown, Other()
          sonde_page: "true"
)");
  const rules::Judgement& judgement = groups.at(0).rules.at(0).judgement;
  EXPECT_EQ(judgement.clear, "avg_over_time(cpu[10m]) <= 0.8");
  EXPECT_EQ(judgement.breaches, 3U);
  EXPECT_EQ(judgement.clears, 2U);
  EXPECT_EQ(judgement.no_data, rules::NoDataPolicy::kAlert);
  EXPECT_EQ(judgement.no_data_for, 1min);
  EXPECT_EQ(judgement.coverage, 0.8);
  EXPECT_EQ(judgement.settle, 30s);
  EXPECT_EQ(judgement.settle_boot, 5min);
  EXPECT_EQ(judgement.keep_factor, 1.5);
  EXPECT_EQ(judgement.keep_max, 30min);
  ASSERT_TRUE(judgement.flapping);
  EXPECT_EQ(*judgement.flapping, (rules::Flapping{4, 5min, 7min}));
  ASSERT_EQ(judgement.inhibited_by.size(), 3U);
  EXPECT_EQ(judgement.inhibited_by[0].equal, (std::vector<std::string>{"instance", "zone"}));
  EXPECT_FALSE(judgement.inhibited_by[1].equal);
  EXPECT_TRUE(judgement.inhibited_by[2].equal->empty());
  EXPECT_TRUE(judgement.pages);
  EXPECT_EQ(groups[0].rules[0].facts.selectors.size(), 3U) << "what settings read counts, too";
}

TEST_F(RuleFiles, R12_tell_every_fault_at_once_with_its_place) {
  EXPECT_EQ(faults_of(R"(groups:
  - name: g
    intervall: 5s
    rules:
      - alert: A
        expr: sum(
      - alert: B
        record: c
        expr: up
      - alert: C
        expr: up == 0
        for: soon
        labels: {1a: x}
        annotations:
          summary: "{{ $labels.job "
          sonde_clera: up
          sonde_breaches: none
      - record: d-e
        expr: up
        for: 1m
  - name: g
    rules: []
)"),
            "3:5: there is no field 'intervall' here; did you mean interval?\n"
            "6:15: expr: 1:5: parse error: unclosed left parenthesis\n"
            "7:9: a rule has only one of 'alert' and 'record'\n"
            "12:14: for: 'soon' is not a duration; write it like 30s, 5m, 1h30m or 250ms\n"
            "13:18: '1a' is no name of a label: letters, digits and _ only, no digit first, and not __name__\n"
            "15:20: summary: template, 1:1: unclosed action: end it with }}\n"
            "16:11: there is no setting sonde_clera; did you mean sonde_clear?\n"
            "17:27: sonde_breaches: must be a whole number from 1 to 10000, such as 3\n"
            "18:17: 'd-e' is no name of a metric: letters, digits, _ and : only, and no digit first\n"
            "20:14: a recording rule has no 'for'\n"
            "21:11: the group 'g' is there twice: names of groups in a file differ\n");
}

TEST_F(RuleFiles, H06_refuse_a_clear_threshold_on_the_wrong_side) {
  const std::string faults = faults_of(R"(groups:
  - name: g
    rules:
      - alert: Busy
        expr: cpu > 90
        annotations: {sonde_clear: cpu <= 95}
)");
  EXPECT_EQ(faults, "4:9: sonde_clear: Busy fires above 90 and clears below 95: it must clear at or below 90\n");
}

TEST_F(RuleFiles, that_are_no_yaml_or_something_else_are_refused) {
  EXPECT_NE(faults_of("groups: [").find("1:"), std::string::npos);
  EXPECT_EQ(faults_of("- a\n"), "1:1: a rule file is a mapping with the field 'groups'\n");
  EXPECT_EQ(faults_of(""), "");
}

TEST_F(RuleFiles, give_rules_names_that_outlive_a_change_of_place) {
  const std::string first = R"(groups: [{name: a, rules: [{alert: X, expr: up == 0}]}])";
  const std::string second =
      R"(groups: [{name: b, rules: [{alert: Y, expr: up}, {alert: X, expr: up == 0, annotations: {summary: s}}]}])";
  const auto before = groups_of(first);
  const auto after = groups_of(second);
  EXPECT_EQ(before[0].rules[0].uid, after[0].rules[1].uid);
  EXPECT_EQ(alerts::revision_of(before[0].rules[0]), alerts::revision_of(after[0].rules[1]));
  const auto twins = groups_of(
      R"(groups: [{name: a, rules: [{alert: X, expr: a > 1}, {alert: X, expr: b > 1}, {alert: X, expr: a > 1}]}])");
  EXPECT_NE(twins[0].rules[0].uid, twins[0].rules[1].uid);
  EXPECT_NE(twins[0].rules[0].uid, twins[0].rules[2].uid);
}

TEST_F(RuleFiles, R18_comments_order_and_names_of_files_are_no_change) {
  const std::string hot = "{alert: Hot, expr: 'v > 90', for: 5m, annotations: {sonde_breaches: '2'}}";
  const std::string cold = "{alert: Cold, expr: 'v < 5'}";
  const auto rule_named = [](const std::vector<rules::Group>& groups, std::string_view alert) {
    for (const rules::Group& group : groups) {
      for (const rules::Rule& rule : group.rules) {
        if (rule.alert == alert) return std::pair(rule.uid, alerts::revision_of(rule));
      }
    }
    return std::pair(std::string("none"), std::uint64_t{0});
  };
  const auto before = groups_of("groups: [{name: g, rules: [" + hot + ", " + cold + "]}]");
  for (const std::string& edited :
       {"# why\ngroups: [{name: g, rules: [" + hot + ", " + cold + "]}] # and how",
        "groups: [{name: g, rules: [" + cold + ", " + hot + "]}]",
        "groups: [{name: other, rules: [" + cold + "]}, {name: more, rules: [" + hot + "]}]",
        std::string("groups: [{name: g, rules: [{expr: 'v  >  90 # hot', alert: Hot, annotations: {summary: new, "
                    "sonde_breaches: '2'}, for: 300s}, {alert: Cold, expr: 'v  <\n  5'}]}]")}) {
    rules::RuleFile file = rules::read_rule_file(edited, "renamed.yml", *language_);
    ASSERT_TRUE(file.faults.empty()) << edited;
    rules::name_rules(file.groups);
    EXPECT_EQ(rule_named(file.groups, "Hot"), rule_named(before, "Hot")) << edited;
    EXPECT_EQ(rule_named(file.groups, "Cold"), rule_named(before, "Cold")) << edited;
  }
  const auto changed = groups_of("groups: [{name: g, rules: [{alert: Hot, expr: 'v > 91', for: 5m}]}]");
  EXPECT_NE(rule_named(changed, "Hot"), rule_named(before, "Hot"));
}

}  // namespace
}  // namespace sonde::app
