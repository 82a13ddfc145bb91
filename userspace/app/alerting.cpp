#include "app/alerting.h"

#include <chrono>
#include <utility>

#include "notify/notification.h"
#include "rules/evaluate.h"

namespace sonde::app {
namespace {

/// Of what happened to a service, so much is attached to its alerts.
constexpr std::chrono::minutes kEvidenceAge{15};
constexpr std::size_t kMostEvidence = 5;

}  // namespace

Alerting::Alerting(const config::Config& config, std::string host, const host::EventLog& events)
    : pack_(config.rules),
      windows_(rules::windows_needed(config.rules)),
      host_(std::move(host)),
      events_(events),
      recent_(config.store),
      book_(config.alerts) {}

std::vector<notify::Notification> Alerting::tick(const measure::Snapshot& snapshot, WallTime now) {
  recent_.ingest(snapshot);
  rules::WindowsByLength windows;
  for (const auto window : windows_) windows[window] = recent_.over(window, now);
  std::vector<notify::Notification> notifications;
  for (const alerts::Transition& transition : book_.step(rules::evaluate(pack_, windows), now)) {
    const std::vector<host::Event> evidence =
        events_.find({.since = now - kEvidenceAge, .service = transition.alert.service, .limit = kMostEvidence});
    notifications.push_back(notify::make_notification(transition, host_, evidence));
  }
  std::vector<alerts::Alert> active = book_.active();
  const std::lock_guard lock(mutex_);
  active_ = std::move(active);
  ++evaluations_;
  return notifications;
}

std::vector<store::ServiceWindow> Alerting::services(std::chrono::nanoseconds window, WallTime now) const {
  return recent_.over(window, now);
}

std::vector<alerts::Alert> Alerting::active() const {
  const std::lock_guard lock(mutex_);
  return active_;
}

AlertingFacts Alerting::facts() const {
  AlertingFacts facts;
  const std::lock_guard lock(mutex_);
  facts.evaluations = evaluations_;
  for (const alerts::Alert& alert : active_) {
    auto& by_severity = alert.state == alerts::AlertState::kFiring ? facts.firing : facts.pending;
    ++by_severity[static_cast<std::size_t>(alert.severity)];
  }
  return facts;
}

}  // namespace sonde::app
