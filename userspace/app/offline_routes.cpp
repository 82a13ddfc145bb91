#include "app/offline_routes.h"

#include <algorithm>
#include <utility>

#include "alerts/inhibit_rules.h"
#include "alerts/maintenance_book.h"
#include "alerts/matcher.h"
#include "app/alert_language.h"
#include "config/alertmanager_file.h"
#include "config/load.h"

namespace sonde::app {
namespace {

using config::ConfigFault;

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
  auto file = config::read_alertmanager_file(path, alert_language());
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
