#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/nearest_word.h"
#include "config/receiver_channels.h"
#include "config/routing_draft.h"
#include "config/sections.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

/// The keys of an alertmanager.yml, which stand for the same here.
template <bool (*kRead)(const Value&, RoutingDraft&)>
constexpr Key part(std::string_view name) {
  return {.name = name, .read = [](const Value& value, Draft& draft) { return kRead(value, draft.routing); }};
}

constexpr std::array kRoutingKeys{
    part<read_global>("global"),  // before the receivers, whose channels begin with what it gives
    part<read_root_route>("route"),
    part<read_receivers>("receivers"),
    part<read_inhibit_rules>("inhibit_rules"),
    part<read_time_intervals>("time_intervals"),
    part<read_maintenance>("maintenance"),
    Key{.name = "alertmanager_file",
        .read = [](const Value& value, Draft& draft) { return value.read_text(draft.config.alertmanager_file); }},
};

/// Alertmanager's file cannot hold maintenance windows as long as Alertmanager reads it: those may stand here.
constexpr std::array<std::string_view, 5> kElsewhere{"global", "route", "receivers", "inhibit_rules", "time_intervals"};

std::vector<std::string> names_of(const std::vector<notify::Channel>& channels) {
  std::vector<std::string> names;
  for (const notify::Channel& channel : channels) names.push_back(channel.name);
  return names;
}

void check_one_place(const Draft& draft, const Spot& section) {
  const FaultLog::Given* file = draft.log.find(section.path + ".alertmanager_file");
  if (file == nullptr) return;
  std::string given;
  for (const std::string_view key : kElsewhere) {
    if (draft.log.find(section.path + "." + std::string(key)) == nullptr) continue;
    given += (given.empty() ? "" : ", ") + std::string(key);
  }
  if (given.empty()) return;
  draft.log.add(Spot{file->at, section.path + ".alertmanager_file"},
                "stands beside " + given + ": keep the file, or what stands here");
}

void check_receivers_are_used(const Draft& draft, const Spot& section) {
  const FaultLog::Given* receivers = draft.log.find(section.path + ".receivers");
  if (receivers == nullptr || draft.log.find(section.path + ".route") != nullptr) return;
  draft.log.add(Spot{receivers->at, section.path + ".receivers"},
                "no route leads to them: write at least `route: {receiver: NAME}` beside them");
}

/// Of a file of Alertmanager it is not known yet which channels its receivers have.
void check_fallback(const Draft& draft, const Spot& section) {
  const notify::NotifyOptions& notify = draft.config.notify;
  const FaultLog::Given* given = draft.log.find(section.path + ".fallback");
  if (given == nullptr || !given->sound || !draft.config.alertmanager_file.empty()) return;
  const std::vector<std::string> names = names_of(notify.channels);
  if (std::ranges::find(names, notify.fallback) != names.end()) return;
  const std::string_view meant = nearest_word(notify.fallback, names);
  draft.log.add(Spot{given->at, section.path + ".fallback"},
                "there is no channel " + shown_value(notify.fallback) +
                    (meant.empty() ? ": name one that is there" : ", did you mean " + shown_value(meant) + "?"));
}

/// A channel that no receiver names is easily taken for one that is told.
void note_unused_channels(Draft& draft, const Spot& section) {
  const bool has_routes = draft.log.find(section.path + ".route") != nullptr || !draft.config.alertmanager_file.empty();
  if (!has_routes) return;
  const std::vector<NameUse>& uses = draft.routing.channel_uses;
  for (const auto& [name, path] : draft.channel_paths) {
    const std::vector<NameUse>& called = draft.routing.oncall.channels;
    if (std::ranges::find(uses, name, &NameUse::name) != uses.end() || name == draft.config.notify.fallback) continue;
    if (std::ranges::find(called, name, &NameUse::name) != called.end()) continue;
    draft.routing.notices.add(Spot{draft.log.find(path)->at, path},
                              "no receiver names the channel " + shown_value(name) + ": it is told of nothing");
  }
}

}  // namespace

std::span<const Key> routing_keys() { return kRoutingKeys; }

void finish_notify(Draft& draft, const Spot& spot) {
  check_one_place(draft, spot);
  check_receivers_are_used(draft, spot);
  check_names(draft.routing, names_of(draft.config.notify.channels), spot);
  note_unused_channels(draft, spot);
  Routing& routing = draft.routing.routing;
  ReceiverChannels own = channels_of(routing.receivers);
  notify::NotifyOptions& notify = draft.config.notify;
  notify.receivers = std::move(own.receivers);
  for (notify::Channel& channel : own.channels) notify.channels.push_back(std::move(channel));
  check_fallback(draft, spot);
  draft.config.maintenance = routing.maintenance;
  draft.config.routing = {.root = std::move(routing.root),
                          .inhibit_rules = std::move(routing.inhibit_rules),
                          .time_intervals = std::move(routing.time_intervals),
                          .maintenance = std::move(routing.maintenance)};
}

}  // namespace sonde::config
