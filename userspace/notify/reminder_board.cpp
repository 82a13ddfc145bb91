#include "notify/reminder_board.h"

#include <string_view>

namespace sonde::notify {
namespace {

constexpr std::chrono::minutes kRhythm{1};
constexpr std::chrono::minutes kResolvedFor{15};
constexpr std::string_view kSeverity = "severity";

/// The same for an alert whatever its severity.
std::string key_of(const AlertLine& alert) {
  std::string key;
  for (const measure::Label& label : alert.labels) {
    if (label.name != kSeverity) key.append(label.name).append(1, '\0').append(label.value).append(1, '\0');
  }
  return key;
}

Notification without_alerts(const Notification& notification) {
  Notification bare = notification;
  bare.alerts.clear();
  return bare;
}

}  // namespace

void ReminderBoard::note(const Notification& notification, KernelTime now) {
  if (entries_.empty()) next_due_ = now + kRhythm;
  ++notes_;
  for (const AlertLine& alert : notification.alerts) note(notification, alert, now);
  // A message has all that fires: whatever else the incident had is over, even if the one that said so never arrived.
  for (auto& [key, severities] : entries_) {
    for (auto& [severity, entry] : severities) {
      const bool is_left_out = entry.incident == notification.dedup_key && entry.noted != notes_;
      if (is_left_out && !entry.until) end(entry, notification, now);
    }
  }
  incidents_.insert_or_assign(notification.dedup_key, without_alerts(notification));
}

void ReminderBoard::note(const Notification& notification, const AlertLine& alert, KernelTime now) {
  Severities& severities = entries_[key_of(alert)];
  const std::string severity(measure::value_of(alert.labels, kSeverity));
  for (auto& [other, entry] : severities) {
    if (other != severity && !entry.until) end(entry, notification, now);
  }
  const auto known = severities.find(severity);
  const bool was_over = known != severities.end() && known->second.until.has_value();
  std::optional<KernelTime> until;
  if (!alert.firing) until = was_over ? known->second.until : now + kResolvedFor;
  severities.insert_or_assign(severity, Entry{notification.dedup_key, alert, notes_, until});
}

void ReminderBoard::end(Entry& entry, const Notification& notification, KernelTime now) {
  entry.alert.firing = false;
  entry.alert.ended_at = notification.at;
  entry.until = now + kResolvedFor;
  next_due_ = now;
}

void ReminderBoard::recall(const Notification& notification, KernelTime now) {
  note(notification, now);
  next_due_ = now;
}

void ReminderBoard::forget_old(KernelTime now) {
  for (auto& [key, severities] : entries_) {
    std::erase_if(severities, [&](const auto& each) { return each.second.until && *each.second.until <= now; });
  }
  std::erase_if(entries_, [](const auto& each) { return each.second.empty(); });
}

std::vector<Notification> ReminderBoard::take_due(KernelTime now) {
  forget_old(now);
  std::vector<Notification> due;
  if (entries_.empty()) incidents_.clear();
  if (entries_.empty() || now < next_due_) return due;
  next_due_ = now + kRhythm;
  std::map<std::string_view, std::vector<AlertLine>> alerts;
  for (const auto& [key, severities] : entries_) {
    for (const auto& [severity, entry] : severities) alerts[entry.incident].push_back(entry.alert);
  }
  std::erase_if(incidents_, [&](const auto& incident) { return !alerts.contains(incident.first); });
  for (auto& [incident, lines] : alerts) {
    Notification& notification = due.emplace_back(incidents_.find(incident)->second);
    notification.alerts = std::move(lines);
  }
  return due;
}

std::optional<KernelTime> ReminderBoard::next_due() const {
  return entries_.empty() ? std::nullopt : std::optional(next_due_);
}

}  // namespace sonde::notify
