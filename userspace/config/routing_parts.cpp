#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/nearest_word.h"
#include "config/routing_draft.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

template <class T>
std::vector<std::string> names_of(const std::vector<T>& items) {
  std::vector<std::string> names;
  for (const T& item : items) names.push_back(item.name);
  return names;
}

}  // namespace

void refuse_twice(std::vector<std::string> names, const std::string& what, const Spot& whole, FaultLog& log) {
  std::erase(names, "");
  std::ranges::sort(names);
  for (auto twice = std::ranges::adjacent_find(names); twice != names.end();
       twice = std::adjacent_find(twice + 1, names.end())) {
    log.add(whole, "two " + what + " are called " + shown_value(*twice) + ": every one needs its own name");
  }
}

void check_uses(const std::vector<NameUse>& uses, const std::vector<std::string>& known, const std::string& what,
                FaultLog& log) {
  for (const NameUse& use : uses) {
    if (std::ranges::find(known, use.name) != known.end()) continue;
    const std::string_view meant = nearest_word(use.name, known);
    log.add(use.spot,
            "there is no " + what + " " + shown_value(use.name) +
                (meant.empty() ? ": name one that is there, or add it" : ", did you mean " + shown_value(meant) + "?"));
  }
}

bool read_root_route(const Value& value, RoutingDraft& draft) {
  draft.has_root = true;
  alerts::Route& root = draft.routing.root;
  if (!read_route(value, Reading<alerts::Route>{root, draft})) return false;
  if (root.receiver.empty()) return value.refuse("the root route needs a receiver: it takes what no other route does");
  if (!root.matchers.empty()) return value.refuse("the root route takes every alert: it cannot have matchers");
  if (root.mute_time_intervals.empty() && root.active_time_intervals.empty()) return true;
  return value.refuse("the root route takes every alert at any time: it cannot have time intervals");
}

bool read_receivers(const Value& value, RoutingDraft& draft) {
  return read_items(value, draft.routing.receivers, draft, &read_receiver);
}

bool read_inhibit_rules(const Value& value, RoutingDraft& draft) {
  return read_items(value, draft.routing.inhibit_rules, draft, &read_inhibit_rule);
}

bool read_time_intervals(const Value& value, RoutingDraft& draft) {
  return read_items(value, draft.routing.time_intervals, draft, &read_named_time_interval);
}

bool read_maintenance(const Value& value, RoutingDraft& draft) {
  return read_items(value, draft.routing.maintenance, draft, &read_maintenance_window);
}

void check_names(RoutingDraft& draft, const std::vector<std::string>& channels, const Spot& whole) {
  const std::vector<std::string> receivers = names_of(draft.routing.receivers);
  const std::vector<std::string> intervals = names_of(draft.routing.time_intervals);
  check_uses(draft.receiver_uses, receivers, "receiver", draft.log);
  check_uses(draft.interval_uses, intervals, "time interval", draft.log);
  check_uses(draft.channel_uses, channels, "channel", draft.log);
  refuse_twice(receivers, "receivers", whole, draft.log);
  refuse_twice(intervals, "time intervals", whole, draft.log);
  refuse_twice(names_of(draft.routing.maintenance), "maintenance windows", whole, draft.log);
}

}  // namespace sonde::config
