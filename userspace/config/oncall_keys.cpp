#include <array>
#include <string>
#include <vector>

#include "config/routing_draft.h"
#include "config/sections.h"

namespace sonde::config {
namespace {

/// A list of mappings, each of which has a name.
template <class T, std::vector<T> oncall::Plan::*kList, bool (*kRead)(const Value&, Reading<T>)>
constexpr Key list_of(std::string_view name) {
  return {.name = name, .read = [](const Value& value, Draft& draft) {
            return read_items(value, draft.config.oncall.*kList, draft.routing, kRead);
          }};
}

bool read_catch_all(const Value& value, Draft& draft) {
  std::vector<std::string>& channels = draft.config.oncall.catch_all;
  if (!value.read_texts(channels)) return false;
  for (const std::string& channel : channels) draft.routing.oncall.channels.push_back({channel, value.spot()});
  return true;
}

constexpr std::array kOncallKeys{
    list_of<oncall::Person, &oncall::Plan::people, &read_person>("people"),
    list_of<oncall::Schedule, &oncall::Plan::schedules, &read_schedule>("schedules"),
    list_of<oncall::Policy, &oncall::Plan::policies, &read_policy>("policies"),
    Key{.name = "catch_all", .read = &read_catch_all},
};

template <class T>
std::vector<std::string> names_of(const std::vector<T>& items) {
  std::vector<std::string> names;
  for (const T& item : items) names.push_back(item.name);
  return names;
}

/// Checks the names of a list against each other, and what uses them.
void check_list(const std::vector<std::string>& names, const std::vector<NameUse>& uses, const char* what,
                const std::string& key, FaultLog& log) {
  const std::string path = "oncall." + key;
  const FaultLog::Given* given = log.find(path);
  if (given != nullptr) refuse_twice(names, key, Spot{given->at, path}, log);
  check_uses(uses, names, what, log);
}

}  // namespace

std::span<const Key> oncall_keys() { return kOncallKeys; }

void check_oncall(const Config& config, const OncallUses& uses, FaultLog& log) {
  const oncall::Plan& plan = config.oncall;
  check_list(names_of(plan.people), uses.people, "person", "people", log);
  check_list(names_of(plan.schedules), uses.schedules, "schedule", "schedules", log);
  check_list(names_of(plan.policies), uses.policies, "escalation policy", "policies", log);
  check_uses(uses.channels, names_of(config.notify.channels), "channel", log);
  check_uses(uses.intervals, names_of(config.routing.time_intervals), "time interval", log);
}

}  // namespace sonde::config
