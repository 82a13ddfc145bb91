#include "notify/mail_message.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

#include "notify/digest.h"
#include "notify/mime.h"
#include "notify/wording.h"

namespace sonde::notify {
namespace {

constexpr std::size_t kLongestText = 4'000;

/// One line of what is known: `Service  checkout`.
struct Fact {
  std::string name;
  std::string value;
};

std::string date_and_time(WallTime at) {
  constexpr std::size_t kDay = std::string_view("2026-11-23").size();
  return rfc3339(at).substr(0, kDay) + " " + time_of_day(at) + " UTC";
}

std::vector<Fact> facts_of(const Notification& notification) {
  std::vector<Fact> facts;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) facts.push_back({name, shorten(value, kLongestText)});
  };
  add("Service", notification.service);
  add("Host", notification.host);
  add("Labels", other_labels(notification));
  add("Since", date_and_time(notification.started_at));
  if (!notification.firing) add("Lasted", lasted(notification));
  add("Why now", notification.reason);
  add("Runbook", notification.runbook_url);
  add("Acknowledge", notification.acknowledge_url);
  return facts;
}

std::string plain_text(const Outgoing& outgoing) {
  constexpr std::size_t kNameWidth = 13;
  const Notification& notification = outgoing.notification;
  std::string text = headline(notification, outgoing.may_be_repeat) + "\n";
  if (!notification.summary.empty()) text += shorten(notification.summary, kLongestText) + "\n";
  text += "\n";
  for (const Fact& fact : facts_of(notification)) {
    text += fact.name + std::string(kNameWidth - fact.name.size(), ' ') + fact.value + "\n";
  }
  if (notification.firing && !notification.description.empty()) {
    text += "\n" + shorten(notification.description, kLongestText) + "\n";
  }
  if (!notification.evidence.empty()) text += "\nWhat happened (UTC)\n";
  for (const std::string& event : notification.evidence) text += "  " + shorten(event, kLongestText) + "\n";
  return text + "\n-- \nSonde on " + shorten(notification.host, kLongestText) + "\n";
}

std::string_view colour_of(const Notification& notification) {
  if (!notification.firing) return "#2eb67d";
  switch (notification.severity) {
    case rules::Severity::kInfo:
      return "#1264a3";
    case rules::Severity::kWarning:
      return "#b87800";
    case rules::Severity::kCritical:
      return "#e01e5a";
  }
  return "";
}

std::string html_of(const Fact& fact) {
  const std::string value = escape_html(fact.value);
  const std::string shown = is_web_link(fact.value) ? "<a href=\"" + value + "\">" + value + "</a>" : value;
  return "<tr><td style=\"color:#666;padding:2px 12px 2px 0;vertical-align:top\">" + fact.name +
         "</td><td style=\"padding:2px 0;word-break:break-word\">" + shown + "</td></tr>\n";
}

std::string paragraph(const std::string& text) { return "<p>" + escape_html(shorten(text, kLongestText)) + "</p>\n"; }

/// Styles stand at the elements: mail programs drop all others. Nothing is fetched from anywhere.
std::string html(const Outgoing& outgoing) {
  const Notification& notification = outgoing.notification;
  std::string text =
      "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"></head>\n"
      "<body style=\"font-family:sans-serif;font-size:16px;line-height:1.4;max-width:40em;margin:0;padding:12px\">\n";
  text += "<h1 style=\"font-size:20px;margin:0 0 8px;color:" + std::string(colour_of(notification)) + "\">" +
          escape_html(headline(notification, outgoing.may_be_repeat)) + "</h1>\n";
  if (!notification.summary.empty()) text += paragraph(notification.summary);
  text += "<table style=\"border-collapse:collapse\">\n";
  for (const Fact& fact : facts_of(notification)) text += html_of(fact);
  text += "</table>\n";
  if (notification.firing && !notification.description.empty()) text += paragraph(notification.description);
  if (!notification.evidence.empty()) text += "<p>What happened (UTC)</p>\n<ul>\n";
  for (const std::string& event : notification.evidence) {
    text += "<li>" + escape_html(shorten(event, kLongestText)) + "</li>\n";
  }
  if (!notification.evidence.empty()) text += "</ul>\n";
  return text + "<p style=\"color:#666;font-size:13px\">Sonde on " +
         escape_html(shorten(notification.host, kLongestText)) + "</p>\n</body></html>\n";
}

/// What stands behind the @ of a Message-ID (RFC 5322, 3.6.4): the host, as far as it can stand there.
std::string id_host(const Notification& notification) {
  std::string host;
  for (const char letter : notification.host) {
    const bool fits = std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '-' || letter == '.';
    if (fits) host += letter;
  }
  const bool is_name =
      !host.empty() && host.front() != '.' && host.back() != '.' && host.find("..") == std::string::npos;
  return is_name ? host : "localhost";
}

/// No message has it: programs show what names the same one together nevertheless.
std::string incident_id(const Notification& notification) {
  constexpr std::size_t kDigits = 32;
  return "<incident-" + sha256_hex(notification.dedup_key).substr(0, kDigits) + "@" + id_host(notification) + ">";
}

std::string part(const std::string& boundary, const std::string& type, const std::string& text) {
  return "--" + boundary + "\r\nContent-Type: " + type +
         "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted_printable(text) + "\r\n";
}

}  // namespace

std::string message_id(const Outgoing& outgoing) {
  return "<" + outgoing.id + "@" + id_host(outgoing.notification) + ">";
}

std::string mail_message(const Email& channel, const Outgoing& outgoing) {
  const Notification& notification = outgoing.notification;
  const std::string incident = incident_id(notification);
  // `=_` is nothing that quoted-printable ever writes.
  const std::string boundary = "=_" + outgoing.id;
  std::string text = header_line("Date", mail_date(notification.at));
  text += address_line("From", {channel.from});
  text += address_line("To", channel.to);
  text += header_line("Subject", headline(notification, outgoing.may_be_repeat));
  text += header_line("Message-ID", message_id(outgoing));
  text += header_line("In-Reply-To", incident);
  text += header_line("References", incident);
  // RFC 3834: nobody's absence note answers it.
  text += header_line("Auto-Submitted", "auto-generated");
  if (notification.firing && notification.severity == rules::Severity::kCritical) {
    text += header_line("Importance", "high");
  }
  text += "MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary=\"" + boundary + "\"\r\n\r\n";
  text += part(boundary, "text/plain", plain_text(outgoing));
  text += part(boundary, "text/html", html(outgoing));
  return text + "--" + boundary + "--\r\n";
}

}  // namespace sonde::notify
