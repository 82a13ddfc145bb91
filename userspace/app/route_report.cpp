#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <tuple>

#include "alerts/matcher.h"
#include "app/offline_routes.h"
#include "base/quantity.h"

namespace sonde::app {
namespace {

using alerts::RouteMatch;
using alerts::RouteMuting;
using alerts::RouteOptions;
using alerts::RouteView;
using Json = nlohmann::ordered_json;

/// In Alertmanager's order, which is not the file's.
std::string condition_of(const RouteView& route) {
  std::vector<store::Matcher> matchers = route.matchers;
  std::ranges::sort(matchers, [](const store::Matcher& left, const store::Matcher& right) {
    return std::tie(left.name, left.value, left.op) < std::tie(right.name, right.value, right.op);
  });
  return matchers.empty() ? "default-route" : alerts::text_of(matchers);
}

std::string joined(const std::vector<std::string>& texts, const std::string& separator = ", ") {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : separator) + text;
  return all;
}

std::string grouping_of(const RouteOptions& options) {
  if (options.group_by_all) return "every label";
  return options.group_by.empty() ? "nothing: one group" : joined(options.group_by);
}

/// Whether a route further down stands on the same level, below the same parent.
bool has_later_sibling(const std::vector<RouteView>& routes, std::size_t at, std::size_t depth) {
  for (std::size_t next = at + 1; next < routes.size(); ++next) {
    if (routes[next].depth <= depth) return routes[next].depth == depth;
  }
  return false;
}

/// "│   ├── " in front of a route, by what is still to come at every level above it.
std::string branch_before(const std::vector<RouteView>& routes, std::size_t at) {
  std::string branch;
  for (std::size_t depth = 0; depth < routes[at].depth; ++depth) {
    branch += has_later_sibling(routes, at, depth) ? "│   " : "    ";
  }
  return branch + (has_later_sibling(routes, at, routes[at].depth) ? "├── " : "└── ");
}

std::string text_of(const std::optional<std::chrono::nanoseconds>& time) {
  return time ? format_duration(*time) : "by severity";
}

Json json_of(const RouteOptions& options) {
  return {{"receiver", options.receiver},
          {"group_by", options.group_by_all ? std::vector<std::string>{"..."} : options.group_by},
          {"group_wait", text_of(options.group_wait)},
          {"group_interval", text_of(options.group_interval)},
          {"repeat_interval", text_of(options.repeat_interval)},
          {"mute_time_intervals", options.mute_time_intervals},
          {"active_time_intervals", options.active_time_intervals}};
}

}  // namespace

std::string draw_routes(const alerts::RouteTree& tree) {
  std::string text = "Routing tree:\n.\n";
  const std::vector<RouteView>& routes = tree.routes();
  for (std::size_t at = 0; at < routes.size(); ++at) {
    text += branch_before(routes, at) + condition_of(routes[at]) + (routes[at].goes_on ? "  continue: true" : "") +
            "  receiver: " + routes[at].options.receiver + "\n";
  }
  return text;
}

std::string routes_as_json(const alerts::RouteTree& tree) {
  Json routes = Json::array();
  for (const RouteView& route : tree.routes()) {
    Json row{{"depth", route.depth}, {"matchers", Json::array()}, {"continue", route.goes_on}};
    for (const store::Matcher& matcher : route.matchers) row["matchers"].push_back(alerts::text_of(matcher));
    row.update(json_of(route.options));
    routes.push_back(std::move(row));
  }
  return Json{{"routes", std::move(routes)}}.dump(2);
}

std::string receivers_of(const std::vector<RouteMatch>& matches) {
  std::vector<std::string> names;
  for (const RouteMatch& match : matches) names.push_back(match.options.receiver);
  return joined(names, ",");
}

std::string describe_matches(const std::vector<RouteMatch>& matches, const OfflineRoutes& routes, WallTime at) {
  std::string text;
  for (const RouteMatch& match : matches) {
    const RouteMuting muting = alerts::muting_of(match.options, routes.schedules, at);
    text += condition_of(routes.tree.routes()[match.route]) + "\n  receiver: " + match.options.receiver +
            "\n  grouped by: " + grouping_of(match.options) + "\n  group: " + match.group_key + "\n  waits " +
            format_duration(match.waits.group_wait) + ", then " + format_duration(match.waits.group_interval) +
            " between messages; repeats after " + format_duration(match.waits.repeat_interval) + "\n";
    if (!muting.muted) continue;
    text += "  quiet at that time: " +
            (match.options.mute_time_intervals.empty() || muting.by == match.options.active_time_intervals
                 ? "outside of " + joined(muting.by)
                 : "within " + joined(muting.by)) +
            "\n";
  }
  return text;
}

std::string matches_as_json(const std::vector<RouteMatch>& matches, const OfflineRoutes& routes, WallTime at) {
  Json rows = Json::array();
  for (const RouteMatch& match : matches) {
    Json row = json_of(match.options);
    row["group_wait"] = format_duration(match.waits.group_wait);
    row["group_interval"] = format_duration(match.waits.group_interval);
    row["repeat_interval"] = format_duration(match.waits.repeat_interval);
    row["group_key"] = match.group_key;
    row["group_labels"] = Json::object();
    for (const measure::Label& label : match.group_labels) row["group_labels"][label.name] = label.value;
    const RouteMuting muting = alerts::muting_of(match.options, routes.schedules, at);
    row["muted"] = muting.muted;
    row["muted_by"] = muting.by;
    rows.push_back(std::move(row));
  }
  return Json{{"matches", std::move(rows)}}.dump(2);
}

}  // namespace sonde::app
