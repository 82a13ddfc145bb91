#include "config/checks.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "base/quantity.h"

namespace sonde::config {
namespace {

using Paths = std::vector<std::string>;

/// Two values of which the first must not be above the second.
struct Order {
  Paths keys;       ///< where a person would mend it, the best place first
  Paths elsewhere;  ///< the other keys the two values may come from
  bool holds;
  std::string what;
};

std::string show(std::chrono::nanoseconds value) { return "(" + format_duration(value) + ")"; }

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
