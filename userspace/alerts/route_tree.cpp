#include "alerts/route_tree.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "alerts/label_set.h"
#include "base/fnv1a.h"

namespace sonde::alerts {
namespace {

using namespace std::chrono_literals;

Error refuse(std::string what) { return Error{Code::kBadInput, std::move(what)}; }

Result<> check_root(const Route& root) {
  if (root.receiver.empty()) return refuse("the root route needs a receiver: it takes what no other route does");
  if (!root.matchers.empty()) return refuse("the root route takes every alert: it cannot have matchers");
  if (!root.mute_time_intervals.empty() || !root.active_time_intervals.empty()) {
    return refuse("the root route takes every alert at any time: it cannot have time intervals");
  }
  return Ok{};
}

Result<> check_options(const Route& route) {
  if (route.group_interval == 0ns) return refuse("group_interval cannot be zero");
  if (route.repeat_interval == 0ns) return refuse("repeat_interval cannot be zero");
  if (route.group_by_all && !route.group_by.empty()) {
    return refuse("group_by has '...', which is every label, and names labels beside it: keep one of both");
  }
  std::vector<std::string> names = route.group_by;
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice != names.end()) return refuse("group_by names the label '" + *twice + "' twice");
  return Ok{};
}

RouteOptions options_of(const Route& route, RouteOptions options) {
  if (!route.receiver.empty()) options.receiver = route.receiver;
  if (!route.group_by.empty()) {
    options.group_by = route.group_by;
    std::ranges::sort(options.group_by);
    options.group_by_all = false;
  } else if (route.group_by_all) {
    options.group_by_all = true;
  }
  if (route.group_wait) options.group_wait = route.group_wait;
  if (route.group_interval) options.group_interval = route.group_interval;
  if (route.repeat_interval) options.repeat_interval = route.repeat_interval;
  options.mute_time_intervals = route.mute_time_intervals;
  options.active_time_intervals = route.active_time_intervals;
  return options;
}

/// All that must hold for an alert to come here, in one order for all orders and shapes of the tree, each once.
std::vector<std::string> conditions_of(std::vector<std::string> parents, const std::vector<store::Matcher>& matchers) {
  for (const store::Matcher& matcher : matchers) parents.push_back(text_of(matcher));
  std::ranges::sort(parents);
  parents.erase(std::unique(parents.begin(), parents.end()), parents.end());
  return parents;
}

store::Labels group_labels(const RouteOptions& options, const store::Labels& labels) {
  store::Labels group;
  for (const measure::Label& label : labels) {
    if (options.group_by_all || std::ranges::binary_search(options.group_by, label.name)) group.push_back(label);
  }
  std::ranges::sort(group, {}, &measure::Label::name);
  return group;
}

std::string key_of(const std::vector<std::string>& conditions, const store::Labels& group) {
  // Neither byte occurs in UTF-8: nothing can run into what follows it.
  constexpr unsigned char kEndOfText = 0xFF;
  constexpr unsigned char kEndOfConditions = 0xFE;
  Fnv1a hash;
  for (const std::string& condition : conditions) hash.add(condition).add(kEndOfText);
  hash.add(kEndOfConditions);
  for (const measure::Label& label : group) hash.add(label.name).add(kEndOfText).add(label.value).add(kEndOfText);
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash.value()));
  return text.data();
}

}  // namespace

Result<RouteTree> RouteTree::compile(const Route& root) {
  SONDE_TRY(check_root(root));
  RouteTree tree;
  tree.root_ = SONDE_TRY(tree.add(root, nullptr, 0));
  return tree;
}

Result<RouteTree::Node> RouteTree::add(const Route& route, const Node* parent, std::size_t depth) {
  SONDE_TRY(check_options(route));
  Node node{.route = views_.size(),
            .matchers = SONDE_TRY(MatcherSet::compile(route.matchers)),
            .conditions = {},
            .below = {}};
  node.conditions = conditions_of(parent == nullptr ? std::vector<std::string>{} : parent->conditions, route.matchers);
  const RouteOptions inherited = parent == nullptr ? RouteOptions{} : views_[parent->route].options;
  views_.push_back({depth, route.matchers, route.goes_on, options_of(route, inherited)});
  for (const Route& child : route.routes) node.below.push_back(SONDE_TRY(add(child, &node, depth + 1)));
  return node;
}

bool RouteTree::collect(const Node& node, const store::Labels& labels, std::vector<const Node*>& found) const {
  if (!node.matchers.matches(labels)) return false;
  bool passed_on = false;
  for (const Node& child : node.below) {
    if (!collect(child, labels, found)) continue;
    passed_on = true;
    if (!views_[child.route].goes_on) break;
  }
  if (!passed_on) found.push_back(&node);
  return true;
}

std::vector<RouteMatch> RouteTree::match(const store::Labels& labels) const {
  std::vector<const Node*> found;
  collect(*root_, labels, found);
  std::vector<RouteMatch> matches;
  const rules::Severity severity = rules::severity_of(labels);
  for (const Node* node : found) {
    const RouteOptions& options = views_[node->route].options;
    store::Labels group = group_labels(options, labels);
    std::string key = key_of(node->conditions, group);
    matches.push_back({node->route, options, waits_of(options, severity), std::move(group), std::move(key)});
  }
  return matches;
}

Waits waits_of(const RouteOptions& options, rules::Severity severity) {
  const Waits otherwise = severity == rules::Severity::kCritical ? Waits{0s, 30s, 1h} : Waits{30s, 5min, 4h};
  return {options.group_wait.value_or(otherwise.group_wait), options.group_interval.value_or(otherwise.group_interval),
          options.repeat_interval.value_or(otherwise.repeat_interval)};
}

RouteMuting muting_of(const RouteOptions& options, const ScheduleBook& schedules, WallTime at) {
  std::vector<std::string> muted_by = schedules.holding(options.mute_time_intervals, at);
  if (!muted_by.empty()) return {true, std::move(muted_by)};
  const std::vector<std::string>& active = options.active_time_intervals;
  if (!active.empty() && schedules.holding(active, at).empty()) return {true, active};
  return {};
}

}  // namespace sonde::alerts
