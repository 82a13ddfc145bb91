#include <array>
#include <cstddef>
#include <string_view>

#include "history/json_fields.h"

namespace sonde::history {

std::string_view stored_name(alerts::InstanceState state) {
  switch (state) {
    case alerts::InstanceState::kInactive:
      return "inactive";
    case alerts::InstanceState::kPending:
      return "pending";
    case alerts::InstanceState::kFiring:
      return "firing";
    case alerts::InstanceState::kRecovering:
      return "recovering";
  }
  return {};
}

std::string_view stored_name(alerts::DataState state) {
  switch (state) {
    case alerts::DataState::kOk:
      return "ok";
    case alerts::DataState::kNoData:
      return "no_data";
    case alerts::DataState::kError:
      return "error";
  }
  return {};
}

std::string_view stored_name(alerts::Change change) {
  // In the order of Change, and never changed: files have them.
  constexpr std::array<std::string_view, 35> kNames{
      "pending",      "pending_ended",  "fired",     "recovering",     "refired",     "cleared",
      "unanswered",   "held",           "flapping",  "flapping_ended", "opened",      "reopened",
      "joined",       "raised",         "told",      "not_told",       "unsent",      "muted",
      "acknowledged", "unacknowledged", "snoozed",   "snooze_ended",   "assigned",    "noted",
      "merged",       "resolved",       "escalated", "nobody_on_call", "exhausted",   "handed_off",
      "reviewed",     "verified",       "came_back", "remedy_started", "remedy_ended"};
  static_assert(kNames.size() == alerts::kChangeNames.size());
  const auto place = static_cast<std::size_t>(change);
  return place < kNames.size() ? kNames.at(place) : std::string_view{};
}

std::string_view stored_name(rules::Severity severity) {
  switch (severity) {
    case rules::Severity::kInfo:
      return "info";
    case rules::Severity::kWarning:
      return "warning";
    case rules::Severity::kCritical:
      return "critical";
  }
  return {};
}

std::string_view stored_name(alerts::IncidentStatus status) {
  switch (status) {
    case alerts::IncidentStatus::kTriggered:
      return "triggered";
    case alerts::IncidentStatus::kAcknowledged:
      return "acknowledged";
    case alerts::IncidentStatus::kSnoozed:
      return "snoozed";
    case alerts::IncidentStatus::kResolved:
      return "resolved";
  }
  return {};
}

std::string_view stored_name(alerts::Verdict verdict) {
  switch (verdict) {
    case alerts::Verdict::kUnknown:
      return "unknown";
    case alerts::Verdict::kActionable:
      return "actionable";
    case alerts::Verdict::kNoise:
      return "noise";
    case alerts::Verdict::kKnown:
      return "known";
  }
  return {};
}

std::string_view stored_name(alerts::ReviewState state) {
  switch (state) {
    case alerts::ReviewState::kOpen:
      return "open";
    case alerts::ReviewState::kWatching:
      return "watching";
    case alerts::ReviewState::kVerified:
      return "verified";
    case alerts::ReviewState::kCameBack:
      return "came_back";
  }
  return {};
}

std::string_view stored_name(notify::MessageKind kind) {
  switch (kind) {
    case notify::MessageKind::kFiring:
      return "firing";
    case notify::MessageKind::kUpdate:
      return "update";
    case notify::MessageKind::kRepeat:
      return "repeat";
    case notify::MessageKind::kResolved:
      return "resolved";
    case notify::MessageKind::kAcknowledged:
      return "acknowledged";
    case notify::MessageKind::kNoticed:
      return "noticed";
  }
  return {};
}

std::string_view stored_name(notify::DeliveryState state) {
  switch (state) {
    case notify::DeliveryState::kQueued:
      return "queued";
    case notify::DeliveryState::kLeased:
      return "leased";
    case notify::DeliveryState::kRetryWait:
      return "waiting";
    case notify::DeliveryState::kUnknown:
      return "unknown";
    case notify::DeliveryState::kSent:
      return "sent";
    case notify::DeliveryState::kDead:
      return "dead";
    case notify::DeliveryState::kCancelled:
      return "cancelled";
    case notify::DeliveryState::kSuperseded:
      return "superseded";
  }
  return {};
}

}  // namespace sonde::history
