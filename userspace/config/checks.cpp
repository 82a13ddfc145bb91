#include "config/checks.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "base/quantity.h"

namespace sonde::config {
namespace {

using Paths = std::vector<std::string>;

const std::string kDefaults = "rules.defaults";
const std::string kTick = "store.tick";
const std::string kKeep = "store.keep";

/// Two values of which the first must not be above the second.
struct Order {
  Paths keys;       ///< where a person would mend it, the best place first
  Paths elsewhere;  ///< the other keys the two values may come from
  bool holds;
  std::string what;
};

std::string show(std::chrono::nanoseconds value) { return "(" + format_duration(value) + ")"; }

std::string show(double ratio) {
  constexpr double kPercent = 100;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "(%g%%)", ratio * kPercent);
  return text.data();
}

void demand(const Order& order, FaultLog& log) {
  const auto unreadable = [&](const std::string& path) {
    const FaultLog::Given* given = log.find(path);
    return given != nullptr && !given->sound;
  };
  if (order.holds || std::any_of(order.keys.begin(), order.keys.end(), unreadable)) return;
  if (std::any_of(order.elsewhere.begin(), order.elsewhere.end(), unreadable)) return;
  for (const std::string& path : order.keys) {
    const FaultLog::Given* given = log.find(path);
    if (given == nullptr) continue;
    log.add(Spot{given->at, path}, order.what);
    return;
  }
  // None is given: both values are inherited, and the fault stands where they come from.
}

template <class Threshold>
Order warning_below_critical(const std::string& policy, const std::string& name, const Threshold& threshold) {
  const std::string key = "." + name;
  return Order{{policy + key + ".warning", policy + key + ".critical"},
               {kDefaults + key + ".warning", kDefaults + key + ".critical"},
               threshold.warning <= threshold.critical,
               "warning " + show(threshold.warning) + " is above critical " + show(threshold.critical) +
                   ": the warning must come first"};
}

void check_policy(const std::string& path, const rules::Policy& policy, const store::StoreOptions& store,
                  FaultLog& log) {
  const std::string window = path + ".window";
  const bool is_default = path == kDefaults;
  demand(warning_below_critical(path, "response_time_p95", policy.response_time_p95), log);
  demand(warning_below_critical(path, "error_ratio", policy.error_ratio), log);
  demand(Order{is_default ? Paths{window, kTick} : Paths{window},
               {kTick, kDefaults + ".window"},
               store.tick <= policy.window,
               "the window " + show(policy.window) + " of " + path + " is shorter than store.tick " + show(store.tick) +
                   ": it needs at least one tick"},
         log);
  demand(Order{is_default ? Paths{window, kKeep} : Paths{window},
               {kKeep, kDefaults + ".window"},
               policy.window <= store.keep,
               "the window " + show(policy.window) + " of " + path + " is longer than store.keep " + show(store.keep) +
                   ": what is judged must be kept"},
         log);
}

void check_store(const store::StoreOptions& store, const QueryOptions& query, FaultLog& log) {
  demand(Order{{"store.long_retention", "store.retention"},
               {},
               store.retention <= store.long_retention,
               "long_retention " + show(store.long_retention) + " is shorter than retention " + show(store.retention) +
                   ": nothing would be kept for long"},
         log);
  demand(Order{{"store.long_interval", "store.interval"},
               {},
               store.interval <= store.long_interval,
               "long_interval " + show(store.long_interval) + " is shorter than interval " + show(store.interval) +
                   ": there are no more samples than are taken"},
         log);
  demand(Order{{"store.interval", "query.lookback"},
               {},
               store.interval < query.engine.lookback,
               "interval " + show(store.interval) + " is not below query.lookback " + show(query.engine.lookback) +
                   ": between two samples a series would have no value"},
         log);
}

}  // namespace

void check_agreement(const Config& config, FaultLog& log) {
  check_policy(kDefaults, config.rules.defaults, config.store, log);
  for (const auto& [name, policy] : config.rules.services) {
    check_policy(child_path("rules.services", name), policy, config.store, log);
  }
  check_store(config.store, config.query, log);
  const notify::NotifyOptions& notify = config.notify;
  demand(Order{{"notify.longest_retry", "notify.first_retry"},
               {},
               notify.first_retry <= notify.longest_retry,
               "longest_retry " + show(notify.longest_retry) + " is shorter than first_retry " +
                   show(notify.first_retry) + ": the wait only grows"},
         log);
}

}  // namespace sonde::config
