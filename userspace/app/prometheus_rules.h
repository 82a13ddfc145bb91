#pragma once

#include <vector>

#include "alerts/types.h"
#include "app/prometheus_state.h"
#include "rules/types.h"
#include "serve/prometheus_rules.h"

// The built-in rules as if they were Prometheus': web/api/v1/api.go, rules and alerts.
namespace sonde::app {

ApiAnswer show_rules(const PrometheusState& state, const serve::HttpRequest& request);
ApiAnswer show_alerts(const PrometheusState& state, const serve::HttpRequest& request);

/// Each rule of each policy at both severities, in PromQL that says the same over the store's series, with the alerts
/// it has.
std::vector<serve::AlertingRule> prometheus_rules(const rules::RulePack& pack,
                                                  const std::vector<alerts::Alert>& active);

}  // namespace sonde::app
