#pragma once

#include "app/prometheus_state.h"

// The daemon itself: web/api/v1/api.go of Prometheus, targets and status.
namespace sonde::app {

ApiAnswer show_targets(const PrometheusState& state, const serve::HttpRequest& request);
ApiAnswer show_build_info(const PrometheusState& state, const serve::HttpRequest& request);
ApiAnswer show_runtime_info(const PrometheusState& state, const serve::HttpRequest& request);
ApiAnswer show_config(const PrometheusState& state, const serve::HttpRequest& request);
ApiAnswer show_flags(const PrometheusState& state, const serve::HttpRequest& request);
ApiAnswer show_tsdb(const PrometheusState& state, const serve::HttpRequest& request);

}  // namespace sonde::app
