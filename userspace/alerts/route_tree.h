#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/matcher.h"
#include "alerts/time_interval.h"
#include "alerts/types.h"
#include "base/clock.h"
#include "base/result.h"
#include "rules/types.h"

namespace sonde::alerts {

/// What a route does with an alert, its parents' share included.
struct RouteOptions {
  std::string receiver;
  std::vector<std::string> group_by{};  ///< sorted
  bool group_by_all = false;            ///< then `group_by` says nothing
  std::optional<std::chrono::nanoseconds> group_wait{};
  std::optional<std::chrono::nanoseconds> group_interval{};
  std::optional<std::chrono::nanoseconds> repeat_interval{};
  std::vector<std::string> mute_time_intervals{};
  std::vector<std::string> active_time_intervals{};

  bool operator==(const RouteOptions&) const = default;
};

/// A route of the tree, as people look at it.
struct RouteView {
  std::size_t depth = 0;  ///< 0: the root
  std::vector<store::Matcher> matchers;
  bool goes_on = false;
  RouteOptions options;
};

/// How long a group waits before its first message, between changes, and between messages that say nothing new.
struct Waits {
  std::chrono::nanoseconds group_wait{0};
  std::chrono::nanoseconds group_interval{0};
  std::chrono::nanoseconds repeat_interval{0};

  bool operator==(const Waits&) const = default;
};

/// What the route says, and else 30 s, 5 m and 4 h, as Alertmanager has it, but nothing, 30 s and 1 h for what is
/// critical.
Waits waits_of(const RouteOptions& options, rules::Severity severity);

/// A route that an alert takes, and its group there.
struct RouteMatch {
  std::size_t route = 0;  ///< its place in RouteTree::routes()
  RouteOptions options;
  Waits waits;                 ///< by the alert's severity
  store::Labels group_labels;  ///< sorted
  /// The same for all alerts of one receiver's group, and for nothing else of that receiver: 16 hexadecimal digits out
  /// of all that the route and its parents ask of labels, in whatever order and shape, and the group's labels. The
  /// route's place, its times and the receiver's name have no part in it: reordering, renaming and reloading keep it.
  std::string group_key;
};

/// Why a route tells nothing at a moment.
struct RouteMuting {
  bool muted = false;
  std::vector<std::string> by;  ///< the mute intervals that hold; else, where it is not active, its active intervals
};

/// Alertmanager's tree of routes.  threads: any.
class RouteTree {
 public:
  /// errors: kBadInput: a root without a receiver, or with matchers or time intervals; what check_matcher refuses; an
  /// interval or repeat of zero; a group_by that names labels beside `...`, or one twice.
  [[nodiscard]] static Result<RouteTree> compile(const Route& root);

  /// The routes an alert takes: of a route that fits, those below that fit, up to the first that does not go on; itself
  /// if there is none. The root always fits.  shape: at least one, in the order of routes().
  [[nodiscard]] std::vector<RouteMatch> match(const store::Labels& labels) const;

  /// All of them, parents before their children, in the order of the file.
  [[nodiscard]] const std::vector<RouteView>& routes() const { return views_; }

 private:
  struct Node {
    std::size_t route = 0;
    MatcherSet matchers;
    std::vector<std::string> conditions;  // of itself and its parents, sorted, each once
    std::vector<Node> below;
  };

  Result<Node> add(const Route& route, const Node* parent, std::size_t depth);
  bool collect(const Node& node, const store::Labels& labels, std::vector<const Node*>& found) const;

  std::vector<RouteView> views_;
  std::optional<Node> root_;  // set by compile
};

/// Whether time intervals keep a route quiet at `at`.
RouteMuting muting_of(const RouteOptions& options, const ScheduleBook& schedules, WallTime at);

}  // namespace sonde::alerts
