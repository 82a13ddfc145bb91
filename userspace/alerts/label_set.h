#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "alerts/instance_types.h"
#include "rules/types.h"
#include "store/types.h"

namespace sonde::alerts {

inline constexpr std::string_view kAlertLabel = "alertname";
inline constexpr std::string_view kSeverityLabel = "severity";
inline constexpr std::string_view kServiceLabel = "service_name";

/// An order to find labels by.
struct LabelsLess {
  bool operator()(const store::Labels& left, const store::Labels& right) const {
    return std::ranges::lexicographical_compare(left, right, [](const measure::Label& a, const measure::Label& b) {
      const int names = a.name.compare(b.name);
      return names != 0 ? names < 0 : a.value < b.value;
    });
  }
};

using measure::value_of;

inline store::Labels without(store::Labels labels, std::string_view name) {
  std::erase_if(labels, [name](const measure::Label& label) { return label.name == name; });
  return labels;
}

/// The labels by which a problem is routed, silenced and told: with its severity, sorted. Those of another program may
/// have a severity that is none of Sonde's, and keep it.
inline store::Labels labels_of(const Problem& problem) {
  store::Labels labels = problem.labels;
  const bool has_severity = std::ranges::find(labels, kSeverityLabel, &measure::Label::name) != labels.end();
  if (!has_severity) labels.push_back({std::string(kSeverityLabel), std::string(rules::name_of(problem.severity))});
  std::ranges::sort(labels, {}, &measure::Label::name);
  return labels;
}

}  // namespace sonde::alerts
