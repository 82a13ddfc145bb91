#include "notify/notification.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "notify/wording.h"

namespace sonde::notify {
namespace {

constexpr std::size_t kMostEvidence = 5;

std::vector<std::string> evidence_of(std::span<const host::Event> events) {
  std::vector<std::string> lines;
  const std::size_t count = std::min(events.size(), kMostEvidence);
  const auto newest = events.last(count);
  std::for_each(newest.rbegin(), newest.rend(),
                [&](const host::Event& event) { lines.push_back(time_of_day(event.at) + " " + event.what); });
  return lines;
}

std::string reason_in_words(const alerts::Notice& notice) {
  using Row = std::pair<std::string_view, std::string_view>;
  constexpr std::array<Row, 8> kWords{{{"auto", "over"},
                                       {"rule_removed", "its rule was removed"},
                                       {"rule_changed", "its rule was changed"},
                                       {"missing_series", "what it was about is gone"},
                                       {"nodata", "no data"},
                                       {"flapping ended", "has stopped changing back and forth"},
                                       {"released", "what explained it is over, this is not"},
                                       {"", ""}}};
  if (notice.kind == alerts::NoticeKind::kSeverityUp) return "severity raised";
  if (notice.kind == alerts::NoticeKind::kFlapping) return "changes back and forth; told again when that ends";
  const auto row =
      std::find_if(kWords.begin(), kWords.end(), [&](const Row& each) { return each.first == notice.reason; });
  return std::string(row == kWords.end() ? std::string_view(notice.reason) : row->second);
}

/// The same from the first message of a problem to its last, over restarts too.
std::string dedup_key(const alerts::Problem& problem, const std::string& host) {
  std::string key = host;
  for (const measure::Label& label : problem.labels) key += '/' + label.name + '=' + label.value;
  return key + '/' + std::to_string(problem.started_at.wall.time_since_epoch().count());
}

}  // namespace

std::string service_of(const store::Labels& labels) { return std::string(measure::value_of(labels, "service_name")); }

Notification make_notification(const alerts::Notice& notice, const std::string& host,
                               std::span<const host::Event> events) {
  const alerts::Problem& problem = notice.problem;
  Notification notification;
  notification.firing = notice.kind != alerts::NoticeKind::kResolved;
  notification.rule = measure::value_of(problem.labels, "alertname");
  notification.severity = notification.firing ? problem.severity : problem.told_severity;
  notification.service = service_of(problem.labels);
  notification.host = host;
  notification.labels = problem.labels;
  notification.labels.push_back({"severity", std::string(rules::name_of(notification.severity))});
  notification.reason = reason_in_words(notice);
  notification.summary = measure::value_of(problem.annotations, "summary");
  notification.description = measure::value_of(problem.annotations, "description");
  notification.runbook_url = measure::value_of(problem.annotations, "runbook_url");
  notification.value = problem.value;
  notification.started_at = problem.started_at.wall;
  notification.at = notice.at.wall;
  notification.dedup_key = dedup_key(problem, host);
  notification.evidence = evidence_of(events);
  return notification;
}

std::string runbook_link(const std::string& runbook, const std::string& base) {
  if (runbook.empty() || base.empty() || is_web_link(runbook)) return runbook;
  const bool base_ends = base.ends_with('/');
  const bool runbook_starts = runbook.starts_with('/');
  if (base_ends && runbook_starts) return base + runbook.substr(1);
  return base + (base_ends || runbook_starts ? "" : "/") + runbook;
}

Notification test_notification(const std::string& host, WallTime now) {
  Notification notification;
  notification.test = true;
  notification.rule = "SondeTest";
  notification.severity = rules::Severity::kInfo;
  notification.host = host;
  notification.labels = {{"alertname", "SondeTest"}, {"severity", "info"}};
  notification.summary = "This is a test of the channel: nothing has happened.";
  notification.description = "Somebody has run `sonde notify test`. If you can read this, alerts will reach you here.";
  notification.started_at = now;
  notification.at = now;
  notification.dedup_key = host + "/SondeTest/" + std::to_string(now.time_since_epoch().count());
  return notification;
}

}  // namespace sonde::notify
