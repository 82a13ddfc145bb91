#include "notify/mail_message.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

#include "base/html_text.h"
#include "notify/digest.h"
#include "notify/facts.h"
#include "notify/mime.h"
#include "notify/wording.h"

namespace sonde::notify {
namespace {

constexpr std::size_t kLongestText = 4'000;

/// Alerts of one message; of more, it says how many there are.
constexpr std::size_t kMostAlerts = 50;

/// What stands in the text for a fact, which has no links with words.
std::string plain_text_of(const Fact& fact) {
  if (fact.url.empty()) return fact.text;
  return fact.name == "Incident" ? fact.text + "  " + fact.url : fact.url;
}

/// Every alert on a line, if there are several; the last one counts those that are left out.
std::vector<std::string> alert_lines(const Notification& notification) {
  std::vector<std::string> lines;
  const std::size_t all = notification.alerts.size();
  if (all < 2) return lines;
  const std::size_t shown = std::min(all, kMostAlerts);
  for (std::size_t i = 0; i < shown; ++i) lines.push_back(line_of(notification, notification.alerts[i]));
  if (shown == all) return lines;
  const std::string& url = notification.incident_url;
  lines.push_back("+" + std::to_string(all - shown) + " more" + (url.empty() ? "" : ": " + url));
  return lines;
}

std::string plain_text(const Outgoing& outgoing) {
  constexpr std::size_t kNameWidth = 13;
  const Notification& notification = outgoing.notification;
  std::string text = headline(notification, remarks_of(outgoing)) + "\n";
  if (!notification.summary.empty()) text += shorten(notification.summary, kLongestText) + "\n";
  text += "\n";
  for (const Fact& fact : facts_of(notification)) {
    text +=
        fact.name + std::string(kNameWidth - fact.name.size(), ' ') + shorten(plain_text_of(fact), kLongestText) + "\n";
  }
  if (notification.firing && !notification.description.empty()) {
    text += "\n" + shorten(notification.description, kLongestText) + "\n";
  }
  const std::vector<std::string> alerts = alert_lines(notification);
  if (!alerts.empty()) text += "\nAlerts: " + count_of(notification) + "\n";
  for (const std::string& alert : alerts) text += "  " + alert + "\n";
  if (!notification.evidence.empty()) text += "\nWhat happened (UTC)\n";
  for (const std::string& event : notification.evidence) text += "  " + shorten(event, kLongestText) + "\n";
  return text + "\n-- \nSonde on " + shorten(notification.host, kLongestText) + "\n";
}

std::string_view colour_of(const Notification& notification) {
  if (!notification.firing) return "#2eb67d";
  if (notification.kind == MessageKind::kAcknowledged) return "#666666";
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
  const std::string text = escape_html(shorten(fact.text, kLongestText));
  const std::string shown = fact.url.empty() ? text : "<a href=\"" + escape_html(fact.url) + "\">" + text + "</a>";
  return "<tr><td style=\"color:#666;padding:2px 12px 2px 0;vertical-align:top\">" + fact.name +
         "</td><td style=\"padding:2px 0;word-break:break-word\">" + shown + "</td></tr>\n";
}

std::string html_list(const std::string& title, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string text = "<p>" + escape_html(title) + "</p>\n<ul>\n";
  for (const std::string& line : lines) text += "<li>" + escape_html(shorten(line, kLongestText)) + "</li>\n";
  return text + "</ul>\n";
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
          escape_html(headline(notification, remarks_of(outgoing))) + "</h1>\n";
  if (!notification.summary.empty()) text += paragraph(notification.summary);
  text += "<table style=\"border-collapse:collapse\">\n";
  for (const Fact& fact : facts_of(notification)) text += html_of(fact);
  text += "</table>\n";
  if (notification.firing && !notification.description.empty()) text += paragraph(notification.description);
  text += html_list("Alerts: " + count_of(notification), alert_lines(notification));
  text += html_list("What happened (UTC)", notification.evidence);
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
  text += header_line("Subject", subject(notification, remarks_of(outgoing)));
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
