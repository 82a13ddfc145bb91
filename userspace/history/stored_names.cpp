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
  switch (change) {
    case alerts::Change::kPending:
      return "pending";
    case alerts::Change::kPendingEnded:
      return "pending_ended";
    case alerts::Change::kFired:
      return "fired";
    case alerts::Change::kRecovering:
      return "recovering";
    case alerts::Change::kRefired:
      return "refired";
    case alerts::Change::kCleared:
      return "cleared";
    case alerts::Change::kUnanswered:
      return "unanswered";
    case alerts::Change::kHeld:
      return "held";
    case alerts::Change::kFlapping:
      return "flapping";
    case alerts::Change::kFlappingEnded:
      return "flapping_ended";
    case alerts::Change::kOpened:
      return "opened";
    case alerts::Change::kReopened:
      return "reopened";
    case alerts::Change::kJoined:
      return "joined";
    case alerts::Change::kRaised:
      return "raised";
    case alerts::Change::kTold:
      return "told";
    case alerts::Change::kNotTold:
      return "not_told";
    case alerts::Change::kUnsent:
      return "unsent";
    case alerts::Change::kMuted:
      return "muted";
    case alerts::Change::kAcknowledged:
      return "acknowledged";
    case alerts::Change::kUnacknowledged:
      return "unacknowledged";
    case alerts::Change::kSnoozed:
      return "snoozed";
    case alerts::Change::kSnoozeEnded:
      return "snooze_ended";
    case alerts::Change::kAssigned:
      return "assigned";
    case alerts::Change::kNoted:
      return "noted";
    case alerts::Change::kMerged:
      return "merged";
    case alerts::Change::kResolved:
      return "resolved";
    case alerts::Change::kEscalated:
      return "escalated";
    case alerts::Change::kNobodyOnCall:
      return "nobody_on_call";
    case alerts::Change::kExhausted:
      return "exhausted";
    case alerts::Change::kHandedOff:
      return "handed_off";
    case alerts::Change::kReviewed:
      return "reviewed";
    case alerts::Change::kVerified:
      return "verified";
    case alerts::Change::kCameBack:
      return "came_back";
    case alerts::Change::kRemedyStarted:
      return "remedy_started";
    case alerts::Change::kRemedyEnded:
      return "remedy_ended";
  }
  return {};
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
