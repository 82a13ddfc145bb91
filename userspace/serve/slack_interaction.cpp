#include "serve/slack_interaction.h"

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "base/utf8.h"
#include "serve/form.h"
#include "serve/json_body.h"
#include "serve/json_path.h"

namespace sonde::serve {
namespace {

using alerts::IncidentAction;
using nlohmann::json;

constexpr std::size_t kLongestName = 128;

constexpr std::array kButtons{std::pair{std::string_view("sonde_acknowledge"), IncidentAction::kAcknowledge},
                              std::pair{std::string_view("sonde_resolve"), IncidentAction::kResolve}};

std::optional<IncidentAction> action_named(std::string_view name) {
  for (const auto& [known, action] : kButtons) {
    if (known == name) return action;
  }
  return std::nullopt;
}

/// Slack has been renaming them: `username` in interactions, `name` beside it.
std::string user_of(const json& payload) {
  for (const char* key : {"username", "name", "id"}) {
    const std::string name = json_text_at(payload, {"user", key});
    if (!name.empty() && name.size() <= kLongestName) return sanitise_utf8(name);
  }
  return "";
}

std::int64_t incident_of(const std::string& value) {
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), number);
  return failed == std::errc{} && end == value.data() + value.size() ? number : 0;
}

}  // namespace

Result<std::optional<SlackInteraction>> parse_slack_interaction(std::string_view form) {
  const auto fields = parse_form(form);
  // What is wrong is quoted as it came.
  if (!fields) return Error{Code::kBadInput, sanitise_utf8(fields.error().what)};
  const std::string* const text = fields->find("payload");
  if (text == nullptr) return Error{Code::kBadInput, "payload: is missing"};
  const json payload = SONDE_TRY(parse_json_body(*text));
  const json* const actions = json_at(payload, {"actions"});
  const bool is_pressed = json_text_at(payload, {"type"}) == "block_actions" && actions != nullptr &&
                          actions->is_array() && !actions->empty();
  if (!is_pressed) return std::optional<SlackInteraction>{};
  const json& pressed = actions->front();
  const auto action = action_named(json_text_at(pressed, {"action_id"}));
  if (!action) return std::optional<SlackInteraction>{};
  const std::string at = json_text_at(pressed, {"action_ts"});
  if (at.empty()) return Error{Code::kBadInput, "payload.actions[0].action_ts: is missing"};
  SlackInteraction interaction{.id = json_text_at(payload, {"user", "id"}) + ' ' + at + ' ' +
                                     json_text_at(pressed, {"action_id"}) + ' ' + json_text_at(pressed, {"value"}),
                               .user = user_of(payload),
                               .incident = incident_of(json_text_at(pressed, {"value"})),
                               .action = *action};
  if (interaction.user.empty()) return Error{Code::kBadInput, "payload.user: has neither a name nor an id"};
  if (interaction.incident <= 0) return Error{Code::kBadInput, "payload.actions[0].value: is no incident's number"};
  return std::optional{std::move(interaction)};
}

}  // namespace sonde::serve
