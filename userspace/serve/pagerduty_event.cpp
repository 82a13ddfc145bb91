#include "serve/pagerduty_event.h"

#include <array>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/utf8.h"
#include "serve/json_body.h"
#include "serve/json_path.h"
#include "serve/timestamp.h"

namespace sonde::serve {
namespace {

using alerts::IncidentAction;
using nlohmann::json;

constexpr std::size_t kLongestName = 128;

constexpr std::array kEvents{std::pair{std::string_view("incident.acknowledged"), IncidentAction::kAcknowledge},
                             std::pair{std::string_view("incident.unacknowledged"), IncidentAction::kUnacknowledge},
                             std::pair{std::string_view("incident.resolved"), IncidentAction::kResolve}};

std::optional<IncidentAction> action_named(std::string_view type) {
  for (const auto& [known, action] : kEvents) {
    if (known == type) return action;
  }
  return std::nullopt;
}

std::string name_of_agent(const json& body) {
  std::string name = json_text_at(body, {"event", "agent", "summary"});
  if (name.empty() || name.size() > kLongestName) name = json_text_at(body, {"event", "agent", "id"});
  return name.size() > kLongestName ? std::string() : sanitise_utf8(name);
}

/// PagerDuty tells of what our own events have done, too: as that of an inbound_integration_reference.
bool is_by_integration(const json& body) {
  return json_text_at(body, {"event", "agent", "type"}).find("integration") != std::string::npos;
}

}  // namespace

Result<std::optional<PagerDutyEvent>> parse_pagerduty_event(std::string_view text) {
  const json body = SONDE_TRY(parse_json_body(text));
  const std::string type = json_text_at(body, {"event", "event_type"});
  if (type.empty()) return Error{Code::kBadInput, "event.event_type: is missing"};
  const auto action = action_named(type);
  std::string key = json_text_at(body, {"event", "data", "incident_key"});
  if (!action || key.empty() || is_by_integration(body)) return std::optional<PagerDutyEvent>{};
  std::string id = json_text_at(body, {"event", "id"});
  if (id.empty()) return Error{Code::kBadInput, "event.id: is missing"};
  PagerDutyEvent event{
      .id = std::move(id), .incident_key = std::move(key), .user = name_of_agent(body), .action = *action};
  if (const auto at = parse_rfc3339(json_text_at(body, {"event", "occurred_at"}))) event.at = *at;
  return std::optional{std::move(event)};
}

}  // namespace sonde::serve
