#pragma once

// Answers of a daemon about its alerts, as the documentation of the verbs shows them.
namespace sonde::cli {

inline constexpr const char* kIncident = R"json({
  "id": 12, "version": 3, "occurrence": 1, "status": "acknowledged", "severity": "critical",
  "highest_severity": "critical", "receiver": "pager", "group_key": "99c8a588043b33dd",
  "group_labels": {"service_name": "shop"}, "opened_at": "2026-03-01T14:02:10.250Z",
  "changed_at": "2026-03-01T14:04:00.000Z", "resolved_at": null, "resolve_reason": "",
  "acknowledged_at": "2026-03-01T14:04:00.000Z", "acknowledged_by": ["ann"], "until": "2026-03-01T14:34:00.000Z",
  "assignee": "", "told": true, "messages": 2, "previous": 9, "merged_into": null, "review": null, "alerts": [
    {"alert": "HighErrorRate", "severity": "critical", "labels": {"alertname": "HighErrorRate", "service_name": "shop"},
     "annotations": {}, "firing": true, "flapping": false, "held_by": [], "value": 0.25,
     "started_at": "2026-03-01T14:00:10.000Z", "joined_at": "2026-03-01T14:02:10.250Z", "ended_at": null, "reason": ""},
    {"alert": "HighResponseTime", "severity": "warning",
     "labels": {"alertname": "HighResponseTime", "service_name": "shop"}, "annotations": {}, "firing": false,
     "flapping": false, "held_by": [], "value": 1.5, "started_at": "2026-03-01T14:00:30.000Z",
     "joined_at": "2026-03-01T14:02:10.250Z", "ended_at": "2026-03-01T14:03:30.000Z", "reason": "auto"}]})json";

inline constexpr const char* kReviewed = R"json({"id": 12, "review": {"cause": "the log grew", "action": "rotated it",
  "verdict": "actionable", "follow_up": "", "author": "ann", "at": "2026-03-01T15:00:00.000Z", "state": "watching",
  "fixed_at": "2026-03-01T15:00:00.000Z", "watch_until": "2026-03-08T15:00:00.000Z", "came_back_as": null}})json";

inline constexpr const char* kReport = R"json({"from": "2026-02-01T00:00:00.000Z", "to": "2026-03-03T00:00:00.000Z",
  "by": "rule", "zone": "UTC", "total":
  {"incidents": 12, "open": 1, "merged": 0, "acknowledged": 5, "never_acknowledged": 7, "mtta_mean_seconds": 240.0,
   "mtta_median_seconds": 180.5, "resolved": 11, "mttr_mean_seconds": 2040.0, "mttr_median_seconds": 540.0,
   "reviewed": 11, "actionable": 5, "noise": 6, "known": 0, "noise_ratio": 0.5454545454545454, "brief": 3,
   "brief_ratio": 0.25, "flapping": 0, "flapping_ratio": 0.0, "reopened": 1}, "groups": [
  {"key": "HighResponseTime", "incidents": 10, "open": 0, "merged": 0, "acknowledged": 4, "never_acknowledged": 6,
   "mtta_mean_seconds": 210.0, "mtta_median_seconds": 180.5, "resolved": 10, "mttr_mean_seconds": 1260.0,
   "mttr_median_seconds": 510.0, "reviewed": 10, "actionable": 4, "noise": 6, "known": 0, "noise_ratio": 0.6,
   "brief": 3, "brief_ratio": 0.3, "flapping": 0, "flapping_ratio": 0.0, "reopened": 1},
  {"key": "DiskFull, \"slow\"", "incidents": 2, "open": 1, "merged": 0, "acknowledged": 1, "never_acknowledged": 1,
   "mtta_mean_seconds": 360.0, "mtta_median_seconds": 360.0, "resolved": 1, "mttr_mean_seconds": 9840.0,
   "mttr_median_seconds": 9840.0, "reviewed": 1, "actionable": 1, "noise": 0, "known": 0, "noise_ratio": 0.0,
   "brief": 0, "brief_ratio": 0.0, "flapping": 0, "flapping_ratio": 0.0, "reopened": 0}], "hints": [
  {"rule": "HighResponseTime", "incidents": 10, "noise": 6, "actionable": 4, "longest_noise_seconds": 540.0,
   "smallest_for": "10m", "steps": [
     {"for": "1m", "noise_dropped": 0, "actionable_lost": []}, {"for": "2m", "noise_dropped": 1, "actionable_lost": []},
     {"for": "5m", "noise_dropped": 3, "actionable_lost": []},
     {"for": "10m", "noise_dropped": 6, "actionable_lost": [7]},
     {"for": "15m", "noise_dropped": 6, "actionable_lost": [7]}]}]})json";

