#pragma once

// Answers of a daemon about its alerts, as the documentation of the verbs shows them.
namespace sonde::cli {

inline constexpr const char* kIncident = R"json({
  "id": 12, "version": 3, "occurrence": 1, "status": "acknowledged", "severity": "critical",
  "highest_severity": "critical", "receiver": "pager", "group_key": "99c8a588043b33dd",
  "group_labels": {"service_name": "shop"}, "opened_at": "2026-03-01T14:02:10.250Z",
  "changed_at": "2026-03-01T14:04:00.000Z", "resolved_at": null, "resolve_reason": "",
  "acknowledged_at": "2026-03-01T14:04:00.000Z", "acknowledged_by": ["ann"], "until": "2026-03-01T14:34:00.000Z",
  "assignee": "", "told": true, "messages": 2, "previous": 9, "merged_into": null, "alerts": [
    {"alert": "HighErrorRate", "severity": "critical", "labels": {"alertname": "HighErrorRate", "service_name": "shop"},
     "annotations": {}, "firing": true, "flapping": false, "held_by": [], "value": 0.25,
     "started_at": "2026-03-01T14:00:10.000Z", "joined_at": "2026-03-01T14:02:10.250Z", "ended_at": null, "reason": ""},
    {"alert": "HighResponseTime", "severity": "warning",
     "labels": {"alertname": "HighResponseTime", "service_name": "shop"}, "annotations": {}, "firing": false,
     "flapping": false, "held_by": [], "value": 1.5, "started_at": "2026-03-01T14:00:30.000Z",
     "joined_at": "2026-03-01T14:02:10.250Z", "ended_at": "2026-03-01T14:03:30.000Z", "reason": "auto"}]})json";

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

}  // namespace sonde::cli
