#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "rules/types.h"

namespace sonde::alerts {

enum class AlertState : std::uint8_t { kPending, kFiring };

constexpr std::string_view name_of(AlertState state) {
  switch (state) {
    case AlertState::kPending:
      return "pending";
    case AlertState::kFiring:
      return "firing";
  }
  std::abort();
}

/// A breach that is waiting for its `for`, or that fires.
struct Alert {
  std::string rule;
  rules::Severity severity = rules::Severity::kWarning;
  std::string service;
  AlertState state = AlertState::kPending;
  WallTime active_since;  ///< first breach
  WallTime fired_at;      ///< meaningless while pending
  double value = 0;
  double threshold = 0;
  std::string summary;
};

enum class Change : std::uint8_t { kFiring, kResolved };

/// A change a person should hear of.
struct Transition {
  Change change = Change::kFiring;
  Alert alert;
  WallTime at;
  std::string
      reason;  ///< resolved: "back below the threshold", "too little traffic to judge for 10m"; empty when firing
};

struct AlertOptions {
  /// How long a firing alert survives without enough data before it resolves, saying so.
  std::chrono::nanoseconds hold_without_data = std::chrono::minutes{10};
};

}  // namespace sonde::alerts
