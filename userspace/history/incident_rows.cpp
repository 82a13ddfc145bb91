#include "history/incident_rows.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "history/alert_rows.h"
#include "history/json_arrays.h"
#include "history/row_fields.h"

namespace sonde::history {
namespace {

// The tables of fields, as in alert_rows.cpp.

template <class T, class Visit>
void visit_group(T& group, Visit&& visit) {
  auto& [receiver, key] = group;
  visit("receiver", receiver);
  visit("key", key);
}

template <class T, class Visit>
void visit_alert(T& alert, Visit&& visit) {
  auto& [problem, firing, joined_at, ended_at, reason, told_ended] = alert;
  visit("firing", firing);
  visit("joined_at", joined_at);
  visit("ended_at", ended_at);
  visit("reason", reason);
  visit("told_ended", told_ended);
  visit("problem", problem);
}

template <class T, class Visit>
void visit_call(T& call, Visit&& visit) {
  auto& [person, channel, due_at] = call;
  visit("person", person);
  visit("channel", channel);
  visit("due_at", due_at);
}

template <class T, class Visit>
void visit_escalation(T& escalation, Visit&& visit) {
  auto& [policy, run, step, step_number, round, next_at, paused_at, exhausted, pushes, pending, called, outstanding] =
      escalation;
  visit("policy", policy);
  visit("run", run);
  visit("step", step);
  visit("step_number", step_number);
  visit("round", round);
  visit("next_at", next_at);
  visit("paused_at", paused_at);
  visit("exhausted", exhausted);
  visit("pushes", pushes);
  visit("pending", pending);
  visit("called", called);
  visit("outstanding", outstanding);
}

template <class T, class Visit>
void visit_incident(T& incident, Visit&& visit) {
  auto& [id, occurrence, version, pages, group, merged_groups, group_labels, status, severity, highest, alerts,
         opened_at, resolved_at, changed_at, acknowledged_at, acknowledged_by, until, assignee, resolve_reason,
         previous, merged_into, channels, told, due_at, told_at, news, muted_by, runs, pushes, run_reason, held,
         escalation] = incident;
  visit("status", status);
  visit("severity", severity);
  visit("highest", highest);
  visit("occurrence", occurrence);
  visit("version", version);
  visit("pages", pages);
  visit("group", group);
  visit("merged_groups", merged_groups);
  visit("group_labels", group_labels);
  visit("opened_at", opened_at);
  visit("resolved_at", resolved_at);
  visit("changed_at", changed_at);
  visit("acknowledged_at", acknowledged_at);
  visit("acknowledged_by", acknowledged_by);
  visit("until", until);
  visit("assignee", assignee);
  visit("resolve_reason", resolve_reason);
  visit("previous", previous);
  visit("merged_into", merged_into);
  visit("told", told);
  visit("channels", channels);
  visit("due_at", due_at);
  visit("told_at_ns", told_at);
  visit("news", news);
  visit("muted_by", muted_by);
  visit("runs", runs);
  visit("pushes", pushes);
  visit("run_reason", run_reason);
  visit("held", held);
  visit("escalation", escalation);
  visit("alerts", alerts);
}

bool same_values(const alerts::Incident& left, const alerts::Incident& right) {
  return std::equal(left.alerts.begin(), left.alerts.end(), right.alerts.begin(), right.alerts.end(),
                    [](const alerts::IncidentAlert& one, const alerts::IncidentAlert& other) {
                      return same_bits(one.problem.value, other.problem.value);
                    });
}

}  // namespace

Json json_of(const alerts::IncidentGroup& value) {
  FieldWriter writer;
  visit_group(value, writer);
  return std::move(writer).json();
}

bool read(const Json& json, alerts::IncidentGroup& value) {
  FieldReader reader(json);
  visit_group(value, reader);
  return reader.fault.empty();
}

Json json_of(const alerts::IncidentAlert& value) {
  FieldWriter writer;
  visit_alert(value, writer);
  return std::move(writer).json();
}

bool read(const Json& json, alerts::IncidentAlert& value) {
  FieldReader reader(json);
  visit_alert(value, reader);
  return reader.fault.empty();
}

Json json_of(const alerts::PendingCall& value) {
  FieldWriter writer;
  visit_call(value, writer);
  return std::move(writer).json();
}

bool read(const Json& json, alerts::PendingCall& value) {
  FieldReader reader(json);
  visit_call(value, reader);
  return reader.fault.empty();
}

Json json_of(const alerts::Escalation& value) {
  FieldWriter writer;
  visit_escalation(value, writer);
  return std::move(writer).json();
}

bool read(const Json& json, alerts::Escalation& value) {
  FieldReader reader(json);
  visit_escalation(value, reader);
  return reader.fault.empty();
}

Json json_of(const std::vector<alerts::PendingCall>& value) { return array_of(value); }
bool read(const Json& json, std::vector<alerts::PendingCall>& value) { return read_array(json, value); }
Json json_of(const std::optional<alerts::Escalation>& value) { return value ? json_of(*value) : Json(); }
bool read(const Json& json, std::optional<alerts::Escalation>& value) { return read_optional(json, value); }
Json json_of(const std::vector<alerts::IncidentGroup>& value) { return array_of(value); }
Json json_of(const std::vector<alerts::IncidentAlert>& value) { return array_of(value); }
bool read(const Json& json, std::vector<alerts::IncidentGroup>& value) { return read_array(json, value); }
bool read(const Json& json, std::vector<alerts::IncidentAlert>& value) { return read_array(json, value); }

std::string body_of(const alerts::Incident& incident) {
  FieldWriter writer;
  visit_incident(incident, writer);
  return std::move(writer).text();
}

Result<alerts::Incident> incident_of(std::int64_t id, std::string_view body) {
  alerts::Incident incident;
  incident.id = id;
  FieldReader reader(body);
  visit_incident(incident, reader);
  return outcome(reader, std::move(incident));
}

bool is_same(const alerts::Incident& left, const alerts::Incident& right) {
  if (!same_values(left, right)) return false;
  if (left == right) return true;
  const bool any_nan = std::any_of(left.alerts.begin(), left.alerts.end(),
                                   [](const alerts::IncidentAlert& alert) { return std::isnan(alert.problem.value); });
  return any_nan && left.id == right.id && body_of(left) == body_of(right);
}

}  // namespace sonde::history
