#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "config/sections.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds kYear = 365 * 24h;
constexpr DurationRange kAnyDuration{0s, kYear};
constexpr DurationRange kSomeDuration{1ms, kYear};

void take_default(Draft& draft, const std::string& name, const std::string& text, Position at) {
  draft.config.rules.defaults.push_back({name, text, at.line, at.column});
}

void take_scoped(Draft& draft, const std::string& name, const std::string& text, Position at) {
  draft.scope.values.push_back({name, text, at.line, at.column});
}

void finish_scope(Draft& draft, const Spot&) { draft.config.rules.scopes.push_back(std::exchange(draft.scope, {})); }

void finish_route(Draft& draft, const Spot& spot) {
  if (draft.scope.route.empty()) {
    draft.log.add(spot, "must be a service and a route with a space between them, such as \"checkout /pay\"");
  }
  finish_scope(draft, spot);
}

constexpr std::array<std::string_view, 2> kNoYes{"false", "true"};

constexpr std::array kRulesKeys{
    Key{.name = "files",
        .read = [](const Value& value, Draft& draft) { return value.read_texts(draft.config.rules.files); }},
    Key{.name = "built_in",
        .read =
            [](const Value& value, Draft& draft) {
              std::size_t choice = 0;
              if (!value.read_choice(choice, kNoYes)) return false;
              draft.config.rules.built_in = choice == 1;
              return true;
            }},
    Key{.name = "disable",
        .read = [](const Value& value, Draft& draft) { return value.read_texts(draft.config.rules.disabled); }},
    Key{.name = "defaults", .shape = KeyShape::kFree, .take = take_default},
    Key{.name = "services",
        .shape = KeyShape::kFree,
        .enter =
            [](Draft& draft, const std::string& name) {
              draft.scope = {name, "", {}};
            },
        .leave = finish_scope,
        .take = take_scoped},
    Key{.name = "routes",
        .shape = KeyShape::kFree,
        .enter =
            [](Draft& draft, const std::string& name) {
              const std::size_t space = name.find(' ');
              draft.scope = {name.substr(0, space), space == std::string::npos ? "" : name.substr(space + 1), {}};
            },
        .leave = finish_route,
        .take = take_scoped},
};

constexpr std::array kAlertsKeys{
    Key{.name = "blind_after",
        .read = [](const Value& value,
                   Draft& draft) { return value.read_duration(draft.config.alerts.blind_after, kSomeDuration); }},
    Key{.name = "release_wait",
        .read = [](const Value& value,
                   Draft& draft) { return value.read_duration(draft.config.alerts.release_wait, kAnyDuration); }},
    Key{.name = "start_delay",
        .read = [](const Value& value,
                   Draft& draft) { return value.read_duration(draft.config.alerts.start_delay, kAnyDuration); }},
};

template <std::chrono::nanoseconds alerts::IncidentOptions::*kField, bool kMayBeZero>
bool read_incident_time(const Value& value, Draft& draft) {
  return value.read_duration(draft.config.incidents.*kField, kMayBeZero ? kAnyDuration : kSomeDuration);
}

constexpr std::array kIncidentsKeys{
    Key{.name = "acknowledge_timeout",
        .read = read_incident_time<&alerts::IncidentOptions::acknowledge_timeout, false>},
    Key{.name = "acknowledge_timeout_critical",
        .read = read_incident_time<&alerts::IncidentOptions::acknowledge_timeout_critical, false>},
    Key{.name = "reopen_window", .read = read_incident_time<&alerts::IncidentOptions::reopen_window, true>},
    Key{.name = "manual_resolve_grace",
        .read = read_incident_time<&alerts::IncidentOptions::manual_resolve_grace, true>},
    Key{.name = "verify_after", .read = read_incident_time<&alerts::IncidentOptions::verify_after, false>},
};

bool read_external_url(const Value& value, Draft& draft) {
  std::string text;
  if (!value.read_text(text) || !value.accept(check_http_url(text))) return false;
  while (text.ends_with('/')) text.pop_back();
  draft.config.notify.external_url = std::move(text);
  return true;
}

constexpr std::array kDeliveryKeys{
    Key{.name = "fallback",
        .read = [](const Value& value, Draft& draft) { return value.read_text(draft.config.notify.fallback); }},
    Key{.name = "external_url", .read = read_external_url},
    Key{.name = "link_lifetime",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.config.notify.link_lifetime, {1min, 24h * 30});
            }},
    Key{.name = "max_per_hour",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_count(draft.config.notify.max_per_hour, {1, 1'000'000});
            }},
    Key{.name = "runbook_base",
        .read =
            [](const Value& value, Draft& draft) {
              std::string text;
              if (!value.read_text(text) || !value.accept(check_http_url(text))) return false;
              draft.config.notify.runbook_base = text;
              return true;
            }},
    Key{.name = "timeout",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_duration(draft.config.notify.timeout, {1ms, 1h});
            }},
    Key{.name = "first_retry",
        .read = [](const Value& value,
                   Draft& draft) { return value.read_duration(draft.config.notify.first_retry, kSomeDuration); }},
    Key{.name = "longest_retry",
        .read = [](const Value& value,
                   Draft& draft) { return value.read_duration(draft.config.notify.longest_retry, kSomeDuration); }},
    Key{.name = "give_up_after",
        .read = [](const Value& value,
                   Draft& draft) { return value.read_duration(draft.config.notify.give_up_after, kSomeDuration); }},
    Key{.name = "max_queued",
        .read =
            [](const Value& value, Draft& draft) {
              return value.read_count(draft.config.notify.max_queued, {1, 1'000'000});
            }},
};

}  // namespace

std::span<const Key> rules_keys() { return kRulesKeys; }
std::span<const Key> alerts_keys() { return kAlertsKeys; }
std::span<const Key> incidents_keys() { return kIncidentsKeys; }
std::span<const Key> notify_keys() {
  static const std::vector<Key> kNotifyKeys = [] {
    std::vector<Key> keys(channel_keys().begin(), channel_keys().end());
    keys.insert(keys.end(), routing_keys().begin(), routing_keys().end());
    keys.insert(keys.end(), kDeliveryKeys.begin(), kDeliveryKeys.end());
    return keys;
  }();
  return kNotifyKeys;
}

}  // namespace sonde::config
