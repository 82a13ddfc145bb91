#pragma once

#include <string>
#include <vector>

#include "alerts/route_tree.h"
#include "alerts/time_interval.h"
#include "base/clock.h"
#include "base/result.h"
#include "config/types.h"
#include "store/types.h"

namespace sonde::app {

/// What a file says about who is told, ready to be asked.
struct OfflineRoutes {
  config::RoutingFile file;
  alerts::RouteTree tree;
  alerts::ScheduleBook schedules;
};

/// Out of an alertmanager.yml, or of Sonde's own configuration and the file that it names. Secrets are not looked at.
/// errors: everything that is wrong in the file.
Expected<OfflineRoutes, std::vector<config::ConfigFault>> load_routes(const std::string& path);

/// The labels of an alert as they are typed: `severity=page`, also `"team name"="a b"`.
/// errors: kBadInput for what is no equation, and for a label that comes twice.
Result<store::Labels> parse_label_pairs(const std::vector<std::string>& pairs);

/// Every route in a tree, as `amtool config routes show` draws it.
std::string draw_routes(const alerts::RouteTree& tree);
std::string routes_as_json(const alerts::RouteTree& tree);

/// The receivers in the tree's order, with commas between them, as `amtool config routes test` prints them.
std::string receivers_of(const std::vector<alerts::RouteMatch>& matches);

/// An alert's ways through the tree, for people: each with its group, its times, and whether it is quiet at `at`.
std::string describe_matches(const std::vector<alerts::RouteMatch>& matches, const OfflineRoutes& routes, WallTime at);
std::string matches_as_json(const std::vector<alerts::RouteMatch>& matches, const OfflineRoutes& routes, WallTime at);

/// "alertmanager.yml: 7 routes, 5 receivers, ... no fault found", and a line for each notice.
std::string summary_of(const OfflineRoutes& routes, const std::string& path);

}  // namespace sonde::app
