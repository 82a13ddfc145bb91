#include "notify/notification.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "notify/wording.h"

namespace sonde::notify {
namespace {

constexpr std::size_t kMostEvidence = 5;

std::vector<std::string> evidence_of(std::span<const host::Event> events) {
  std::vector<std::string> lines;
  const std::size_t count = std::min(events.size(), kMostEvidence);
  const auto newest = events.last(count);
  std::for_each(newest.rbegin(), newest.rend(),
                [&](const host::Event& event) { lines.push_back(time_of_day(event.at) + " " + event.what); });
  return lines;
}

}  // namespace

Notification make_notification(const alerts::Transition& transition, const std::string& host,
                               std::span<const host::Event> events) {
  const alerts::Alert& alert = transition.alert;
  Notification notification;
  notification.firing = transition.change == alerts::Change::kFiring;
  notification.rule = alert.rule;
  notification.severity = alert.severity;
  notification.service = alert.service;
  notification.host = host;
  notification.summary = notification.firing ? alert.summary : transition.reason + "; last: " + alert.summary;
  notification.value = alert.value;
  notification.threshold = alert.threshold;
  notification.started_at = alert.active_since;
  notification.at = transition.at;
  notification.dedup_key = host + '/' + alert.rule + '/' + alert.service + '/' +
                           std::string(rules::name_of(alert.severity)) + '/' +
                           std::to_string(alert.active_since.time_since_epoch().count());
  notification.evidence = evidence_of(events);
  return notification;
}

}  // namespace sonde::notify
