#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "alerts/incident_book.h"
#include "alerts/types.h"

namespace sonde::alerts {

/// An IncidentBook that lives through alerts, second by second, and what it has said.
class IncidentStory {
 public:
  using seconds = std::chrono::seconds;

  explicit IncidentStory(Route root, IncidentOptions options = {}) : book(options) { use(std::move(root)); }

  void use(Route root, std::vector<NamedTimeInterval> intervals = {}) {
    book.use(std::make_shared<const CompiledRouting>(
        CompiledRouting{*RouteTree::compile(root), *ScheduleBook::compile(intervals)}));
  }

  [[nodiscard]] Moment now() const { return moment_at(at_); }

  static Moment moment_at(seconds at) {
    constexpr std::chrono::seconds kBegin{1'780'272'000};  // 2026-06-01T00:00:00Z
    return {WallTime{kBegin + at}, std::chrono::hours{1} + at};
  }

  /// Lives on until then, a tick each second.
  void until(seconds at) {
    while (at_ < at) {
      at_ += seconds{1};
      tick();
    }
  }

  /// The same with one tick at its end.
  void jump(seconds at) {
    at_ = std::max(at_, at);
    tick();
  }

  void fires(const std::string& name, rules::Severity severity = rules::Severity::kWarning, std::string reason = {}) {
    Problem& problem = problems_[name];
    const bool rises = problem.firing;
    problem.labels = {{"alertname", name}, {"service_name", "shop"}};
    problem.firing = problem.told = true;
    problem.severity = problem.told_severity = severity;
    problem.started_at = problem.fired_at = now();
    notices_.push_back({rises ? NoticeKind::kSeverityUp : NoticeKind::kFiring, problem, now(), std::move(reason)});
    tick();
  }

  /// It has changed so often within 4 minutes, and changes on.
  void flaps(const std::string& name, std::size_t changes = 5) {
    Problem& problem = problems_[name];
    problem.labels = {{"alertname", name}, {"service_name", "shop"}};
    problem.firing = problem.told = problem.flapping = true;
    problem.changes.clear();
    for (std::size_t i = 0; i < changes; ++i) {
      problem.changes.push_back(now().elapsed - std::chrono::minutes{4} * (changes - 1 - i) / (changes - 1));
    }
    notices_.push_back({NoticeKind::kFlapping, problem, now(), ""});
    tick();
  }

  void calms_down(const std::string& name) {
    problems_[name].flapping = false;
    tick();
  }

  void clears(const std::string& name, std::string reason = "auto") {
    Problem& problem = problems_[name];
    problem.firing = problem.told = false;
    notices_.push_back({NoticeKind::kResolved, problem, now(), std::move(reason)});
    tick();
  }

  void holds(const std::string& name, std::vector<std::string> by) { problems_[name].held_by = std::move(by); }

  Result<Incident> orders(std::int64_t id, IncidentOrder order) {
    std::vector<Page> pages;
    Result<Incident> outcome = book.order(id, order, now(), pages);
    note(pages);
    return outcome;
  }

  Result<Incident> orders(std::int64_t id, IncidentAction action, const std::string& actor) {
    return orders(id, {.action = action, .actor = actor});
  }

  /// As after kill -9: all that was kept, and nothing else.
  void restart(Route root, IncidentOptions options = {}) {
    std::vector<Incident> kept = book.incidents();
    std::int64_t last = 0;
    for (const Incident& incident : kept) last = std::max(last, incident.id);
    book = IncidentBook(options);
    book.restore(std::move(kept), last);
    use(std::move(root));
  }

  /// "30 #1 firing {a b}: reason", with a minus before what is over.
  [[nodiscard]] std::vector<std::string> take_told() { return std::exchange(told_, {}); }
  [[nodiscard]] const std::vector<Page>& pages() const { return pages_; }

  /// "opened", "joined a", ... of one incident.
  [[nodiscard]] std::vector<std::string> happened(std::int64_t incident) const {
    std::vector<std::string> lines;
    for (const TimelineEntry& entry : timeline_) {
      if (entry.incident != incident) continue;
      const std::string actor = entry.actor.empty() ? "" : " by " + entry.actor;
      lines.push_back(std::string(name_of(entry.change)) + actor + (entry.reason.empty() ? "" : ": " + entry.reason));
    }
    return lines;
  }

  IncidentBook book;

 private:
  void tick() {
    std::vector<Problem> problems;
    for (const auto& [name, problem] : problems_) problems.push_back(problem);
    note(book.advance(std::exchange(notices_, {}), problems, now()));
  }

  void note(const std::vector<Page>& pages) {
    for (const TimelineEntry& entry : book.take_timeline()) timeline_.push_back(entry);
    for (const Page& page : pages) {
      std::vector<std::string> names;
      for (const IncidentAlert& alert : page.incident.alerts) {
        names.push_back((alert.firing ? "" : "-") + alert.problem.labels.front().value);
      }
      std::ranges::sort(names);
      std::string text;
      for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
      told_.push_back(std::to_string(at_.count()) + " #" + std::to_string(page.incident.id) + " " +
                      std::string(name_of(page.kind)) + " {" + text + "}" +
                      (page.reason.empty() ? "" : ": " + page.reason));
      pages_.push_back(page);
    }
  }

  seconds at_{0};
  std::map<std::string, Problem> problems_;
  std::vector<Notice> notices_;
  std::vector<TimelineEntry> timeline_;
  std::vector<std::string> told_;
  std::vector<Page> pages_;
};

/// A root that groups by service.  units: seconds.
inline Route grouped(std::chrono::seconds wait, std::chrono::seconds interval,
                     std::chrono::seconds repeat = std::chrono::hours{4}) {
  Route root;
  root.receiver = "team";
  root.group_by = {"service_name"};
  root.group_wait = wait;
  root.group_interval = interval;
  root.repeat_interval = repeat;
  return root;
}

}  // namespace sonde::alerts
