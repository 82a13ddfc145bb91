#include "notify/roundup.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "notify/delivery.h"

namespace sonde::notify {
namespace {

/// `firing warning: DiskFull on web-1 (incident 12): 3 % are free`.
std::string line_of(const Notification& notification) {
  std::string line = std::string(name_of(notification.kind)) + " " +
                     std::string(rules::name_of(notification.severity)) + ": " + notification.rule;
  const std::string& where = notification.service.empty() ? notification.host : notification.service;
  if (!where.empty()) line += " on " + where;
  if (notification.incident != 0) line += " (incident " + std::to_string(notification.incident) + ")";
  if (!notification.summary.empty()) line += ": " + notification.summary;
  return line;
}

/// The last message of each subject, in the order of the first.
std::vector<const Notification*> last_of_each(std::span<const std::shared_ptr<const Notification>> messages) {
  std::vector<const Notification*> last;
  std::map<Subject, std::size_t> places;
  for (const auto& message : messages) {
    const auto [place, is_new] = places.emplace(subject_of(*message), last.size());
    if (is_new) {
      last.push_back(message.get());
    } else {
      last[place->second] = message.get();
    }
  }
  return last;
}

/// The alert that is named first, if the message does not list any.
AlertLine alert_of(const Notification& notification) {
  AlertLine line{.firing = notification.firing, .labels = notification.labels, .annotations = {}, .started_at = {}};
  if (!notification.alerts.empty()) line = notification.alerts.front();
  if (notification.alerts.empty()) {
    line.value = notification.value;
    line.started_at = notification.started_at;
    line.annotations = {{"summary", notification.summary}};
    if (!notification.firing) line.ended_at = notification.at;
  }
  return line;
}

}  // namespace

Notification make_digest(std::span<const std::shared_ptr<const Notification>> messages, const NotifyOptions& options,
                         WallTime now) {
  const std::vector<const Notification*> each = last_of_each(messages);
  Notification digest;
  digest.rule = kDigestRule;
  digest.severity = rules::Severity::kInfo;
  digest.started_at = now;
  digest.at = now;
  digest.host = each.front()->host;
  digest.receiver = each.front()->receiver;
  digest.incident_url = options.external_url;
  digest.summary = std::to_string(each.size()) + " incidents in one message: no more than " +
                   std::to_string(options.max_per_hour) + " an hour come here";
  for (const Notification* notification : each) {
    digest.severity = std::max(digest.severity, notification->severity);
    digest.description += (digest.description.empty() ? "" : "\n") + line_of(*notification);
    digest.alerts.push_back(alert_of(*notification));
  }
  std::stable_sort(digest.alerts.begin(), digest.alerts.end(),
                   [](const AlertLine& left, const AlertLine& right) { return left.firing && !right.firing; });
  digest.group_key = "{}:{alertname=\"" + digest.rule + "\"}";
  digest.labels = {{"alertname", digest.rule}, {"severity", std::string(rules::name_of(digest.severity))}};
  digest.dedup_key = digest.host + "/" + digest.rule + "/" + std::to_string(now.time_since_epoch().count());
  return digest;
}

Notification end_of_digest(const Notification& digest, WallTime at) {
  Notification end = digest;
  end.kind = MessageKind::kResolved;
  end.firing = false;
  end.at = at;
  end.reason = "its hour is over";
  for (AlertLine& alert : end.alerts) {
    alert.firing = false;
    if (!alert.ended_at) alert.ended_at = at;
  }
  return end;
}

}  // namespace sonde::notify
