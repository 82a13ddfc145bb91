#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "alerts/types.h"
#include "base/result.h"

namespace sonde::serve {

/// That somebody has pressed a button of a message.
struct SlackInteraction {
  std::string id;    ///< the same each time Slack sends it
  std::string user;  ///< their name, or else their id
  std::int64_t incident = 0;
  alerts::IncidentAction action = alerts::IncidentAction::kAcknowledge;

  bool operator==(const SlackInteraction&) const = default;
};

/// Reads the form that Slack posts, whose field `payload` is JSON
/// (https://api.slack.com/reference/interaction-payloads/block-actions). Nothing for what is no button of ours.
/// errors: kBadInput.
Result<std::optional<SlackInteraction>> parse_slack_interaction(std::string_view form);

}  // namespace sonde::serve
