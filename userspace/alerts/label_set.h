#pragma once

#include <algorithm>
#include <string_view>

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

}  // namespace sonde::alerts
