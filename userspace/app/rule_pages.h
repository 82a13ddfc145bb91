#pragma once

#include <string>
#include <vector>

#include "app/alerting_view.h"
#include "app/prometheus_api.h"
#include "base/result.h"
#include "serve/router.h"
#include "serve/rule_answers.h"

namespace sonde::app {

/// /api/sonde/v1/rules and /api/sonde/v1/rules/explain?alert=NAME.
void add_rule_pages(serve::Router& router, const PrometheusSources& sources);

/// All rules with their state, and what they read that is not there. `metrics`: those that are, sorted.
std::vector<serve::ListedRule> list_rules(const AlertingView& view, const std::vector<std::string>& metrics);

}  // namespace sonde::app
