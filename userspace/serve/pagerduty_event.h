#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "alerts/types.h"
#include "base/clock.h"
#include "base/result.h"

namespace sonde::serve {

/// What somebody did to an incident at PagerDuty.
struct PagerDutyEvent {
  std::string id;                                                        ///< the same each time PagerDuty sends it
  std::string incident_key;                                              ///< the dedup_key of our events
  std::string user;                                                      ///< who; empty: PagerDuty itself
  alerts::IncidentAction action = alerts::IncidentAction::kAcknowledge;  ///< or kUnacknowledge, kResolve
  std::optional<WallTime> at{};                                          ///< nothing if it does not say so

  bool operator==(const PagerDutyEvent&) const = default;
};

/// Reads a webhook of version 3 (https://developer.pagerduty.com/docs/webhooks-v3-overview). Nothing for what is no
/// change of ours to make: other events, and what was done by an integration, as our own events are.
/// errors: kBadInput.
Result<std::optional<PagerDutyEvent>> parse_pagerduty_event(std::string_view body);

}  // namespace sonde::serve
