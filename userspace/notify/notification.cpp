#include "notify/notification.h"

namespace sonde::notify {

Notification make_notification(const alerts::Transition& transition, const std::string& host) {
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
  return notification;
}

}  // namespace sonde::notify
