#include "app/offline_routes.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "alerts/inhibit_rules.h"
#include "alerts/maintenance_book.h"
#include "alerts/matcher.h"
#include "app/alert_language.h"
#include "app/load_parts.h"
#include "base/file.h"
#include "base/yaml_document.h"
#include "config/alertmanager_file.h"
#include "config/load.h"

namespace sonde::app {
namespace {

using config::ConfigFault;

using Read = Expected<config::RoutingFile, std::vector<ConfigFault>>;

/// Sonde's own configuration has the routes in its section `notify`, and no other.
bool is_own(const Node& root) {
  const auto has = [&root](std::string_view name) {
    return std::ranges::any_of(root.entries, [name](const Entry& entry) { return entry.key->text == name; });
  };
  return has("notify") && !has("route");
}

Read read_own(const std::string& path) {
  auto loaded = config::load_file(path, load_parts_without_secrets());
  if (!loaded) return std::move(loaded).error();
  if (loaded->routing.root.receiver.empty()) {
    return std::vector{ConfigFault{path, 0, 0, "notify", "has no route: every channel is told of every alert"}};
  }
  config::RoutingFile file{.routing = {}, .notices = std::move(loaded->notices)};
  alerts::RoutingPlan& plan = loaded->routing;
  file.routing.root = std::move(plan.root);
  for (const notify::Receiver& receiver : loaded->notify.receivers) {
    config::Receiver& named = file.routing.receivers.emplace_back();
    named.name = receiver.name;
    named.channel_names = receiver.channels;
  }
  file.routing.inhibit_rules = std::move(plan.inhibit_rules);
  file.routing.time_intervals = std::move(plan.time_intervals);
  file.routing.maintenance = std::move(plan.maintenance);
  return file;
}

Read read(const std::string& path) {
  const auto text = read_file(path, kMaxFileBytes);
  if (!text) return std::vector{ConfigFault{path, 0, 0, "", "cannot be read: " + text.error().what}};
  const auto document = parse_document(*text);
  if (document && is_own(**document)) return read_own(path);
  return config::read_alertmanager(*text, path, alert_language());
}

/// What only a look at the whole can tell; the file has been found sound.
Result<OfflineRoutes> compile(config::RoutingFile file) {
  SONDE_TRY(alerts::InhibitRules::compile(file.routing.inhibit_rules));
  SONDE_TRY(alerts::MaintenanceBook::compile(file.routing.maintenance));
  auto tree = SONDE_TRY(alerts::RouteTree::compile(file.routing.root));
  auto schedules = SONDE_TRY(alerts::ScheduleBook::compile(file.routing.time_intervals));
  return OfflineRoutes{std::move(file), std::move(tree), std::move(schedules)};
}

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

Expected<OfflineRoutes, std::vector<ConfigFault>> load_routes(const std::string& path) {
  auto file = read(path);
  if (!file) return std::move(file).error();
  auto routes = compile(*std::move(file));
  if (!routes) return std::vector{ConfigFault{path, 0, 0, "", routes.error().what}};
  return *std::move(routes);
}

Result<store::Labels> parse_label_pairs(const std::vector<std::string>& pairs) {
  store::Labels labels;
  for (const std::string& pair : pairs) {
    auto parsed = alerts::parse_matcher(pair);
    if (!parsed) return std::move(parsed).error();
    if (parsed->op != store::MatchOperator::kEqual) {
      return Error{Code::kBadInput, "'" + pair + "' is no label of an alert: write LABEL=VALUE"};
    }
    if (std::ranges::find(labels, parsed->name, &measure::Label::name) != labels.end()) {
      return Error{Code::kBadInput, "the label '" + parsed->name + "' is given twice"};
    }
    labels.push_back({parsed->name, parsed->value});
  }
  return labels;
}

std::string summary_of(const OfflineRoutes& routes, const std::string& path) {
  const config::Routing& routing = routes.file.routing;
  return path + ": " + counted(routes.tree.routes().size(), "route") + ", " +
         counted(routing.receivers.size(), "receiver") + ", " +
         counted(routing.inhibit_rules.size(), "inhibition rule") + ", " +
         counted(routing.time_intervals.size(), "time interval") + "; no fault found\n" +
         config::render_faults(routes.file.notices);
}

}  // namespace sonde::app
