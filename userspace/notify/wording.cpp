#include "notify/wording.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>

#include "base/quantity.h"
#include "base/utf8.h"

namespace sonde::notify {

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

std::string headline(const Notification& notification, bool may_be_repeat) {
  constexpr std::size_t kLongestName = 200;
  std::string text = notification.test ? "TEST " : "";
  text += notification.firing ? "FIRING " : "RESOLVED ";
  text += rules::name_of(notification.severity);
  const std::string& where = notification.service.empty() ? notification.host : notification.service;
  text += ": " + shorten(notification.rule, kLongestName) + " on " + shorten(where, kLongestName);
  return may_be_repeat ? text + " (may be a repeat)" : text;
}

std::string other_labels(const Notification& notification) {
  std::string text;
  for (const measure::Label& label : notification.labels) {
    if (label.name == "alertname" || label.name == "severity" || label.name == "service_name") continue;
    text += (text.empty() ? "" : ", ") + label.name + "=" + label.value;
  }
  return text;
}

std::string lasted(const Notification& notification) {
  const auto duration = std::chrono::floor<std::chrono::seconds>(notification.at - notification.started_at);
  return format_duration(std::max(std::chrono::seconds{0}, duration));
}

bool is_web_link(std::string_view text) {
  if (!text.starts_with("https://") && !text.starts_with("http://")) return false;
  return std::none_of(text.begin(), text.end(), [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte <= 0x20 || byte >= 0x7F || std::string_view("<>|\"").find(letter) != std::string_view::npos;
  });
}

}  // namespace sonde::notify
