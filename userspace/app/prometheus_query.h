#pragma once

#include "app/prometheus_state.h"

// Expressions: web/api/v1/api.go of Prometheus, query to queryExemplars.
namespace sonde::app {

ApiAnswer instant_query(const PrometheusState& state, const serve::HttpRequest& request);
ApiAnswer range_query(const PrometheusState& state, const serve::HttpRequest& request);
ApiAnswer format_query(const PrometheusState& state, const serve::HttpRequest& request);
ApiAnswer parse_query(const PrometheusState& state, const serve::HttpRequest& request);

/// There are no exemplars; the request is checked all the same.
ApiAnswer query_exemplars(const PrometheusState& state, const serve::HttpRequest& request);

}  // namespace sonde::app
