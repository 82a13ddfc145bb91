#include "rules/evaluate.h"

#include <array>
#include <cstdint>
#include <set>
#include <string_view>

#include "base/quantity.h"

namespace sonde::rules {
namespace {

using store::ServiceWindow;

constexpr std::array kSeverities{Severity::kWarning, Severity::kCritical};

struct RuleSpec {
  std::string_view name;
  std::uint64_t (*samples)(const ServiceWindow&);
  double (*value)(const ServiceWindow&);  // samples(window) > 0
  double (*threshold)(const Policy&, Severity);
  std::string (*describe)(const ServiceWindow&, const std::string& value, const std::string& threshold);
};

double seconds_of(std::chrono::nanoseconds value) { return std::chrono::duration<double>(value).count(); }

std::string relation(bool above) { return above ? "above " : "not above "; }

double p95_seconds(const ServiceWindow& window) { return seconds_of(window.duration.quantile(0.95)); }

double error_ratio(const ServiceWindow& window) {
  return static_cast<double>(window.server_errors) / static_cast<double>(window.requests);
}

double response_time_threshold(const Policy& policy, Severity severity) {
  const DurationThreshold& limit = policy.response_time_p95;
  return seconds_of(severity == Severity::kCritical ? limit.critical : limit.warning);
}

double error_ratio_threshold(const Policy& policy, Severity severity) {
  return severity == Severity::kCritical ? policy.error_ratio.critical : policy.error_ratio.warning;
}

std::string describe_response_time(const ServiceWindow& window, const std::string& value, const std::string& limit) {
  return "p95 response time of " + window.service + " is " + value + ", " + limit + " (" +
         std::to_string(window.duration.count()) + " requests";
}

std::string describe_error_rate(const ServiceWindow& window, const std::string& value, const std::string& limit) {
  return value + " of requests to " + window.service + " fail, " + limit + " (" + std::to_string(window.server_errors) +
         " of " + std::to_string(window.requests) + " requests";
}

constexpr std::array kRules{
    RuleSpec{kHighResponseTime, [](const ServiceWindow& window) { return window.duration.count(); }, &p95_seconds,
             &response_time_threshold, &describe_response_time},
    RuleSpec{kHighErrorRate, [](const ServiceWindow& window) { return window.requests; }, &error_ratio,
             &error_ratio_threshold, &describe_error_rate},
};

ServiceFinding judge(const RuleSpec& rule, Severity severity, const Policy& policy, const ServiceWindow& window) {
  ServiceFinding finding;
  finding.rule = rule.name;
  finding.severity = severity;
  finding.service = window.service;
  finding.threshold = rule.threshold(policy, severity);
  finding.for_duration = policy.for_duration;
  const std::string over = " in " + format_duration(policy.window);
  const std::uint64_t samples = rule.samples(window);
  if (samples == 0 || samples < policy.min_requests) {
    finding.summary = window.service + " had " + std::to_string(samples) + " requests" + over + ", of the " +
                      std::to_string(policy.min_requests) + " it takes to judge it";
    return finding;
  }
  finding.value = rule.value(window);
  const bool breach = finding.value > finding.threshold;
  finding.verdict = breach ? Verdict::kBreach : Verdict::kFine;
  const Unit unit = unit_of(rule.name);
  finding.summary = rule.describe(window, format_value(finding.value, unit),
                                  relation(breach) + format_value(finding.threshold, unit)) +
                    over + ")";
  return finding;
}

void judge_all(const Policy& policy, const ServiceWindow& window, std::vector<ServiceFinding>& into) {
  for (const RuleSpec& rule : kRules) {
    for (const Severity severity : kSeverities) into.push_back(judge(rule, severity, policy, window));
  }
}

}  // namespace

const Policy& policy_for(const RulePack& pack, const std::string& service) {
  const auto own = pack.services.find(service);
  return own == pack.services.end() ? pack.defaults : own->second;
}

std::vector<std::chrono::nanoseconds> windows_needed(const RulePack& pack) {
  std::set<std::chrono::nanoseconds> lengths{pack.defaults.window};
  for (const auto& [service, policy] : pack.services) lengths.insert(policy.window);
  return {lengths.begin(), lengths.end()};
}

std::vector<ServiceFinding> evaluate(const RulePack& pack, const WindowsByLength& windows) {
  std::vector<ServiceFinding> findings;
  for (const auto& [length, services] : windows) {
    for (const ServiceWindow& window : services) {
      const Policy& policy = policy_for(pack, window.service);
      if (window.server && policy.window == length) judge_all(policy, window, findings);
    }
  }
  return findings;
}

}  // namespace sonde::rules
