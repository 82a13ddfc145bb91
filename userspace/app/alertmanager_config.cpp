#include "app/alertmanager_config.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "alerts/matcher.h"
#include "base/quantity.h"

namespace sonde::app {
namespace {

using alerts::TimeInterval;
using Json = nlohmann::ordered_json;

/// Who is told where no route names anybody: every channel.
constexpr std::string_view kEveryChannel = "every channel";

constexpr std::array<std::string_view, 7> kWeekdays{"sunday",   "monday", "tuesday", "wednesday",
                                                    "thursday", "friday", "saturday"};

std::string number_text(int number) { return std::to_string(number); }

std::string weekday_text(int day) { return std::string(kWeekdays.at(static_cast<std::size_t>(day))); }

std::string clock_text(int minutes) {
  constexpr int kMinutesPerHour = 60;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d", minutes / kMinutesPerHour, minutes % kMinutesPerHour);
  return text.data();
}

void add_ranges(Json& into, const char* key, const TimeInterval::Ranges& ranges, std::string (*text_of)(int)) {
  if (!ranges) return;
  Json list = Json::array();
  for (const TimeInterval::Range& range : *ranges) {
    list.push_back(range.first == range.last ? text_of(range.first) : text_of(range.first) + ":" + text_of(range.last));
  }
  into[key] = std::move(list);
}

Json interval_object(const TimeInterval& interval) {
  Json object = Json::object();
  if (interval.times) {
    Json times = Json::array();
    for (const TimeInterval::Range& range : *interval.times) {
      times.push_back({{"start_time", clock_text(range.first)}, {"end_time", clock_text(range.last)}});
    }
    object["times"] = std::move(times);
  }
  add_ranges(object, "weekdays", interval.weekdays, weekday_text);
  add_ranges(object, "days_of_month", interval.days_of_month, number_text);
  add_ranges(object, "months", interval.months, number_text);
  add_ranges(object, "years", interval.years, number_text);
  if (!interval.location.empty()) object["location"] = interval.location;
  return object;
}

Json matcher_texts(const std::vector<store::Matcher>& matchers) {
  Json list = Json::array();
  for (const store::Matcher& matcher : matchers) list.push_back(alerts::text_of(matcher));
  return list;
}

void add_duration(Json& into, const char* key, const std::optional<std::chrono::nanoseconds>& duration) {
  if (duration) into[key] = format_duration(*duration);
}

/// shape: routes stand as deep as a configuration can have them, which is bounded.
Json route_object(const alerts::Route& route, std::set<std::string>& receivers) {
  Json object = Json::object();
  if (!route.receiver.empty()) {
    object["receiver"] = route.receiver;
    receivers.insert(route.receiver);
  }
  if (route.group_by_all) {
    object["group_by"] = Json::array({"..."});
  } else if (!route.group_by.empty()) {
    object["group_by"] = route.group_by;
  }
  if (!route.matchers.empty()) object["matchers"] = matcher_texts(route.matchers);
  if (route.goes_on) object["continue"] = true;
  add_duration(object, "group_wait", route.group_wait);
  add_duration(object, "group_interval", route.group_interval);
  add_duration(object, "repeat_interval", route.repeat_interval);
  if (!route.mute_time_intervals.empty()) object["mute_time_intervals"] = route.mute_time_intervals;
  if (!route.active_time_intervals.empty()) object["active_time_intervals"] = route.active_time_intervals;
  for (const alerts::Route& below : route.routes) object["routes"].push_back(route_object(below, receivers));
  return object;
}

}  // namespace

std::string alertmanager_config(const alerts::RoutingPlan& plan, const notify::NotifyOptions& notify) {
  std::set<std::string> receivers;
  for (const notify::Receiver& receiver : notify.receivers) receivers.insert(receiver.name);
  alerts::Route root = plan.root;
  if (root.receiver.empty()) root.receiver = kEveryChannel;
  Json config{{"route", route_object(root, receivers)}};
  config["receivers"] = Json::array();
  for (const std::string& name : receivers) config["receivers"].push_back({{"name", name}});
  for (const alerts::InhibitRule& rule : plan.inhibit_rules) {
    config["inhibit_rules"].push_back({{"source_matchers", matcher_texts(rule.source)},
                                       {"target_matchers", matcher_texts(rule.target)},
                                       {"equal", rule.equal}});
  }
  for (const alerts::NamedTimeInterval& named : plan.time_intervals) {
    Json intervals = Json::array();
    for (const TimeInterval& interval : named.intervals) intervals.push_back(interval_object(interval));
    config["time_intervals"].push_back({{"name", named.name}, {"time_intervals", std::move(intervals)}});
  }
  return config.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace sonde::app
