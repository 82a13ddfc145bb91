#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "config/routing_draft.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

using namespace std::chrono_literals;
using alerts::InhibitRule;
using alerts::Route;
using RouteReading = Reading<Route>;
using InhibitReading = Reading<InhibitRule>;

constexpr DurationRange kWait{0s, 365 * 24h};
constexpr DurationRange kInterval{1ms, 365 * 24h};

bool read_interval(const Value& value, std::optional<std::chrono::nanoseconds>& into, DurationRange range) {
  std::chrono::nanoseconds read{0};
  if (!value.read_duration(read, range)) return false;
  into = read;
  return true;
}

bool read_group_by(const Value& value, Route& route) {
  std::vector<std::string> names;
  if (!value.read_texts(names)) return false;
  const auto all = std::ranges::find(names, "...");
  route.group_by_all = all != names.end();
  if (route.group_by_all) names.erase(all);
  if (route.group_by_all && !names.empty()) {
    return value.refuse("'...' is every label: keep it, or the names of labels beside it");
  }
  std::vector<std::string> sorted = names;
  std::ranges::sort(sorted);
  const auto twice = std::ranges::adjacent_find(sorted);
  if (twice != sorted.end()) return value.refuse("names the label " + shown_value(*twice) + " twice: keep one");
  route.group_by = std::move(names);
  return true;
}

bool note_names(const Value& value, std::vector<std::string>& names, std::vector<NameUse>& uses) {
  if (!value.read_texts(names)) return false;
  for (const std::string& name : names) uses.push_back({name, value.spot()});
  return true;
}

/// The old form, a mapping of labels and values, beside which the list of matchers may stand.
template <store::MatchOperator kOperator>
bool read_match(const Value& value, std::vector<store::Matcher>& into, const RoutingDraft& draft) {
  const auto entries = read_entries(value);
  if (!entries) return false;
  bool all_sound = true;
  for (const NamedValue& entry : *entries) {
    store::Matcher matcher{entry.name, kOperator, {}};
    if (!entry.value.read_free_text(matcher.value) || !entry.value.accept(draft.language.check_matcher(matcher))) {
      all_sound = false;
    } else {
      into.push_back(std::move(matcher));
    }
  }
  return all_sound;
}

bool read_routes(const Value& value, RouteReading& reading) {
  return read_items(value, reading.into.routes, reading.draft, &read_route);
}

constexpr std::array kRouteFields{
    Field<RouteReading>{"receiver",
                        [](const Value& value, RouteReading& reading) {
                          if (!value.read_text(reading.into.receiver)) return false;
                          reading.draft.receiver_uses.push_back({reading.into.receiver, value.spot()});
                          return true;
                        }},
    Field<RouteReading>{"group_by",
                        [](const Value& value, RouteReading& reading) { return read_group_by(value, reading.into); }},
    Field<RouteReading>{
        "continue", [](const Value& value, RouteReading& reading) { return read_yes_no(value, reading.into.goes_on); }},
    Field<RouteReading>{"matchers",
                        [](const Value& value, RouteReading& reading) {
                          return read_matchers(value, reading.into.matchers, reading.draft);
                        }},
    Field<RouteReading>{"match",
                        [](const Value& value, RouteReading& reading) {
                          return read_match<store::MatchOperator::kEqual>(value, reading.into.matchers, reading.draft);
                        }},
    Field<RouteReading>{"match_re",
                        [](const Value& value, RouteReading& reading) {
                          return read_match<store::MatchOperator::kRegex>(value, reading.into.matchers, reading.draft);
                        }},
    Field<RouteReading>{
        "group_wait",
        [](const Value& value, RouteReading& reading) { return read_interval(value, reading.into.group_wait, kWait); }},
    Field<RouteReading>{"group_interval",
                        [](const Value& value, RouteReading& reading) {
                          return read_interval(value, reading.into.group_interval, kInterval);
                        }},
    Field<RouteReading>{"repeat_interval",
                        [](const Value& value, RouteReading& reading) {
                          return read_interval(value, reading.into.repeat_interval, kInterval);
                        }},
    Field<RouteReading>{"mute_time_intervals",
                        [](const Value& value, RouteReading& reading) {
                          return note_names(value, reading.into.mute_time_intervals, reading.draft.interval_uses);
                        }},
    Field<RouteReading>{"active_time_intervals",
                        [](const Value& value, RouteReading& reading) {
                          return note_names(value, reading.into.active_time_intervals, reading.draft.interval_uses);
                        }},
    Field<RouteReading>{"routes", &read_routes},
};

template <std::vector<store::Matcher> InhibitRule::*kSide, store::MatchOperator kOperator>
bool read_side(const Value& value, InhibitReading& reading) {
  return read_match<kOperator>(value, reading.into.*kSide, reading.draft);
}

template <std::vector<store::Matcher> InhibitRule::*kSide>
bool read_side_matchers(const Value& value, InhibitReading& reading) {
  return read_matchers(value, reading.into.*kSide, reading.draft);
}

constexpr std::array kInhibitFields{
    Field<InhibitReading>{"source_matchers", &read_side_matchers<&InhibitRule::source>},
    Field<InhibitReading>{"source_match", &read_side<&InhibitRule::source, store::MatchOperator::kEqual>},
    Field<InhibitReading>{"source_match_re", &read_side<&InhibitRule::source, store::MatchOperator::kRegex>},
    Field<InhibitReading>{"target_matchers", &read_side_matchers<&InhibitRule::target>},
    Field<InhibitReading>{"target_match", &read_side<&InhibitRule::target, store::MatchOperator::kEqual>},
    Field<InhibitReading>{"target_match_re", &read_side<&InhibitRule::target, store::MatchOperator::kRegex>},
    Field<InhibitReading>{
        "equal", [](const Value& value, InhibitReading& reading) { return value.read_texts(reading.into.equal); }},
};

}  // namespace

bool read_matchers(const Value& value, std::vector<store::Matcher>& into, const RoutingDraft& draft) {
  const auto lines = value.read_list();
  if (!lines) return false;
  bool all_sound = true;
  for (const Value& line : *lines) {
    std::string text;
    if (!line.read_free_text(text)) {
      all_sound = false;
      continue;
    }
    auto matchers = draft.language.parse_matchers(text);
    if (!matchers) {
      all_sound = line.refuse(matchers.error().what);
      continue;
    }
    into.insert(into.end(), matchers->begin(), matchers->end());
  }
  return all_sound;
}

bool read_route(const Value& value, RouteReading reading) {
  return read_fields<RouteReading>(value, kRouteFields, reading);
}

bool read_inhibit_rule(const Value& value, InhibitReading reading) {
  return read_fields<InhibitReading>(value, kInhibitFields, reading);
}

}  // namespace sonde::config
