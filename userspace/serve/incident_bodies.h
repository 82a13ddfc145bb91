#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/types.h"
#include "base/clock.h"
#include "base/result.h"
#include "store/types.h"

namespace sonde::serve {

/// The last part of the path that orders it, such as acknowledge.
std::optional<alerts::IncidentAction> action_of(std::string_view word);

/// All of them.
std::span<const std::string_view> action_words();

/// Who orders something, and what else a request says of it besides its body.
struct OrderContext {
  std::string user;      ///< authenticated; empty: the body says who it is
  std::string if_match;  ///< the header
  WallTime now;
};

/// Reads the body of an order: `author`; `for` (of acknowledge and snooze, as `30m`) or `until` (RFC 3339); `renew`;
/// `note`; `to` (of assign); `into` (of merge). An empty body is one without fields.
/// errors: kBadInput, with the place.
Result<alerts::IncidentOrder> parse_order(alerts::IncidentAction action, std::string_view body,
                                          const OrderContext& context);

/// Reads the body of a review: `author`, `cause`, `action`, `verdict`, `follow_up`, `fixed`; what is missing or null
/// stays as it was. errors: kBadInput, with the place.
Result<alerts::ReviewOrder> parse_review(std::string_view body, const OrderContext& context);

/// The versions an If-Match header (RFC 9110, section 13.1.1) takes: nothing for `*` or none.
/// errors: kBadInput for what is no version of an incident.
Result<std::optional<std::uint64_t>> parse_if_match(std::string_view header);

/// Reads `{"matchers": [...]}`: each as Alertmanager's API has it.  errors: kBadInput.
Result<std::vector<store::Matcher>> parse_preview(std::string_view body);

}  // namespace sonde::serve
