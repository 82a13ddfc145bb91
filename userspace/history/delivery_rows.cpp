#include "history/delivery_rows.h"

#include <utility>

#include "history/json_arrays.h"
#include "history/row_fields.h"

namespace sonde::history {
namespace {

// The tables of fields, as in alert_rows.cpp.

template <class T, class Visit>
void visit_receipt(T& receipt, Visit&& visit) {
  auto& [id, place, reply] = receipt;
  visit("id", id);
  visit("place", place);
  visit("reply", reply);
}

template <class T, class Visit>
void visit_line(T& line, Visit&& visit) {
  auto& [firing, labels, annotations, value, started_at, ended_at, reason, generator_url] = line;
  visit("firing", firing);
  visit("labels", labels);
  visit("annotations", annotations);
  visit("value", value);
  visit("started_at_ns", started_at);
  visit("ended_at_ns", ended_at);
  visit("reason", reason);
  visit("generator_url", generator_url);
}

template <class T, class Visit>
void visit_notification(T& notification, Visit&& visit) {
  auto& [kind, incident, occurrence, number, receiver, group_key, group_labels, alerts, actor, assignee, incident_url,
         firing, test, notice, unanswered, rule, severity, service, host, labels, reason, summary, description,
         runbook_url, acknowledge_url, value, started_at, at, dedup_key, evidence] = notification;
  visit("kind", kind);
  visit("incident", incident);
  visit("occurrence", occurrence);
  visit("number", number);
  visit("firing", firing);
  visit("rule", rule);
  visit("severity", severity);
  visit("service", service);
  visit("host", host);
  visit("summary", summary);
  visit("reason", reason);
  visit("receiver", receiver);
  visit("group_key", group_key);
  visit("group_labels", group_labels);
  visit("actor", actor);
  visit("assignee", assignee);
  visit("incident_url", incident_url);
  visit("test", test);
  visit("notice", notice);
  visit("unanswered", unanswered);
  visit("labels", labels);
  visit("description", description);
  visit("runbook_url", runbook_url);
  visit("acknowledge_url", acknowledge_url);
  visit("value", value);
  visit("started_at_ns", started_at);
  visit("at_ns", at);
  visit("dedup_key", dedup_key);
  visit("evidence", evidence);
  visit("alerts", alerts);
}

template <class T, class Visit>
void visit_delivery(T& delivery, Visit&& visit) {
  auto& [id, channel, notification, state, attempts, uncertain, created_at, due_at, expires_at, ended_at, remaining,
         receipt, last_error, instead_of] = delivery;
  visit("attempts", attempts);
  visit("uncertain", uncertain);
  visit("created_at_ns", created_at);
  visit("due_at_ns", due_at);
  visit("expires_at_ns", expires_at);
  visit("ended_at_ns", ended_at);
  visit("remaining", remaining);
  visit("receipt", receipt);
  visit("last_error", last_error);
  visit("instead_of", instead_of);
}

}  // namespace

Json json_of(const notify::Receipt& value) {
  FieldWriter writer;
  visit_receipt(value, writer);
  return std::move(writer).json();
}

bool read(const Json& json, notify::Receipt& value) {
  FieldReader reader(json);
  visit_receipt(value, reader);
  return reader.fault.empty();
}

Json json_of(const notify::AlertLine& value) {
  FieldWriter writer;
  visit_line(value, writer);
  return std::move(writer).json();
}

bool read(const Json& json, notify::AlertLine& value) {
  FieldReader reader(json);
  visit_line(value, reader);
  return reader.fault.empty();
}

Json json_of(const std::vector<notify::AlertLine>& value) { return array_of(value); }
bool read(const Json& json, std::vector<notify::AlertLine>& value) { return read_array(json, value); }

std::string body_of(const notify::Notification& notification) {
  FieldWriter writer;
  visit_notification(notification, writer);
  return std::move(writer).text();
}

std::string body_of(const notify::Delivery& delivery) {
  FieldWriter writer;
  visit_delivery(delivery, writer);
  return std::move(writer).text();
}

Result<std::shared_ptr<const notify::Notification>> notification_of(std::string_view body) {
  notify::Notification notification;
  FieldReader reader(body);
  visit_notification(notification, reader);
  auto read = SONDE_TRY(outcome(reader, std::move(notification)));
  return std::make_shared<const notify::Notification>(std::move(read));
}

Result<notify::Delivery> delivery_of(notify::Delivery delivery, std::string_view body) {
  FieldReader reader(body);
  visit_delivery(delivery, reader);
  return outcome(reader, std::move(delivery));
}

}  // namespace sonde::history
