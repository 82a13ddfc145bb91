#pragma once

#include <string>

#include "cli/prometheus_answer.h"

namespace sonde::cli {

/// As Prometheus prints a series: `up{instance="a", job="b"}`; names beyond [a-zA-Z_:][a-zA-Z0-9_:]* are quoted, a
/// quoted name of the metric stands in the braces (prometheus/common, model/metric.go). Values are safe to print:
/// control characters are escaped as Go's %q does.
std::string series_text(const SeriesLabels& labels);

/// As it prints the name of a label: quoted unless it is [a-zA-Z_][a-zA-Z0-9_]*.
std::string label_name_text(const std::string& name);

}  // namespace sonde::cli
