#pragma once

#include <vector>

#include "app/alerting_view.h"
#include "app/prometheus_state.h"
#include "serve/prometheus_rules.h"

// Rules and alerts as Prometheus' API has them: web/api/v1/api.go.
namespace sonde::app {

ApiAnswer show_rules(const PrometheusState& state, const serve::HttpRequest& request);
ApiAnswer show_alerts(const PrometheusState& state, const serve::HttpRequest& request);

/// Every group with its rules, how they went, and the alerts they have.
std::vector<serve::RuleGroup> shown_groups(const AlertingView& view);

}  // namespace sonde::app
