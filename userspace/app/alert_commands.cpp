#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "alerts/label_set.h"
#include "alerts/matcher.h"
#include "app/command_output.h"
#include "app/commands.h"
#include "base/clock.h"
#include "cli/deliveries.h"
#include "cli/incident_report.h"
#include "cli/incident_review.h"
#include "cli/incidents.h"
#include "cli/overrides.h"
#include "cli/silences.h"

namespace sonde::app {
namespace {

constexpr int kUsage = 2;
constexpr int kNotReachable = 3;

/// These verbs are also for scripts, which have to tell a daemon that refuses from one that is not there.
int end_with(const Result<>& outcome) {
  if (outcome) return 0;
  fail(outcome.error().what);
  return outcome.error().code == Code::kIo ? kNotReachable : 1;
}

/// A word without an operator is an alert's name, as amtool has it.
Result<std::vector<store::Matcher>> read_matchers(const std::vector<std::string>& words) {
  std::vector<store::Matcher> matchers;
  for (const std::string& word : words) {
    if (word.find_first_of("=!~{}\"") == std::string::npos) {
      matchers.push_back({std::string(alerts::kAlertLabel), store::MatchOperator::kEqual, word});
      continue;
    }
    auto matcher = alerts::parse_matcher(word);
    if (!matcher) return std::move(matcher).error();
    matchers.push_back(*std::move(matcher));
  }
  return matchers;
}

int refuse_words(const Error& error) {
  fail(error.what);
  return kUsage;
}

}  // namespace

int run(const cli::AlertsListCommand& command) { return end_with(cli::run_alerts_list(command)); }
int run(const cli::AlertsShowCommand& command) { return end_with(cli::run_alerts_show(command)); }
int run(const cli::AlertsOrderCommand& command) { return end_with(cli::run_alerts_order(command)); }

int run(const cli::IncidentReviewCommand& command) { return end_with(cli::run_incident_review(command)); }
int run(const cli::IncidentReportCommand& command) {
  return end_with(cli::run_incident_report(command, SystemClock().now()));
}

int run(const cli::SilenceAddCommand& command) {
  const auto matchers = read_matchers(command.matchers);
  if (!matchers) return refuse_words(matchers.error());
  return end_with(cli::run_silence_add(command, *matchers, SystemClock().now()));
}

int run(const cli::SilenceListCommand& command) {
  const auto matchers = read_matchers(command.matchers);
  if (!matchers) return refuse_words(matchers.error());
  cli::SilenceListCommand spelt = command;
  std::ranges::transform(*matchers, spelt.matchers.begin(),
                         [](const store::Matcher& matcher) { return alerts::text_of(matcher); });
  return end_with(cli::run_silence_list(spelt));
}

int run(const cli::OncallOverrideCommand& command) { return end_with(cli::run_oncall_override(command)); }

int run(const cli::SilenceExpireCommand& command) { return end_with(cli::run_silence_expire(command)); }

int run(const cli::SilencePreviewCommand& command) {
  const auto matchers = read_matchers(command.matchers);
  if (!matchers) return refuse_words(matchers.error());
  return end_with(cli::run_silence_preview(command, *matchers));
}

int run(const cli::DeliveriesListCommand& command) { return end_with(cli::run_deliveries_list(command)); }
int run(const cli::DeliveriesRetryCommand& command) { return end_with(cli::run_deliveries_retry(command)); }

}  // namespace sonde::app