inline constexpr const char* kTimeline = R"json({"entries": [
  {"id": 70, "at": "2026-03-01T14:02:10.250Z", "change": "opened", "incident": 12, "rule": "", "labels": {},
   "value": 0, "reason": "", "actor": "", "channel": ""},
  {"id": 71, "at": "2026-03-01T14:02:10.900Z", "change": "told", "incident": 12, "rule": "", "labels": {},
   "value": 0, "reason": "HTTP 200 (ok)",
                            "actor" : "", "channel" : "ops"
},
  {"id": 72, "at": "2026-03-01T14:03:30.000Z", "change": "cleared", "incident": 12, "rule": "u",
   "labels": {"alertname": "HighResponseTime", "service_name": "shop"},
   "value": 0, "reason": "auto", "actor": "", "channel": ""},
  {"id": 73, "at": "2026-03-01T14:04:00.000Z", "change": "acknowledged", "incident": 12, "rule": "", "labels": {},
   "value": 0, "reason": "rolling back", "actor": "ann", "channel": ""}], "after": 73
})json";

inline constexpr const char* kSilences = R"json([
  {"comment": "load test", "createdBy": "ann", "endsAt": "2026-03-01T16:00:00.000Z",
   "id": "4b1c1c9e-6a2f-4d3b-9c11-0242ac120002",
   "matchers": [{"isEqual": true, "isRegex": false, "name": "alertname", "value": "HighErrorRate"},
                {"isEqual": true, "isRegex": true, "name": "service_name", "value": "shop|cart"}],
   "startsAt": "2026-03-01T14:00:00.000Z", "status": {"state": "active"}, "updatedAt": "2026-03-01T14:00:00.000Z"},
  {"comment": "over", "createdBy": "ben", "endsAt": "2026-03-01T12:00:00.000Z",
   "id": "77c0a1de-1f0e-4b52-8a57-1f2e3d4c5b6a",
   "matchers": [{"isEqual": true, "isRegex": false, "name": "a", "value": "b"}],
   "startsAt": "2026-03-01T11:00:00.000Z", "status": {"state": "expired"}, "updatedAt": "2026-03-01T11:00:00.000Z"}])json";

inline constexpr const char* kPreview = R"json({"alerts": [
  {"alert": "HighErrorRate", "labels": {"alertname": "HighErrorRate", "service_name": "shop"},
   "fired_at": "2026-02-27T03:10:00.000Z", "cleared_at": "2026-02-27T03:25:00.000Z"},
  {"alert": "HighResponseTime", "labels": {"alertname": "HighResponseTime", "service_name": "shop"},
   "fired_at": "2026-03-01T14:00:30.000Z", "cleared_at": null}]})json";

inline constexpr const char* kDeliveries = R"json({"deliveries": [
  {"id": "0c2f7f5e9a41d7b3", "channel": "team", "state": "dead", "kind": "firing", "incident": 12, "occurrence": 1,
   "number": 1, "receiver": "pager", "alert": "HighErrorRate", "severity": "critical", "summary": "", "attempts": 1,
   "uncertain_attempts": 0, "created_at": "2026-03-01T14:02:10.250Z", "due_at": "2026-03-01T14:02:10.250Z",
   "expires_at": "2026-03-02T14:02:10.250Z", "ended_at": "2026-03-01T14:02:11.000Z", "answer": "",
   "last_error": "550 no such user", "instead_of": ""},
  {"id": "5d90b1aa37ce4f12", "channel": "ops", "state": "sent", "kind": "firing", "incident": 12, "occurrence": 1,
   "number": 1, "receiver": "pager", "alert": "HighErrorRate", "severity": "critical", "summary": "", "attempts": 2,
   "uncertain_attempts": 0, "created_at": "2026-03-01T14:02:10.250Z", "due_at": "2026-03-01T14:02:10.250Z",
   "expires_at": "2026-03-02T14:02:10.250Z", "ended_at": "2026-03-01T14:02:12.000Z", "answer": "HTTP 200 (ok)",
                            "last_error" : "HTTP 503", "instead_of" : ""
}]
})json";

inline const std::string kOverrides = R"({"overrides": [{"id": "4b1c1c9e-6a2f-4d3b-9c11-0242ac120002",
  "schedule": "primary", "person": "bob", "replaces": null, "from": "2026-06-01T12:00:00Z",
  "until": "2026-06-01T16:00:00Z", "author": "ann", "comment": "dentist"}], "temporary": []})";

}  // namespace sonde::cli
