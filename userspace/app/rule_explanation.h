#pragma once

#include <string>
#include <vector>

#include "app/alerting_view.h"
#include "app/prometheus_api.h"
#include "base/clock.h"
#include "base/result.h"
#include "serve/rule_answers.h"

namespace sonde::app {

/// Why an alert fires or does not, rule by rule.
struct AlertExplanation {
  WallTime at;  ///< the samples it was evaluated over
  std::vector<serve::ExplainedRule> rules;
};

/// Evaluates the rules of that name over the newest samples; no state changes.
Result<AlertExplanation> explain_alert(const PrometheusSources& sources, const std::string& alert);

}  // namespace sonde::app
