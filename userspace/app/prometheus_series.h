#pragma once

#include <string>

#include "app/prometheus_state.h"

// What there is to ask for: web/api/v1/api.go of Prometheus, labelNames to series, and metricMetadata.
namespace sonde::app {

ApiAnswer find_series(const PrometheusState& state, const serve::HttpRequest& request);
ApiAnswer label_names(const PrometheusState& state, const serve::HttpRequest& request);
ApiAnswer metric_metadata(const PrometheusState& state, const serve::HttpRequest& request);

/// `name` as it stands in the path.
ApiAnswer label_values(const PrometheusState& state, const serve::HttpRequest& request, const std::string& name);

}  // namespace sonde::app
