#include "notify/wording.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "base/quantity.h"
#include "base/utf8.h"

namespace sonde::notify {
namespace {

using measure::value_of;

constexpr std::size_t kLongestName = 200;

std::string_view word_of(const Notification& notification) {
  if (notification.notice) return "NOTICE";
  if (!notification.firing) return "RESOLVED";
  switch (notification.kind) {
    case MessageKind::kFiring:
    case MessageKind::kUpdate:
      return "FIRING";
    case MessageKind::kRepeat:
      return "STILL FIRING";
    case MessageKind::kResolved:
      return "RESOLVED";
    case MessageKind::kAcknowledged:
      return "ACKNOWLEDGED";
    case MessageKind::kNoticed:
      return "NOTED";
  }
  std::abort();
}

std::string name_and_place(const std::string& name, const std::string& place) {
  return shorten(name, kLongestName) + " on " + shorten(place, kLongestName);
}

/// What stands behind the state: `critical: HighErrorRate on checkout, and 2 more (by anna)`.
std::string about(const Notification& notification, const Remarks& remarks) {
  const std::string& place = notification.service.empty() ? notification.host : notification.service;
  std::string text = std::string(rules::name_of(notification.severity)) + ": ";
  text += name_and_place(notification.rule, place);
  const std::size_t firing = firing_count(notification);
  const std::size_t told = firing == 0 ? notification.alerts.size() : firing;
  if (told > 1) text += ", and " + std::to_string(told - 1) + " more";
  if (is_about_people(notification.kind) && !notification.actor.empty()) {
    text += " (by " + shorten(notification.actor, kLongestName) + ")";
  }
  if (!remarks.instead_of.empty()) text += " (in place of " + shorten(remarks.instead_of, kLongestName) + ")";
  return remarks.may_be_repeat ? text + " (may be a repeat)" : text;
}

}  // namespace

std::string rfc3339(WallTime at) {
  const auto second = std::chrono::floor<std::chrono::seconds>(at);
  const auto millisecond = std::chrono::floor<std::chrono::milliseconds>(at - second).count();
  const std::time_t unix_seconds = second.time_since_epoch().count();
  std::tm utc{};
  gmtime_r(&unix_seconds, &utc);
  char day_and_time[48];
  std::strftime(day_and_time, sizeof day_and_time, "%Y-%m-%dT%H:%M:%S", &utc);
  char fraction[24];
  std::snprintf(fraction, sizeof fraction, ".%03dZ", static_cast<int>(millisecond));
  return std::string(day_and_time) + fraction;
}

std::string time_of_day(WallTime at) {
  constexpr std::size_t kStart = std::string_view("2026-11-23T").size();
  constexpr std::size_t kLength = std::string_view("16:38:00").size();
  return rfc3339(at).substr(kStart, kLength);
}

std::string shorten(std::string_view text, std::size_t most) {
  std::string clean = sanitise_utf8(text);
  const auto starts_code_point = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  std::size_t code_points = 0;
  std::size_t cut = clean.size();
  for (std::size_t i = 0; i < clean.size(); ++i) {
    if (!starts_code_point(clean[i])) continue;
    if (code_points + 1 == most) cut = i;
    if (++code_points > most) return clean.substr(0, cut) + "\xE2\x80\xA6";
  }
  return clean;
}

bool fires(const Notification& notification, const AlertLine& alert) { return notification.firing && alert.firing; }

std::size_t firing_count(const Notification& notification) {
  return static_cast<std::size_t>(
      std::ranges::count_if(notification.alerts, [&](const AlertLine& alert) { return fires(notification, alert); }));
}

std::string headline(const Notification& notification, const Remarks& remarks) {
  return std::string(notification.test ? "TEST " : "") + std::string(word_of(notification)) + " " +
         about(notification, remarks);
}

std::string subject(const Notification& notification, const Remarks& remarks) {
  std::string state(notification.kind == MessageKind::kRepeat ? "FIRING" : word_of(notification));
  if (notification.firing && !notification.notice)
    state += ":" + std::to_string(std::max<std::size_t>(1, firing_count(notification)));
  return std::string(notification.test ? "TEST " : "") + "[" + state + "] " + about(notification, remarks);
}

std::string line_of(const Notification& notification, const AlertLine& alert) {
  constexpr std::size_t kLongestLabels = 150;
  std::string text = fires(notification, alert) || !notification.firing ? "" : "over, ";
  text += std::string(value_of(alert.labels, "severity")) + ": ";
  const std::string service(value_of(alert.labels, "service_name"));
  text +=
      name_and_place(std::string(value_of(alert.labels, "alertname")), service.empty() ? notification.host : service);
  const std::string others = other_labels(alert.labels);
  if (!others.empty()) text += " (" + shorten(others, kLongestLabels) + ")";
  const std::string_view summary = value_of(alert.annotations, "summary");
  return summary.empty() ? text : text + ": " + shorten(summary, kLongestName);
}

std::string count_of(const Notification& notification) {
  const std::size_t firing = firing_count(notification);
  const std::size_t over = notification.alerts.size() - firing;
  if (firing == 0) return std::to_string(over) + " over";
  return std::to_string(firing) + " firing" + (over == 0 ? "" : ", " + std::to_string(over) + " over");
}

std::string other_labels(const std::vector<measure::Label>& labels) {
  std::string text;
  for (const measure::Label& label : labels) {
    if (label.name == "alertname" || label.name == "severity" || label.name == "service_name") continue;
    text += (text.empty() ? "" : ", ") + label.name + "=" + label.value;
  }
  return text;
}

std::string lasted(const Notification& notification) {
  const auto duration = std::chrono::floor<std::chrono::seconds>(notification.at - notification.started_at);
  return format_duration(std::max(std::chrono::seconds{0}, duration));
}

std::string external_url(const Notification& notification) {
  const std::string path = "/incidents/" + std::to_string(notification.incident);
  const std::string& url = notification.incident_url;
  return url.ends_with(path) ? url.substr(0, url.size() - path.size()) : std::string();
}

bool is_web_link(std::string_view text) {
  if (!text.starts_with("https://") && !text.starts_with("http://")) return false;
  return std::none_of(text.begin(), text.end(), [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte <= 0x20 || byte >= 0x7F || std::string_view("<>|\"").find(letter) != std::string_view::npos;
  });
}

}  // namespace sonde::notify
