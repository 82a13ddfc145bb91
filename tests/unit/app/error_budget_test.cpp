// The scenarios of burn rates: the built-in rules over events that a story tells.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "alerts/alert_engine.h"
#include "app/rule_runner.h"
#include "app/rule_sandbox.h"
#include "rules/pack.h"
#include "rules/rule_file.h"

namespace sonde::app {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

/// 2026-06-01T00:00:00Z
constexpr seconds kT0{1'780'272'000};

/// "+01:00" of the story.
std::string clock_text(seconds since) {
  const auto part = [](auto value) { return (value < 10 ? "0" : "") + std::to_string(value); };
  const std::string hours = since >= 1h ? std::to_string(since / 1h) + ":" : "";
  return "+" + hours + part(since % 1h / 1min) + ":" + part(since % 1min / 1s);
}

const store::Labels kObjective{{"__name__", "sonde_sli_objective_ratio"}, {"sli", "payment"}};

class ErrorBudget : public testing::Test {
 protected:
  void use(const std::vector<rules::ParameterValue>& values) {
    rules::RuleOptions options;
    options.defaults = values;
    ASSERT_TRUE(rules::check_options(options).empty());
    std::vector<rules::Group> groups;
    for (const rules::PackText& part : rules::render_pack(options)) {
      if (part.file != "built-in/business.yml") continue;
      rules::RuleFile file = rules::read_rule_file(part.text, part.file, sandbox_->language());
      ASSERT_TRUE(file.faults.empty()) << file.faults.front().what;
      groups = std::move(file.groups);
    }
    rules::name_rules(groups);
    engine_.reload(groups, moment(-1min));
    runner_.set_groups(std::make_shared<const std::vector<rules::Group>>(std::move(groups)));
  }

  /// Events from `from` to `to`, so many good and bad ones a second; nothing is evaluated.
  void events(seconds from, seconds to, seconds step, double good, double bad) {
    const auto each = static_cast<double>(step.count());
    for (seconds at = from; at <= to; at += step) {
      good_ += good * each;
      bad_ += bad * each;
      sandbox_->database().append_outputs("sli", {{labels("good"), good_}, {labels("bad"), bad_}, {kObjective, 0.999}},
                                          wall(at));
    }
  }

  void evaluate(seconds at) {
    engine_.begin(moment(at));
    runner_.run({moment(at), 48h, 96h});
    for (const alerts::Notice& notice : engine_.finish(moment(at), {})) {
      std::string line = clock_text(at) + (notice.problem.firing ? " firing " : " resolved ");
      line += rules::name_of(notice.problem.severity);
      sent_.push_back(line + (notice.problem.pages ? " pages" : ""));
    }
    for (const alerts::TimelineEntry& entry : engine_.take_timeline()) {
      if (entry.change == alerts::Change::kPending) pending_.push_back(clock_text(at));
    }
  }

  static store::Labels labels(const std::string& outcome) {
    return {{"__name__", "sonde_sli_requests_total"}, {"outcome", outcome}, {"sli", "payment"}};
  }
  static WallTime wall(seconds since) { return WallTime{kT0 + since}; }
  static alerts::Moment moment(seconds since) { return {wall(since), kT0 + since}; }

  const std::unique_ptr<RuleSandbox> sandbox_ = *RuleSandbox::create();
  alerts::AlertEngine engine_{alerts::BookOptions{}};
  RuleRunner runner_{sandbox_->language(), sandbox_->database(), engine_, 10s};
  std::vector<std::string> sent_;
  std::vector<std::string> pending_;
  double good_ = 0;
  double bad_ = 0;
};

TEST_F(ErrorBudget, O01_all_requests_fail) {
  use({{"slo.min_events", "10"}});
  events(-70min, 0s, 10s, 10, 0);
  for (seconds at{-30}; at <= 0s; at += 10s) evaluate(at);
  for (seconds at = 10s; at <= 4min; at += 10s) {
    events(at, at, 10s, 0, 10);
    evaluate(at);
  }
  ASSERT_FALSE(pending_.empty());
  EXPECT_EQ(pending_.front(), "+01:00");
  EXPECT_EQ(sent_, (std::vector<std::string>{"+03:00 firing critical pages"}));
}

TEST_F(ErrorBudget, O03_one_error_of_three_requests) {
  use({{"slo.min_events", "10"}, {"slo.min_bad", "1"}});
  events(-70min, -50min, 10s, 0, 0);
  good_ = 2;
  bad_ = 1;
  events(-50min, -10s, 10s, 0, 0);
  for (seconds at = 0s; at <= 10min; at += 10s) {
    events(at, at, 10s, 0, 0);
    evaluate(at);
  }
  EXPECT_TRUE(sent_.empty()) << sent_.front();
  EXPECT_TRUE(pending_.empty());
  const auto held = engine_.held_back();
  ASSERT_EQ(held.size(), 2U);
  for (const alerts::HeldBack& each : held) EXPECT_EQ(each.why, "too little to judge: 3 < 10") << each.uid;
}

/// How many times faster than allowed the budget goes where the rules compare the share over `window`.
std::vector<double> factors(const std::string& slo_window, const RuleLanguage& language) {
  rules::RuleOptions options;
  options.defaults = {{"slo.window", slo_window}};
  std::vector<double> found;
  for (const rules::PackText& part : rules::render_pack(options)) {
    for (const char* window : {"5m", "1h", "30m", "2h", "1d", "3d"}) {
      const std::string head = std::string("sli:sonde_sli_bad:ratio_rate") + window + " > ";
      const std::size_t start = part.text.find(head);
      if (start == std::string::npos) continue;
      const std::string rest = part.text.substr(start + head.size());
      const auto answer = language.query(rest.substr(0, rest.find(" * (1 - ")), 0);
      found.push_back(answer ? answer->value.series.at(0).samples.at(0).value : -1);
    }
  }
  return found;
}

TEST_F(ErrorBudget, O04_burn_rates_follow_from_the_length_of_the_budget) {
  const auto of_30_days = factors("30d", sandbox_->language());
  const auto of_28_days = factors("28d", sandbox_->language());
  const std::vector<double> wanted_30{14.4, 14.4, 6, 3, 3, 1};
  const std::vector<double> wanted_28{13.44, 13.44, 5.6, 2.8, 2.8, 0.933};
  ASSERT_EQ(of_30_days.size(), wanted_30.size());
  ASSERT_EQ(of_28_days.size(), wanted_28.size());
  for (std::size_t i = 0; i < wanted_30.size(); ++i) {
    EXPECT_NEAR(of_30_days[i], wanted_30[i], 1e-12);
    EXPECT_NEAR(of_28_days[i], wanted_28[i], 5e-4);
  }
}

TEST_F(ErrorBudget, O05_a_slow_burn_pages_nobody) {
  use({});
  // 0.15 % of the events are bad: over the allowed 0.1 %, under three times that.
  events(-73h, 0s, 1min, 9.985, 0.015);
  for (seconds at = 0s; at <= 40min; at += 1min) {
    events(at, at, 1min, 9.985, 0.015);
    evaluate(at);
  }
  EXPECT_EQ(sent_, (std::vector<std::string>{"+15:00 firing warning"}));
}

}  // namespace
}  // namespace sonde::app
