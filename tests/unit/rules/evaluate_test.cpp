#include "rules/evaluate.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace sonde::rules {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

store::ServiceWindow window_of(const std::string& service, std::uint64_t requests, std::uint64_t errors,
                               nanoseconds duration) {
  store::ServiceWindow window;
  window.service = service;
  window.requests = requests;
  window.server_errors = errors;
  if (requests > 0) window.duration.observe(duration, static_cast<std::uint32_t>(requests));
  return window;
}

Verdict verdict_of(const std::vector<ServiceFinding>& findings, std::string_view rule, Severity severity) {
  for (const ServiceFinding& finding : findings) {
    if (finding.rule == rule && finding.severity == severity) return finding.verdict;
  }
  ADD_FAILURE() << "no finding of " << rule;
  return Verdict::kInsufficientData;
}

constexpr Verdict kFine = Verdict::kFine;
constexpr Verdict kBreach = Verdict::kBreach;
constexpr Verdict kNoData = Verdict::kInsufficientData;

struct VerdictRow {
  const char* name;
  std::uint64_t requests;
  std::uint64_t errors;
  nanoseconds duration;
  Verdict slow_warning;
  Verdict slow_critical;
  Verdict errors_warning;
  Verdict errors_critical;
};

class VerdictCase : public testing::TestWithParam<VerdictRow> {};

TEST_P(VerdictCase, judges_both_rules_at_both_severities) {
  const VerdictRow& row = GetParam();
  const auto findings = evaluate(RulePack{}, {{5min, {window_of("checkout", row.requests, row.errors, row.duration)}}});
  ASSERT_EQ(findings.size(), 4u);
  EXPECT_EQ(verdict_of(findings, kHighResponseTime, Severity::kWarning), row.slow_warning);
  EXPECT_EQ(verdict_of(findings, kHighResponseTime, Severity::kCritical), row.slow_critical);
  EXPECT_EQ(verdict_of(findings, kHighErrorRate, Severity::kWarning), row.errors_warning);
  EXPECT_EQ(verdict_of(findings, kHighErrorRate, Severity::kCritical), row.errors_critical);
}

INSTANTIATE_TEST_SUITE_P(
    Defaults, VerdictCase,
    testing::Values(VerdictRow{"healthy", 1000, 0, 20ms, kFine, kFine, kFine, kFine},
                    VerdictRow{"slow", 1000, 0, 2s, kBreach, kFine, kFine, kFine},
                    VerdictRow{"very_slow", 1000, 0, 6s, kBreach, kBreach, kFine, kFine},
                    VerdictRow{"exactly_at_the_error_threshold", 1000, 10, 20ms, kFine, kFine, kFine, kFine},
                    VerdictRow{"one_error_above_the_threshold", 1000, 11, 20ms, kFine, kFine, kBreach, kFine},
                    VerdictRow{"exactly_at_the_critical_threshold", 1000, 50, 20ms, kFine, kFine, kBreach, kFine},
                    VerdictRow{"everything_fails", 1000, 1000, 20ms, kFine, kFine, kBreach, kBreach},
                    VerdictRow{"just_enough_requests", 20, 20, 6s, kBreach, kBreach, kBreach, kBreach},
                    VerdictRow{"one_request_too_few", 19, 19, 6s, kNoData, kNoData, kNoData, kNoData},
                    VerdictRow{"idle", 0, 0, 0s, kNoData, kNoData, kNoData, kNoData}),
    [](const auto& row) { return row.param.name; });

TEST(Evaluate, looks_at_the_95th_percentile_and_not_at_the_slowest) {
  store::ServiceWindow window = window_of("checkout", 960, 0, 10ms);
  window.requests += 40;
  window.duration.observe(8s, 40);
  EXPECT_EQ(verdict_of(evaluate(RulePack{}, {{5min, {window}}}), kHighResponseTime, Severity::kWarning), kFine);
  window.requests += 20;
  window.duration.observe(8s, 20);
  EXPECT_EQ(verdict_of(evaluate(RulePack{}, {{5min, {window}}}), kHighResponseTime, Severity::kCritical), kBreach);
}

