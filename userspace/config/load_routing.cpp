#include "config/load_routing.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "base/nearest_word.h"
#include "config/alertmanager_file.h"
#include "config/receiver_channels.h"
#include "config/spelling.h"

namespace sonde::config {
namespace {

/// Those of Sonde's own file have no slash in their names, and those of receivers have one.
std::vector<notify::Channel> own_channels(const std::vector<notify::Channel>& channels) {
  std::vector<notify::Channel> own;
  for (const notify::Channel& channel : channels) {
    if (channel.name.find('/') == std::string::npos) own.push_back(channel);
  }
  return own;
}

std::vector<ConfigFault> faults_of_fallback(const Config& config, const std::vector<notify::Channel>& channels) {
  const std::string& fallback = config.notify.fallback;
  if (fallback.empty()) return {};
  std::vector<std::string_view> names;
  for (const notify::Channel& channel : channels) names.push_back(channel.name);
  if (std::ranges::find(names, fallback) != names.end()) return {};
  const std::string meant(nearest_word(fallback, names));
  return {{config.alertmanager_file, 0, 0, "",
           "notify.fallback is " + shown_value(fallback) + ", and there is no such channel" +
               (meant.empty() ? ": name one that is there" : ": did you mean " + shown_value(meant) + "?")}};
}

/// Both files' maintenance windows; each needs its own name.
std::vector<ConfigFault> add_maintenance(const Config& config, Routing& routing) {
  std::vector<ConfigFault> faults;
  for (const alerts::MaintenanceWindow& window : config.maintenance) {
    const auto twice = std::ranges::find(routing.maintenance, window.name, &alerts::MaintenanceWindow::name);
    if (twice != routing.maintenance.end()) {
      faults.push_back({config.alertmanager_file, 0, 0, "maintenance",
                        "a window is called " + shown_value(window.name) +
                            ", and so is one in notify.maintenance: every one needs its own name"});
    }
  }
  routing.maintenance.insert(routing.maintenance.end(), config.maintenance.begin(), config.maintenance.end());
  return faults;
}

}  // namespace

Expected<RoutingParts, std::vector<ConfigFault>> load_routing(const Config& config, const LoadParts& parts) {
  if (config.alertmanager_file.empty()) {
    return RoutingParts{config.routing, config.notify.receivers, config.notify.channels, {}};
  }
  auto file = read_alertmanager_file(config.alertmanager_file, parts.alerts, &parts.secrets);
  if (!file) return std::move(file).error();
  Routing& routing = file->routing;
  RoutingParts read{.plan = {}, .receivers = {}, .channels = own_channels(config.notify.channels), .notices = {}};
  ReceiverChannels found = channels_of(routing.receivers);
  for (notify::Channel& channel : found.channels) read.channels.push_back(std::move(channel));
  std::vector<ConfigFault> faults = add_maintenance(config, routing);
  std::ranges::copy(faults_of_fallback(config, read.channels), std::back_inserter(faults));
  if (!faults.empty()) return faults;
  read.receivers = std::move(found.receivers);
  read.plan = {std::move(routing.root), std::move(routing.inhibit_rules), std::move(routing.time_intervals),
               std::move(routing.maintenance)};
  read.notices = std::move(file->notices);
  return read;
}

}  // namespace sonde::config
