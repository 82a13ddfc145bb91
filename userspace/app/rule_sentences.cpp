#include "app/rule_sentences.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "base/go_number.h"
#include "base/quantity.h"
#include "serve/timestamp.h"

namespace sonde::app {
namespace {

using std::chrono::nanoseconds;

std::string whole_seconds(nanoseconds duration) {
  return format_duration(std::chrono::floor<std::chrono::seconds>(std::max(duration, nanoseconds{0})));
}

std::string moment_text(const alerts::Moment& moment) {
  return serve::rfc3339(WallTime{std::chrono::floor<std::chrono::seconds>(moment.wall)});
}

std::string relation(const promql::Threshold& threshold) {
  if (threshold.above) return threshold.inclusive ? "at or above " : "above ";
  return threshold.inclusive ? "at or below " : "below ";
}

bool holds(double value, const promql::Threshold& threshold) {
  if (threshold.inclusive && value == threshold.value) return true;
  return threshold.above ? value > threshold.value : value < threshold.value;
}

/// "held for 40s of the 1m it takes, 2 of 3 times in a row"
std::string progress(nanoseconds counted, nanoseconds needed, unsigned done, unsigned wanted) {
  std::string text = "for " + whole_seconds(counted) + " of the " + format_duration(needed) + " it takes";
  if (wanted > 1) text += ", " + std::to_string(done) + " of " + std::to_string(wanted) + " times in a row";
  return text;
}

}  // namespace

std::string shown_number(double value) {
  constexpr double kMostWhole = 1e15;
  if (!std::isfinite(value) || (value == std::round(value) && std::abs(value) < kMostWhole))
    return format_number(value);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return text.data();
}

std::string compare(double value, const promql::Threshold& threshold) {
  return shown_number(value) + (holds(value, threshold) ? " is " : " is not ") + relation(threshold) +
         shown_number(threshold.value);
}

std::vector<std::string> tell_finding(const rules::Rule& rule, const rules::Finding& finding) {
  std::vector<std::string> says;
  const auto& threshold = rule.facts.threshold;
  says.push_back(threshold ? compare(finding.value, *threshold) : "the value is " + shown_number(finding.value));
  switch (finding.answer) {
    case rules::Answer::kBreach:
      if (!finding.gate.empty()) says.push_back("it cannot become pending now: " + finding.gate);
      break;
    case rules::Answer::kBetween:
      says.emplace_back("between the thresholds: what fires goes on, what does not stays quiet");
      break;
    case rules::Answer::kClear:
      if (!threshold || !holds(finding.value, *threshold)) break;
      says.emplace_back("another condition of the expression does not hold");
      break;
    case rules::Answer::kNone:
      says.push_back("no answer: " + finding.why);
      break;
  }
  return says;
}

std::vector<std::string> tell_instance(const rules::Rule& rule, const alerts::Instance& instance,
                                       const alerts::Moment& evaluated_at) {
  std::vector<std::string> says;
  switch (instance.state) {
    case alerts::InstanceState::kInactive:
      break;
    case alerts::InstanceState::kPending:
      says.push_back("pending since " + moment_text(instance.active_at) + ", " +
                     progress(evaluated_at.elapsed - instance.active_at.elapsed - instance.uncounted, rule.hold,
                              instance.breaches, rule.judgement.breaches));
      break;
    case alerts::InstanceState::kFiring:
      says.push_back("firing since " + moment_text(instance.fired_at));
      break;
    case alerts::InstanceState::kRecovering:
      says.push_back("firing since " + moment_text(instance.fired_at) + "; without a breach " +
                     progress(evaluated_at.elapsed - instance.keep_since.elapsed - instance.uncounted,
                              rule.keep_firing_for, instance.clears, rule.judgement.clears));
      break;
  }
  if (instance.unanswered > 0) {
    says.push_back(std::to_string(instance.unanswered) + " evaluations in a row had no answer" +
                   (instance.why.empty() ? "" : ": " + instance.why));
  }
  return says;
}

std::vector<std::string> tell_problem(const alerts::Problem& problem) {
  std::vector<std::string> says;
  if (problem.flapping) says.emplace_back("it is changing back and forth, and told as that");
  if (!problem.firing) return says;
  std::string held;
  for (const std::string& name : problem.held_by) {
    held += (held.empty() ? "" : ", ") + (name == "start" ? std::string("the start of the daemon") : name);
  }
  if (!held.empty()) {
    says.push_back("people are not told while " + held + (held.find(',') == std::string::npos ? " lasts" : " last"));
  } else {
    says.emplace_back(problem.told ? "people have been told" : "people have not been told yet");
  }
  return says;
}

}  // namespace sonde::app
