#include "alerts/instance_book.h"

#include <gtest/gtest.h>

#include <string>

#include "unit/alerts/told_rule.h"

namespace sonde::alerts::test {
namespace {

using namespace std::chrono_literals;

/// So many series of the same value.
rules::Evaluation evaluation_of(const ToldRule& told, int series, double value) {
  rules::Evaluation evaluation;
  for (int number = 0; number < series; ++number) {
    evaluation.findings.push_back(told.judge(value, "v{c=" + std::to_string(number) + "}"));
  }
  return evaluation;
}

Moment second(int number) { return {WallTime{}, std::chrono::hours{1000} + std::chrono::seconds{number}}; }

BookOptions small() {
  BookOptions options;
  options.max_instances = 5;
  return options;
}

TEST(InstanceBook, remembers_what_is_inactive_only_where_that_matters) {
  for (const auto policy : {rules::NoDataPolicy::kPrometheus, rules::NoDataPolicy::kKeepLast, rules::NoDataPolicy::kOk,
                            rules::NoDataPolicy::kAlert}) {
    InstanceBook book(BookOptions{});
    const ToldRule told = rule().no_data(policy);
    book.take({}, told.rule_, evaluation_of(told, 8, 50), second(0));
    EXPECT_EQ(book.instances().size(), policy == rules::NoDataPolicy::kAlert ? 8U : 0U);
  }
}

TEST(InstanceBook, remembers_no_more_than_it_may_and_counts_the_others) {
  InstanceBook book(small());
  const ToldRule told = rule().no_data(rules::NoDataPolicy::kAlert);
  book.take({}, told.rule_, evaluation_of(told, 8, 50), second(0));
  EXPECT_EQ(book.instances().size(), 5U);
  EXPECT_EQ(book.rules().front().forgotten, 3U);
}

TEST(InstanceBook, has_no_more_alerts_than_it_may_and_counts_the_others) {
  InstanceBook book(small());
  const ToldRule told = rule();
  book.take({}, told.rule_, evaluation_of(told, 8, 95), second(0));
  EXPECT_EQ(book.active().size(), 5U);
  EXPECT_EQ(book.rules().front().refused, 3U);
  EXPECT_TRUE(book.rules().front().limited);
}

TEST(InstanceBook, tells_what_it_holds_back_up_to_a_hundred) {
  InstanceBook book(BookOptions{});
  const ToldRule told = rule();
  rules::Evaluation evaluation = evaluation_of(told, 150, 95);
  for (rules::Finding& finding : evaluation.findings) finding.gate = "coverage 37 %";
  book.take({}, told.rule_, evaluation, second(0));
  EXPECT_EQ(book.active().size(), 0U);
  ASSERT_EQ(book.held_back().size(), 100U);
  EXPECT_EQ(book.held_back().front().why, "coverage 37 %");
  EXPECT_EQ(book.rules().front().gated, 150U);
  book.take({}, told.rule_, evaluation_of(told, 150, 50), second(10));
  EXPECT_EQ(book.held_back().size(), 0U);
}

TEST(InstanceBook, a_gate_does_not_count_as_the_limit) {
  InstanceBook book(small());
  const ToldRule told = rule();
  rules::Evaluation evaluation = evaluation_of(told, 8, 95);
  for (rules::Finding& finding : evaluation.findings) finding.gate = "coverage 37 %";
  book.take({}, told.rule_, evaluation, second(0));
  EXPECT_EQ(book.rules().front().refused, 0U);
}

TEST(InstanceBook, ends_the_pending_of_a_removed_rule_quietly) {
  InstanceBook book(BookOptions{});
  const ToldRule told = rule().hold(60s);
  book.take({}, told.rule_, evaluation_of(told, 1, 95), second(0));
  const auto changes = book.keep_only({}, second(5));
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes.front().change, Change::kPendingEnded);
  EXPECT_EQ(changes.front().reason, "rule_removed");
  EXPECT_TRUE(book.rules().empty());
}

}  // namespace
}  // namespace sonde::alerts::test
