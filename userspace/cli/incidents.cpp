#include "cli/incidents.h"

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "base/quantity.h"
#include "base/uuid.h"
#include "cli/incident_review.h"
#include "cli/table.h"
#include "cli/terminal.h"

namespace sonde::cli {
namespace {

constexpr std::string_view kIncidents = "/api/sonde/v1/incidents";

std::string path_of(std::uint64_t incident) { return std::string(kIncidents) + "/" + std::to_string(incident); }

/// What an incident is about: its worst alert, and how many more there are.
std::string headline(const AnswerJson& incident) {
  const AnswerJson& alerts = incident.at("alerts");
  if (alerts.empty()) return labels_in(incident, "group_labels");
  std::string text = text_in(alerts.front(), "alert");
  if (alerts.size() > 1) text += " and " + std::to_string(alerts.size() - 1) + " more";
  const std::string labels = labels_in(incident, "group_labels");
  return labels.empty() ? text : text + " (" + labels + ")";
}

/// Whoever has it: to whom it is assigned, or who has acknowledged it.
std::string owner_of(const AnswerJson& incident) {
  const std::string assignee = text_in(incident, "assignee");
  return assignee.empty() ? names_in(incident, "acknowledged_by") : assignee;
}

std::string status_of(const AnswerJson& incident) {
  const std::string until = time_in(incident, "until");
  return text_in(incident, "status") + (until.empty() ? "" : " until " + until);
}

void add_fact(std::string& text, std::string_view name, const std::string& value) {
  constexpr std::size_t kWidth = 14;
  if (value.empty()) return;
  std::string padded(name);
  padded.resize(std::max(kWidth, padded.size() + 1), ' ');
  text += padded + value + "\n";
}

std::string alert_lines(const AnswerJson& alerts, bool colour) {
  Table table;
  table.columns = {{.title = "ALERT", .align_right = false},
                   {.title = "SEVERITY", .align_right = false},
                   {.title = "STATE", .align_right = false},
                   {.title = "SINCE", .align_right = false},
                   {.title = "LABELS", .align_right = false}};
  for (const AnswerJson& alert : alerts) {
    const std::string severity = text_in(alert, "severity");
    const bool is_firing = alert.at("firing").get<bool>();
    table.rows.push_back({{text_in(alert, "alert")},
                          {severity, is_firing ? tint_of_severity(severity) : Tint::kNone},
                          {is_firing ? "firing" : "over"},
                          {is_firing ? time_in(alert, "started_at") : time_in(alert, "ended_at")},
                          {labels_in(alert, "labels")}});
  }
  return render_table(table, TableStyle{.colour = colour});
}

/// `by ann`, `through ops`, and what was said.
std::string detail_of(const AnswerJson& entry) {
  std::string text;
  const auto add = [&text](const std::string& more) { text += (text.empty() || more.empty() ? "" : " ") + more; };
  const std::string alert =
      entry.at("labels").contains("alertname") ? text_in(entry.at("labels"), "alertname") : std::string();
  add(alert);
  if (const std::string channel = text_in(entry, "channel"); !channel.empty()) add("through " + channel);
  if (const std::string actor = text_in(entry, "actor"); !actor.empty()) add("by " + actor);
  const std::string reason = text_in(entry, "reason");
  if (reason.empty()) return text;
  return text.empty() ? reason : text + ": " + reason;
}

std::string timeline_lines(const AnswerJson& timeline) {
  Table table;
  table.columns = {{.title = "TIME", .align_right = false},
                   {.title = "WHAT", .align_right = false},
                   {.title = "DETAILS", .align_right = false}};
  for (const AnswerJson& entry : timeline.at("entries")) {
    table.rows.push_back({{time_in(entry, "at")}, {text_in(entry, "change")}, {detail_of(entry)}});
  }
  return render_table(table, TableStyle{});
}

}  // namespace

std::string render_incidents(const AnswerJson& answer, bool colour) {
  const AnswerJson& incidents = answer.at("incidents");
  if (incidents.empty()) return "no incidents\n";
  Table table;
  table.columns = {{.title = "INCIDENT"},
                   {.title = "SEVERITY", .align_right = false},
                   {.title = "STATUS", .align_right = false},
                   {.title = "SINCE", .align_right = false},
                   {.title = "RECEIVER", .align_right = false},
                   {.title = "WHO", .align_right = false},
                   {.title = "WHAT", .align_right = false}};
  for (const AnswerJson& incident : incidents) {
    const std::string severity = text_in(incident, "severity");
    const bool is_open = text_in(incident, "status") != "resolved";
    table.rows.push_back({{number_in(incident, "id")},
                          {severity, is_open ? tint_of_severity(severity) : Tint::kNone},
                          {text_in(incident, "status")},
                          {time_in(incident, "opened_at")},
                          {text_in(incident, "receiver")},
                          {owner_of(incident)},
                          {headline(incident)}});
  }
  return render_table(table, TableStyle{.colour = colour});
}

std::string render_incident(const AnswerJson& incident, const AnswerJson& timeline, bool colour) {
  std::string text;
  add_fact(text, "incident", number_in(incident, "id"));
  add_fact(text, "severity", text_in(incident, "severity"));
  add_fact(text, "status", status_of(incident));
  add_fact(text, "opened", time_in(incident, "opened_at"));
  add_fact(text, "resolved", time_in(incident, "resolved_at"));
  add_fact(text, "because", text_in(incident, "resolve_reason"));
  add_fact(text, "receiver", text_in(incident, "receiver"));
  add_fact(text, "group", labels_in(incident, "group_labels"));
  add_fact(text, "assigned to", text_in(incident, "assignee"));
  add_fact(text, "acknowledged", names_in(incident, "acknowledged_by"));
  add_fact(text, "merged into", number_in(incident, "merged_into"));
  add_fact(text, "previous", number_in(incident, "previous"));
  add_fact(text, "version", number_in(incident, "version"));
  if (const AnswerJson& review = incident.at("review"); !review.is_null()) {
    text += "\n";
    add_fact(text, "verdict", text_in(review, "verdict"));
    add_fact(text, "cause", text_in(review, "cause"));
    add_fact(text, "action", text_in(review, "action"));
    add_fact(text, "follow-up", text_in(review, "follow_up"));
    add_fact(text, "fixed", state_of_fix(review));
    add_fact(text, "reviewed by", text_in(review, "author"));
  }
  text += "\n" + alert_lines(incident.at("alerts"), colour);
  return text + "\n" + timeline_lines(timeline);
}

std::string tell_incident(const AnswerJson& incident) {
  std::string text = "incident " + number_in(incident, "id") + " is " + text_in(incident, "status");
  const std::string by = names_in(incident, "acknowledged_by");
  if (text_in(incident, "status") == "acknowledged" && !by.empty()) text += " by " + by;
  if (const std::string until = time_in(incident, "until"); !until.empty()) text += " until " + until;
  if (const std::string assignee = text_in(incident, "assignee"); !assignee.empty())
    text += ", assigned to " + assignee;
  if (const std::string into = number_in(incident, "merged_into"); !into.empty()) text += ", merged into " + into;
  return text + "\n";
}

std::string order_body(const AlertsOrderCommand& command) {
  AnswerJson body = AnswerJson::object();
  body["author"] = command.author;
  if (command.length) body["for"] = format_duration(*command.length);
  if (command.renew) body["renew"] = true;
  if (!command.note.empty()) body["note"] = command.note;
  if (!command.to.empty()) body["to"] = command.to;
  if (command.into > 0) body["into"] = command.into;
  return body.dump(-1, ' ', false, AnswerJson::error_handler_t::replace);
}

Result<> run_alerts_list(const AlertsListCommand& command, const AnswerStreams& streams) {
  const std::string path =
      std::string(kIncidents) + "?limit=" + std::to_string(command.count) + (command.all ? "" : "&open=true");
  const std::string answer = SONDE_TRY(ask_alerting(command.address, {.method = "GET", .path_and_query = path}));
  if (command.output == OutputFormat::kJson) return write_all(streams.output_fd, SONDE_TRY(indented(answer)));
  const bool colour = is_coloured(command.no_color, streams.output_fd);
  return write_all(
      streams.output_fd,
      SONDE_TRY(put_into_words(answer, [colour](const AnswerJson& json) { return render_incidents(json, colour); })));
}

Result<> run_alerts_show(const AlertsShowCommand& command, const AnswerStreams& streams) {
  const std::string path = path_of(command.incident);
  const std::string incident = SONDE_TRY(ask_alerting(command.address, {.method = "GET", .path_and_query = path}));
  const std::string timeline =
      SONDE_TRY(ask_alerting(command.address, {.method = "GET", .path_and_query = path + "/timeline?limit=10000"}));
  const bool colour = is_coloured(command.no_color, streams.output_fd);
  const auto say = [&](const AnswerJson& json) {
    AnswerJson story = AnswerJson::parse(timeline);
    if (command.output == OutputFormat::kTable) return render_incident(json, story, colour);
    AnswerJson both = json;
    both["timeline"] = std::move(story.at("entries"));
    return both.dump(2, ' ', false, AnswerJson::error_handler_t::replace) + "\n";
  };
  return write_all(streams.output_fd, SONDE_TRY(put_into_words(incident, say)));
}

Result<> run_alerts_order(const AlertsOrderCommand& command, const AnswerStreams& streams) {
  HttpQuestion question{.method = "POST",
                        .path_and_query = path_of(command.incident) + "/" + command.order,
                        .json = order_body(command),
                        .idempotency_key = random_uuid()};
  if (command.version) question.if_match = "\"" + std::to_string(*command.version) + "\"";
  const std::string answer = SONDE_TRY(ask_alerting(command.address, question));
  if (command.output == OutputFormat::kJson) return write_all(streams.output_fd, SONDE_TRY(indented(answer)));
  return write_all(streams.output_fd, SONDE_TRY(put_into_words(answer, tell_incident)));
}

}  // namespace sonde::cli
