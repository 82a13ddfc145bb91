#include "app/heartbeat_desk.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "app/log.h"
#include "base/quantity.h"

namespace sonde::app {
namespace {

/// What is not said again ends by itself.
constexpr std::chrono::minutes kAlertLife{5};
constexpr std::chrono::minutes kSaidAgain{1};

}  // namespace

HeartbeatDesk::HeartbeatDesk(std::vector<config::ExpectedHeartbeat> expected, history::OncallHistory* history,
                             WallTime started_at)
    : expected_(std::move(expected)), history_(history), started_at_(started_at) {
  for (const config::ExpectedHeartbeat& each : expected_) seen_[each.name].since = started_at;
  if (history_ == nullptr || expected_.empty()) return;
  const auto loaded = history_->load();
  if (!loaded) {
    log_warning("heartbeats of before are not known", {{"why", loaded.error().what}});
    return;
  }
  for (const oncall::Heartbeat& heartbeat : loaded->heartbeats) {
    const auto known = seen_.find(heartbeat.name);
    if (known != seen_.end()) known->second = {.since = heartbeat.at, .was_heard = true};
  }
}

Result<> HeartbeatDesk::hear(const std::string& name, WallTime now) {
  const std::lock_guard lock(mutex_);
  const auto known = seen_.find(name);
  if (known == seen_.end()) {
    std::string names;
    for (const config::ExpectedHeartbeat& each : expected_) names += (names.empty() ? "" : ", ") + each.name;
    return Error{Code::kNotFound, "no heartbeat '" + name + "' is expected; expected: " +
                                      (names.empty() ? "none (heartbeats.expect of the configuration)" : names)};
  }
  known->second.since = now;
  known->second.was_heard = true;
  if (history_ == nullptr) return Ok{};
  std::vector<oncall::Heartbeat> all;
  for (const auto& [each, seen] : seen_) {
    if (seen.was_heard) all.push_back({each, seen.since});
  }
  return history_->save(all);
}

HeartbeatStatus HeartbeatDesk::status_of(const config::ExpectedHeartbeat& expected, WallTime now) const {
  const Seen& seen = seen_.at(expected.name);
  // Whoever should have called while nobody listened may do so now.
  const WallTime from = std::max(seen.since + expected.every, started_at_);
  return {.expected = expected,
          .heard_at = seen.since,
          .was_heard = seen.was_heard,
          .is_overdue = now > from + expected.grace};
}

std::vector<HeartbeatStatus> HeartbeatDesk::status(WallTime now) const {
  const std::lock_guard lock(mutex_);
  std::vector<HeartbeatStatus> all;
  for (const config::ExpectedHeartbeat& each : expected_) all.push_back(status_of(each, now));
  return all;
}

std::vector<alerts::ExternalAlert> HeartbeatDesk::alerts(WallTime now) {
  const std::lock_guard lock(mutex_);
  std::vector<alerts::ExternalAlert> alerts;
  for (const config::ExpectedHeartbeat& each : expected_) {
    Seen& seen = seen_.at(each.name);
    const HeartbeatStatus status = status_of(each, now);
    const bool is_news = status.is_overdue != seen.is_alerted;
    if (!is_news && !(status.is_overdue && now - seen.alerted_at >= kSaidAgain)) continue;
    seen.is_alerted = status.is_overdue;
    seen.alerted_at = now;
    const std::string since = format_duration(std::chrono::floor<std::chrono::seconds>(now - seen.since));
    const std::string every = format_duration(each.every);
    alerts.push_back(
        {.labels = {{"alertname", "HeartbeatMissing"},
                    {"heartbeat", each.name},
                    {"severity", std::string(rules::name_of(each.severity))}},
         .annotations = {{"description",
                          (seen.was_heard ? "It last called " + since + " ago"
                                          : "It has not called since Sonde has begun to wait, " + since + " ago") +
                              ", and has to every " + every + "."},
                         {"summary", "Heartbeat " + each.name + " is missing"}},
         .starts_at = seen.since + each.every,
         .ends_at = status.is_overdue ? now + kAlertLife : now,
         .updated_at = now,
         .generator_url = ""});
  }
  return alerts;
}

}  // namespace sonde::app