TEST(Evaluate, never_divides_by_zero_requests) {
  RulePack pack;
  pack.defaults.min_requests = 0;
  for (const ServiceFinding& finding : evaluate(pack, {{5min, {window_of("checkout", 0, 0, 0s)}}})) {
    EXPECT_EQ(finding.verdict, kNoData);
  }
}

TEST(Evaluate, leaves_the_client_side_alone) {
  store::ServiceWindow window = window_of("checkout", 1000, 1000, 10s);
  window.server = false;
  EXPECT_TRUE(evaluate(RulePack{}, {{5min, {window}}}).empty());
}

TEST(Evaluate, gives_every_service_its_own_policy_and_window) {
  RulePack pack;
  Policy strict;
  strict.window = 1min;
  strict.for_duration = 0s;
  strict.min_requests = 1;
  strict.response_time_p95 = {100ms, 200ms};
  pack.services["search"] = strict;
  EXPECT_EQ(windows_needed(pack), (std::vector<nanoseconds>{1min, 5min}));
  EXPECT_EQ(policy_for(pack, "search").window, 1min);
  EXPECT_EQ(policy_for(pack, "checkout").window, 5min);

  const std::vector<store::ServiceWindow> both{window_of("checkout", 500, 0, 150ms), window_of("search", 5, 0, 150ms)};
  const auto findings = evaluate(pack, {{1min, both}, {5min, both}});
  ASSERT_EQ(findings.size(), 8u);
  EXPECT_EQ(findings[0].service, "search");
  EXPECT_EQ(findings[0].verdict, kBreach);
  EXPECT_EQ(findings[0].for_duration, 0s);
  EXPECT_DOUBLE_EQ(findings[0].threshold, 0.1);
  EXPECT_EQ(findings[4].service, "checkout");
  EXPECT_EQ(findings[4].verdict, kFine);
  EXPECT_EQ(findings[4].for_duration, 1min);
}

TEST(Evaluate, says_in_one_sentence_what_was_found) {
  auto findings = evaluate(RulePack{}, {{5min, {window_of("checkout", 842, 29, 1234ms)}}});
  ASSERT_EQ(findings.size(), 4u);
  EXPECT_EQ(findings[0].summary, "p95 response time of checkout is 1.23 s, above 1 s (842 requests in 5m)");
  EXPECT_EQ(findings[1].summary, "p95 response time of checkout is 1.23 s, not above 5 s (842 requests in 5m)");
  EXPECT_EQ(findings[2].summary, "3.44 % of requests to checkout fail, above 1 % (29 of 842 requests in 5m)");
  findings = evaluate(RulePack{}, {{5min, {window_of("checkout", 3, 3, 1s)}}});
  EXPECT_EQ(findings[0].summary, "checkout had 3 requests in 5m, of the 20 it takes to judge it");
}

struct ValueRow {
  double value;
  Unit unit;
  const char* text;
};

TEST(FormatValue, writes_three_significant_digits_and_the_fitting_unit) {
  for (const ValueRow& row : {ValueRow{1.2345, Unit::kSeconds, "1.23 s"}, ValueRow{0.0123, Unit::kSeconds, "12.3 ms"},
                              ValueRow{0.00085, Unit::kSeconds, "850 us"}, ValueRow{5, Unit::kSeconds, "5 s"},
                              ValueRow{100, Unit::kSeconds, "100 s"}, ValueRow{0, Unit::kSeconds, "0 s"},
                              ValueRow{0.034, Unit::kRatio, "3.4 %"}, ValueRow{1, Unit::kRatio, "100 %"},
                              ValueRow{0.0005, Unit::kRatio, "0.05 %"}, ValueRow{0, Unit::kRatio, "0 %"}}) {
    EXPECT_EQ(format_value(row.value, row.unit), row.text);
  }
}

}  // namespace
}  // namespace sonde::rules
