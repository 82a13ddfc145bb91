#include "notify/facts.h"

#include <string_view>
#include <utility>

#include "notify/wording.h"

namespace sonde::notify {
namespace {

std::string date_and_time(WallTime at) {
  constexpr std::size_t kDay = std::string_view("2026-11-23").size();
  return rfc3339(at).substr(0, kDay) + " " + time_of_day(at) + " UTC";
}

/// The name of a link where it can be one, and the text itself where it cannot.
Fact link(const char* name, const char* words, const std::string& url) {
  return is_web_link(url) ? Fact{name, words, url} : Fact{name, url};
}

/// Annotations by which a rule says more, under whatever name people give them.
void add_annotations(const Notification& notification, std::vector<Fact>& facts) {
  constexpr std::pair<std::string_view, const char*> kShown[] = {
      {"threshold", "Threshold"}, {"trend", "Trend"}, {"likely_cause", "Likely cause"}, {"dashboard_url", "Dashboard"}};
  if (notification.alerts.empty()) return;
  for (const auto& [annotation, name] : kShown) {
    const std::string text(measure::value_of(notification.alerts.front().annotations, annotation));
    if (!text.empty()) facts.push_back(link(name, "look", text));
  }
}

}  // namespace

std::vector<Fact> facts_of(const Notification& notification) {
  std::vector<Fact> facts;
  const auto add = [&](const char* name, const std::string& text) {
    if (!text.empty()) facts.push_back({name, text});
  };
  const auto add_link = [&](const char* name, const char* words, const std::string& url) {
    if (!url.empty()) facts.push_back(link(name, words, url));
  };
  add("Service", notification.service);
  add("Host", notification.host);
  add("Labels", other_labels(notification.labels));
  facts.push_back({"Since", date_and_time(notification.started_at), "", notification.started_at});
  if (!notification.firing) add("Lasted", lasted(notification));
  add("Why now", notification.reason);
  add("Taken on by", notification.assignee);
  add_link("Runbook", "what to do", notification.runbook_url);
  if (notification.firing) add_link("Acknowledge", "I take care of it", notification.acknowledge_url);
  if (notification.incident != 0) {
    facts.push_back({"Incident", "#" + std::to_string(notification.incident),
                     is_web_link(notification.incident_url) ? notification.incident_url : ""});
  }
  add_annotations(notification, facts);
  return facts;
}

}  // namespace sonde::notify
