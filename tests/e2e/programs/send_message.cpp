// Sends one notification by the real sender of a channel: both stand as JSON on standard input. What became of the
// attempt is one line of JSON on standard output.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "notify/curl_http_client.h"
#include "notify/curl_mail_client.h"
#include "notify/digest.h"
#include "notify/posix_program_runner.h"
#include "notify/senders.h"
#include "notify/types.h"

namespace {

using nlohmann::json;
using namespace sonde;
using namespace sonde::notify;

// units: seconds since the Unix epoch.
WallTime moment_of(const json& seconds) {
  return WallTime{std::chrono::milliseconds{static_cast<std::int64_t>(seconds.get<double>() * 1'000)}};
}

std::vector<measure::Label> labels_of(const json& object) {
  std::vector<measure::Label> labels;
  for (const auto& [name, value] : object.items()) labels.push_back({name, value.get<std::string>()});
  return labels;
}

AlertLine alert_of(const json& given) {
  AlertLine alert{.firing = !given.contains("ended_at"),
                  .labels = labels_of(given.at("labels")),
                  .annotations = labels_of(given.value("annotations", json::object())),
                  .value = given.value("value", 0.0),
                  .started_at = moment_of(given.at("started_at"))};
  if (!alert.firing) alert.ended_at = moment_of(given.at("ended_at"));
  alert.generator_url = given.value("generator_url", "");
  return alert;
}

MessageKind kind_of(const std::string& name) {
  for (const MessageKind kind : {MessageKind::kFiring, MessageKind::kUpdate, MessageKind::kRepeat,
                                 MessageKind::kResolved, MessageKind::kAcknowledged, MessageKind::kNoticed}) {
    if (name_of(kind) == name) return kind;
  }
  throw std::invalid_argument("no kind " + name);
}

Notification notification_of(const json& given) {
  Notification notification;
  notification.kind = kind_of(given.value("kind", "firing"));
  notification.firing = notification.kind != MessageKind::kResolved;
  notification.incident = given.value("incident", 0);
  notification.number = given.value("number", 1U);
  notification.receiver = given.value("receiver", "");
  notification.group_key = given.value("group_key", "");
  notification.group_labels = labels_of(given.value("group_labels", json::object()));
  for (const json& alert : given.at("alerts")) notification.alerts.push_back(alert_of(alert));
  const AlertLine& worst = notification.alerts.at(0);
  notification.rule = measure::value_of(worst.labels, "alertname");
  notification.severity = rules::severity_of(worst.labels);
  notification.service = measure::value_of(worst.labels, "service_name");
  notification.labels = worst.labels;
  notification.summary = measure::value_of(worst.annotations, "summary");
  notification.description = measure::value_of(worst.annotations, "description");
  notification.started_at = worst.started_at;
  notification.at = moment_of(given.at("at"));
  notification.host = given.value("host", "web-1");
  notification.reason = given.value("reason", "");
  notification.actor = given.value("actor", "");
  notification.assignee = given.value("assignee", "");
  notification.incident_url = given.value("incident_url", "");
  notification.acknowledge_url = given.value("acknowledge_url", "");
  notification.dedup_key = given.at("dedup_key");
  return notification;
}

Destination destination_of(const json& given) {
  const std::string kind = given.at("kind");
  const std::string url = given.value("url", "");
  if (kind == "slack") return SlackWebhook{url};
  if (kind == "bot") return SlackBot{"xoxb-test", "#ops", url};
  if (kind == "pagerduty") return PagerDuty{"0123456789abcdef0123456789abcdef", url};
  if (kind == "alertmanager") return Alertmanager{.urls = {url}};
  if (kind == "webhook") {
    Webhook webhook{.url = url};
    webhook.max_alerts = given.value("max_alerts", 0U);
    return webhook;
  }
  if (kind != "email") throw std::invalid_argument("no kind of channel " + kind);
  Email email{.host = "127.0.0.1"};
  email.port = given.at("port");
  email.tls = MailTls::kNone;
  email.from = {"Sonde", "sonde@shop.example"};
  email.to = {{"", "ops@shop.example"}};
  return email;
}

std::string name_of_outcome(Outcome outcome) {
  switch (outcome) {
    case Outcome::kDelivered:
      return "delivered";
    case Outcome::kRetry:
      return "retry";
    case Outcome::kPause:
      return "pause";
    case Outcome::kRefused:
      return "refused";
  }
  return {};
}

json send(const json& given) {
  const Channel channel{"test", destination_of(given.at("channel"))};
  const Notification notification = notification_of(given.at("notification"));
  const auto http = CurlHttpClient::create("sonde-test");
  const auto mail = CurlMailClient::create();
  if (!http || !mail) throw std::runtime_error("libcurl does not start");
  PosixProgramRunner programs;
  const auto sender = make_sender(channel, {**http, **mail, programs}, std::chrono::seconds{20});
  Outgoing outgoing{
      .notification = notification, .id = delivery_id(notification, channel.name), .now = notification.at};
  outgoing.instead_of = given.value("instead_of", "");
  if (given.contains("receipt")) outgoing.incident = {given["receipt"].at(0), given["receipt"].at(1), ""};
  const Attempt attempt = sender->send(outgoing);
  return {{"outcome", name_of_outcome(attempt.outcome)},
          {"error", attempt.error},
          {"receipt", {attempt.receipt.id, attempt.receipt.place, attempt.receipt.reply}}};
}

}  // namespace

int main() {
  try {
    const std::string text((std::istreambuf_iterator<char>(std::cin)), std::istreambuf_iterator<char>());
    std::puts(send(json::parse(text)).dump().c_str());
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "send_message: %s\n", fault.what());
    return 1;
  }
  return 0;
}
