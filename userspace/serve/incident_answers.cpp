#include "serve/incident_answers.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "rules/types.h"
#include "serve/json_labels.h"
#include "serve/timestamp.h"

namespace sonde::serve {
namespace {

// Keeps fields in the order they are written here, which is the order people read them in.
using Json = nlohmann::ordered_json;

std::string dump(const Json& json) {
  // Labels and answers of receivers may hold a byte that is not UTF-8: it becomes U+FFFD instead of an exception.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json time_or_null(bool is_there, WallTime at) { return is_there ? Json(rfc3339_ms(at)) : Json(nullptr); }

Json id_or_null(std::int64_t id) { return id == 0 ? Json(nullptr) : Json(id); }

/// JSON has neither infinities nor NaN.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json alert_row(const alerts::IncidentAlert& alert) {
  const alerts::Problem& problem = alert.problem;
  return Json{{"alert", measure::value_of(problem.labels, "alertname")},
              {"severity", rules::name_of(problem.severity)},
              {"labels", labels_object(problem.labels)},
              {"annotations", labels_object(problem.annotations)},
              {"firing", alert.firing},
              {"flapping", problem.flapping},
              {"held_by", problem.held_by},
              {"value", number(problem.value)},
              {"started_at", rfc3339_ms(problem.started_at.wall)},
              {"joined_at", rfc3339_ms(alert.joined_at.wall)},
              {"ended_at", time_or_null(!alert.firing, alert.ended_at.wall)},
              {"reason", alert.reason}};
}

Json time_or_null(const std::optional<alerts::Moment>& at) { return at ? Json(rfc3339_ms(at->wall)) : Json(nullptr); }

Json review_row(const alerts::Review& review) {
  return Json{{"cause", review.cause},
              {"action", review.action},
              {"verdict", name_of(review.verdict)},
              {"follow_up", review.follow_up},
              {"author", review.author},
              {"at", rfc3339_ms(review.at.wall)},
              {"state", name_of(review.state)},
              {"fixed_at", time_or_null(review.fixed_at)},
              {"watch_until", time_or_null(review.watch_until)},
              {"came_back_as", id_or_null(review.came_back_as)}};
}

Json review_or_null(std::int64_t incident, std::span<const alerts::Review> reviews) {
  const auto found = std::ranges::find(reviews, incident, &alerts::Review::incident);
  return found == reviews.end() ? Json(nullptr) : review_row(*found);
}

Json escalation_or_null(const std::optional<alerts::Escalation>& escalation) {
  if (!escalation) return nullptr;
  return Json{{"policy", escalation->policy},
              {"next_step", escalation->next_at ? Json(escalation->step) : Json(nullptr)},
              {"next_at", time_or_null(escalation->next_at)},
              {"round", escalation->round + 1},
              {"paused", escalation->paused_at.has_value()},
              {"exhausted", escalation->exhausted},
              {"called", escalation->called}};
}

Json incident_row(const alerts::Incident& incident, std::span<const alerts::Review> reviews) {
  const bool is_resolved = incident.status == alerts::IncidentStatus::kResolved;
  Json alerts = Json::array();
  for (const alerts::IncidentAlert& alert : incident.alerts) alerts.push_back(alert_row(alert));
  return Json{{"id", incident.id},
              {"version", incident.version},
              {"occurrence", incident.occurrence},
              {"status", name_of(incident.status)},
              {"severity", rules::name_of(incident.severity)},
              {"highest_severity", rules::name_of(incident.highest)},
              {"receiver", incident.group.receiver},
              {"group_key", incident.group.key},
              {"group_labels", labels_object(incident.group_labels)},
              {"opened_at", rfc3339_ms(incident.opened_at.wall)},
              {"changed_at", rfc3339_ms(incident.changed_at.wall)},
              {"resolved_at", time_or_null(is_resolved, incident.resolved_at.wall)},
              {"resolve_reason", incident.resolve_reason},
              {"acknowledged_at", time_or_null(incident.acknowledged_at)},
              {"acknowledged_by", incident.acknowledged_by},
              {"until", time_or_null(incident.until)},
              {"assignee", incident.assignee},
              {"told", incident.told},
              {"messages", incident.pages},
              {"previous", id_or_null(incident.previous)},
              {"merged_into", id_or_null(incident.merged_into)},
              {"review", review_or_null(incident.id, reviews)},
              {"escalation", escalation_or_null(incident.escalation)},
              {"alerts", std::move(alerts)}};
}

Json entry_row(const history::StoredEntry& stored) {
  const alerts::TimelineEntry& entry = stored.entry;
  return Json{{"id", stored.id},
              {"at", rfc3339_ms(entry.at.wall)},
              {"change", name_of(entry.change)},
              {"incident", id_or_null(entry.incident)},
              {"rule", entry.uid},
              {"labels", labels_object(entry.labels)},
              {"value", number(entry.value)},
              {"reason", entry.reason},
              {"actor", entry.actor},
              {"channel", entry.channel}};
}

bool has_ended(notify::DeliveryState state) {
  switch (state) {
    case notify::DeliveryState::kQueued:
    case notify::DeliveryState::kLeased:
    case notify::DeliveryState::kRetryWait:
    case notify::DeliveryState::kUnknown:
      return false;
    case notify::DeliveryState::kSent:
    case notify::DeliveryState::kDead:
    case notify::DeliveryState::kCancelled:
    case notify::DeliveryState::kSuperseded:
      return true;
  }
  std::abort();
}

Json delivery_row(const notify::Delivery& delivery) {
  const notify::Notification nothing;
  const notify::Notification& said = delivery.notification == nullptr ? nothing : *delivery.notification;
  return Json{{"id", delivery.id},
              {"channel", delivery.channel},
              {"state", name_of(delivery.state)},
              {"kind", name_of(said.kind)},
              {"incident", id_or_null(said.incident)},
              {"occurrence", said.occurrence},
              {"number", said.number},
              {"receiver", said.receiver},
              {"alert", said.rule},
              {"severity", rules::name_of(said.severity)},
              {"summary", said.summary},
              {"attempts", delivery.attempts},
              {"uncertain_attempts", delivery.uncertain},
              {"created_at", rfc3339_ms(delivery.created_at)},
              {"due_at", rfc3339_ms(delivery.due_at)},
              {"expires_at", rfc3339_ms(delivery.expires_at)},
              {"ended_at", time_or_null(has_ended(delivery.state), delivery.ended_at)},
              {"answer", delivery.receipt.reply},
              {"last_error", delivery.last_error},
              {"instead_of", delivery.instead_of}};
}

template <class Rows, class Row>
Json list_of(const Rows& rows, Json (*row_of)(const Row&)) {
  Json list = Json::array();
  for (const auto& row : rows) list.push_back(row_of(row));
  return list;
}

Json past_row(const alerts::PastAlert& alert) {
  return Json{{"alert", measure::value_of(alert.labels, "alertname")},
              {"labels", labels_object(alert.labels)},
              {"fired_at", rfc3339_ms(alert.fired_at)},
              {"cleared_at", alert.cleared_at ? Json(rfc3339_ms(*alert.cleared_at)) : Json(nullptr)}};
}

}  // namespace

std::string incident_json(const alerts::Incident& incident, std::span<const alerts::Review> reviews) {
  return dump(incident_row(incident, reviews));
}

std::string incidents_json(std::span<const alerts::Incident> incidents, std::span<const alerts::Review> reviews,
                           const std::string& next) {
  Json rows = Json::array();
  for (const alerts::Incident& incident : incidents) rows.push_back(incident_row(incident, reviews));
  return dump(Json{{"incidents", std::move(rows)}, {"next", next.empty() ? Json(nullptr) : Json(next)}});
}

std::string refusal_json(const std::string& why, const alerts::Incident& incident,
                         std::span<const alerts::Review> reviews) {
  return dump(Json{{"error", why}, {"incident", incident_row(incident, reviews)}});
}

std::string timeline_json(std::span<const history::StoredEntry> entries, std::int64_t after) {
  return dump(Json{{"entries", list_of(entries, entry_row)}, {"after", entries.empty() ? after : entries.back().id}});
}

std::string delivery_json(const notify::Delivery& delivery) { return dump(delivery_row(delivery)); }

std::string deliveries_json(std::span<const notify::Delivery> deliveries) {
  return dump(Json{{"deliveries", list_of(deliveries, delivery_row)}});
}

std::string past_alerts_json(std::span<const alerts::PastAlert> alerts) {
  return dump(Json{{"alerts", list_of(alerts, past_row)}});
}

}  // namespace sonde::serve
