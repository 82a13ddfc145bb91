#include "alerts/incident_book.h"

#include <algorithm>
#include <utility>

#include "base/quantity.h"

namespace sonde::alerts {
namespace {

using rules::Severity;
using std::chrono::nanoseconds;

constexpr std::string_view kManual = "manual";
constexpr std::string_view kMerged = "merged";
constexpr std::string_view kFlapping = "flapping";

/// Reasons a message gives; its alerts are told anyhow.
constexpr std::size_t kMostNews = 5;

bool is_open(const Incident& incident) { return incident.status != IncidentStatus::kResolved; }

bool fires(const Incident& incident) { return std::ranges::any_of(incident.alerts, &IncidentAlert::firing); }

Severity worst_of(const Incident& incident) {
  Severity worst = Severity::kInfo;
  for (const IncidentAlert& alert : incident.alerts) {
    if (alert.firing) worst = std::max(worst, alert.problem.severity);
  }
  return worst;
}

IncidentAlert* find_alert(Incident& incident, const store::Labels& labels) {
  const auto found =
      std::ranges::find_if(incident.alerts, [&](const IncidentAlert& alert) { return alert.problem.labels == labels; });
  return found == incident.alerts.end() ? nullptr : &*found;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : "; ") + text;
  return all;
}

/// How often in how long a time, and what that means for whoever is told.
std::string flapping_news(const Problem& problem) {
  std::string text = "flapping: " + std::string(value_of(problem.labels, kAlertLabel)) + " changed ";
  if (problem.changes.size() < 2) return text + "back and forth, and is told again when that ends";
  const nanoseconds within = problem.changes.back() - problem.changes.front();
  return text + std::to_string(problem.changes.size()) + " times within " +
         format_duration(std::chrono::ceil<std::chrono::seconds>(within)) + ", and is told again when that ends";
}

}  // namespace

std::vector<Page> IncidentBook::advance(std::span<const Notice> notices, std::span<const Problem> problems,
                                        Moment now) {
  now_ = now;
  firing_.clear();
  for (const Problem& problem : problems) {
    if (problem.firing) firing_.emplace(problem.labels, &problem);
  }
  for (const Notice& notice : notices) {
    if (notice.kind == NoticeKind::kResolved) {
      end(notice);
    } else {
      raise(notice);
    }
  }
  // What time brings may add incidents, with higher numbers: they are looked at, too.
  for (auto& [id, incident] : incidents_) look_at_time(incident);
  forget_old();
  firing_.clear();
  return std::exchange(pages_, {});
}

void IncidentBook::raise(const Notice& notice) {
  const std::vector<RouteMatch> matches = routing_->tree.match(labels_of(notice.problem));
  const std::set<std::int64_t> before = by_alert_[notice.problem.labels];
  for (const RouteMatch& match : matches) join(match, notice);
  // Whoever was told of it, by another way than now, hears how it goes on.
  for (const std::int64_t id : before) {
    Incident& incident = incidents_.at(id);
    const auto leads_here = [&](const RouteMatch& match) {
      return latest_.at({match.options.receiver, match.group_key}) == id;
    };
    const IncidentAlert* const alert = find_alert(incident, notice.problem.labels);
    if (!is_open(incident) || alert == nullptr || !alert->firing || std::ranges::any_of(matches, leads_here)) continue;
    refresh(incident, notice, way_of(incident).waits);
  }
}

void IncidentBook::join(const RouteMatch& match, const Notice& notice) {
  const IncidentGroup group{match.options.receiver, match.group_key};
  const auto latest = latest_.find(group);
  Incident* incident = latest == latest_.end() ? nullptr : &incidents_.at(latest->second);
  if (incident == nullptr || !is_open(*incident)) {
    const bool is_recent = incident != nullptr && incident->resolve_reason != kManual &&
                           incident->resolve_reason != kMerged &&
                           now_.elapsed - incident->resolved_at.elapsed < options_.reopen_window;
    if (is_recent) {
      reopen(*incident);
    } else {
      incident = &open(group, match.group_labels, incident == nullptr ? 0 : incident->id);
    }
  }
  refresh(*incident, notice, match.waits);
}

void IncidentBook::unindex(const Incident& incident) {
  for (const IncidentAlert& alert : incident.alerts) {
    const auto known = by_alert_.find(alert.problem.labels);
    if (known != by_alert_.end() && known->second.erase(incident.id) != 0 && known->second.empty()) {
      by_alert_.erase(known);
    }
  }
}

Incident& IncidentBook::open(const IncidentGroup& group, const store::Labels& group_labels, std::int64_t previous) {
  Incident& incident = incidents_[++last_id_];
  incident.id = last_id_;
  incident.group = group;
  incident.group_labels = group_labels;
  incident.previous = previous;
  incident.runs = 1;
  incident.opened_at = incident.changed_at = now_;
  index(incident);
  note(incident, Change::kOpened, previous == 0 ? "" : "the last one was #" + std::to_string(previous));
  return incident;
}

void IncidentBook::reopen(Incident& incident) {
  ++incident.occurrence;
  ++incident.version;
  incident.status = IncidentStatus::kTriggered;
  unindex(incident);
  incident.alerts.clear();
  incident.severity = incident.highest = Severity::kInfo;
  incident.opened_at = incident.changed_at = now_;
  incident.acknowledged_at.reset();
  incident.acknowledged_by.clear();
  incident.until.reset();
  incident.resolve_reason.clear();
  incident.told = false;
  incident.due_at.reset();
  incident.news = {"reopened"};
  begin_run(incident, "reopened");
  note(incident, Change::kReopened);
}

/// Takes up what a notice says of an alert, which may be new here.
void IncidentBook::refresh(Incident& incident, const Notice& notice, const Waits& waits) {
  IncidentAlert* alert = find_alert(incident, notice.problem.labels);
  const bool is_new = alert == nullptr;
  const bool rises = !is_new && notice.kind == NoticeKind::kSeverityUp;
  if (is_new) {
    alert = &incident.alerts.emplace_back();
    alert->joined_at = now_;
    by_alert_[notice.problem.labels].insert(incident.id);
  }
  alert->problem = notice.problem;
  alert->firing = true;
  alert->told_ended = false;
  alert->reason = notice.kind == NoticeKind::kFlapping ? std::string(kFlapping) : notice.reason;
  const std::string name(value_of(notice.problem.labels, kAlertLabel));
  if (is_new) note(incident, Change::kJoined, name + (notice.reason.empty() ? "" : ": " + notice.reason));
  if (rises) return rise(incident, *alert);
  incident.severity = worst_of(incident);
  incident.highest = std::max(incident.highest, incident.severity);
  if (notice.kind == NoticeKind::kFlapping) return schedule(incident, waits, flapping_news(notice.problem));
  schedule(incident, waits, incident.told ? (is_new ? "new: " : "again: ") + name : alert->reason);
}

/// A higher severity is told at once, and what was taken on at a lower one is open again if it is critical now.
void IncidentBook::rise(Incident& incident, const IncidentAlert& alert) {
  const Severity severity = worst_of(incident);
  const bool was_lower = incident.severity < severity;
  incident.severity = severity;
  incident.highest = std::max(incident.highest, severity);
  ++incident.version;
  incident.changed_at = now_;
  incident.due_at = now_;
  incident.news.emplace_back("severity raised");
  note(incident, Change::kRaised,
       std::string(value_of(alert.problem.labels, kAlertLabel)) + " is " + std::string(rules::name_of(severity)));
  const bool is_taken = incident.status != IncidentStatus::kTriggered;
  if (was_lower && severity == Severity::kCritical && is_taken) {
    incident.status = IncidentStatus::kTriggered;
    incident.until.reset();
    begin_run(incident, "severity raised");
    note(incident, Change::kUnacknowledged, "severity raised");
  }
}

/// When what is new is told. After a quiet time, what comes with it is waited for, as at the beginning.
void IncidentBook::schedule(Incident& incident, const Waits& waits, std::string news) {
  const nanoseconds soon = now_.elapsed + waits.group_wait;
  const nanoseconds due = incident.told ? std::max(soon, incident.told_at + waits.group_interval) : soon;
  if (!incident.due_at || due < incident.due_at->elapsed) {
    incident.due_at = Moment{now_.wall + (due - now_.elapsed), due};
  }
  ++incident.version;
  incident.changed_at = now_;
  if (news.empty() || std::ranges::find(incident.news, news) != incident.news.end()) return;
  if (incident.news.size() < kMostNews) {
    incident.news.push_back(std::move(news));
  } else if (incident.news.size() == kMostNews) {
    incident.news.emplace_back("and others");
  }
}

void IncidentBook::end(const Notice& notice) {
  const auto known = by_alert_.find(notice.problem.labels);
  if (known == by_alert_.end()) return;
  for (const std::int64_t id : std::set<std::int64_t>(known->second)) {
    Incident& incident = incidents_.at(id);
    IncidentAlert* const alert = find_alert(incident, notice.problem.labels);
    if (alert == nullptr || !alert->firing) continue;
    alert->problem = notice.problem;
    alert->firing = false;
    alert->ended_at = now_;
    alert->reason = notice.reason;
    if (!is_open(incident)) continue;
    if (!fires(incident)) {
      resolve(incident, notice.reason.empty() ? "auto" : notice.reason, "");
      continue;
    }
    incident.severity = worst_of(incident);
    schedule(incident, way_of(incident).waits, "over: " + std::string(value_of(notice.problem.labels, kAlertLabel)));
  }
}

void IncidentBook::resolve(Incident& incident, const std::string& reason, const std::string& actor) {
  incident.status = IncidentStatus::kResolved;
  incident.resolved_at = incident.changed_at = now_;
  incident.resolve_reason = reason;
  incident.until.reset();
  incident.due_at.reset();
  incident.news.clear();
  incident.muted_by.clear();
  incident.held = false;
  ++incident.version;
  note(incident, Change::kResolved, reason, actor);
  if (incident.told) {
    page(incident, PageKind::kResolved, reason, actor);
  } else {
    note(incident, Change::kUnsent, "over before it was told");
  }
}

/// An acknowledgement or a snooze is over while it still fires.
void IncidentBook::trigger_again(Incident& incident, Change change, const std::string& reason,
                                 const std::string& actor) {
  incident.status = IncidentStatus::kTriggered;
  incident.until.reset();
  ++incident.version;
  incident.changed_at = now_;
  begin_run(incident, reason);
  note(incident, change, reason, actor);
  page(incident, PageKind::kFiring, reason, actor);
}

/// People are called from the first on.
void IncidentBook::begin_run(Incident& incident, const std::string& reason) {
  ++incident.runs;
  incident.run_reason = reason;
}

/// Somebody said that it is over, and it is not.
void IncidentBook::bring_back(Incident& incident) {
  std::vector<IncidentAlert> alerts;
  for (IncidentAlert& alert : incident.alerts) {
    const auto problem = firing_.find(alert.problem.labels);
    if (alert.firing && problem != firing_.end()) alerts.push_back(alert);
    alert.firing = false;
  }
  const RouteMatch way = way_of(incident);
  for (const IncidentAlert& alert : alerts) {
    join({way.route, way.options, way.waits, incident.group_labels, incident.group.key},
         {NoticeKind::kFiring, alert.problem, now_, "resolved by hand, but still true"});
  }
}

void IncidentBook::look_at_time(Incident& incident) {
  if (!is_open(incident)) {
    const bool is_due = now_.elapsed - incident.resolved_at.elapsed >= options_.manual_resolve_grace;
    if (is_due && incident.resolve_reason == kManual && fires(incident) && !is_held(incident)) bring_back(incident);
    return;
  }
  incident.held = is_held(incident);
  if (incident.held) return;
  tell_calm(incident);
  if (incident.until && now_.elapsed >= incident.until->elapsed) {
    const bool was_snoozed = incident.status == IncidentStatus::kSnoozed;
    trigger_again(incident, was_snoozed ? Change::kSnoozeEnded : Change::kUnacknowledged,
                  was_snoozed ? "snooze ended" : "acknowledgement expired", "");
  }
  if (incident.due_at && now_.elapsed >= incident.due_at->elapsed) return tell_news(incident);
  const bool repeats = incident.told && !incident.due_at && incident.status == IncidentStatus::kTriggered;
  if (!repeats || now_.elapsed - incident.told_at < way_of(incident).waits.repeat_interval) return;
  if (muting_of(way_of(incident).options, routing_->schedules, now_.wall).muted) return;
  page(incident, PageKind::kRepeat, "still firing");
}

/// What was told that it flaps, has stopped, and fires: that changes no state, and is said once. If it does not fire,
/// its end says so.
void IncidentBook::tell_calm(Incident& incident) {
  for (IncidentAlert& alert : incident.alerts) {
    const auto problem = firing_.find(alert.problem.labels);
    const bool is_calm = problem != firing_.end() && !problem->second->flapping;
    if (!alert.firing || !alert.problem.flapping || !is_calm) continue;
    alert.problem.flapping = false;
    if (alert.reason == kFlapping) alert.reason.clear();
    if (!incident.told) continue;
    page(incident, PageKind::kNoticed,
         std::string(value_of(alert.problem.labels, kAlertLabel)) + " has stopped changing back and forth, and fires");
  }
}

void IncidentBook::tell_news(Incident& incident) {
  const RouteMuting muting = muting_of(way_of(incident).options, routing_->schedules, now_.wall);
  if (muting.muted) {
    if (muting.by != incident.muted_by) note(incident, Change::kMuted, joined(muting.by));
    incident.muted_by = muting.by;
    return;
  }
  if (!incident.muted_by.empty()) incident.news.push_back("quiet time ended");
  incident.muted_by.clear();
  page(incident, incident.told ? PageKind::kUpdate : PageKind::kFiring, joined(incident.news));
}

/// The receiver's message, which says all there is to say: nothing waits any more.
void IncidentBook::page(Incident& incident, PageKind kind, std::string reason, std::string actor) {
  const bool is_about_people = kind == PageKind::kAcknowledged || kind == PageKind::kNoticed;
  ++incident.pages;
  if (!is_about_people && kind != PageKind::kResolved) {
    incident.told = true;
    incident.told_at = now_.elapsed;
    incident.due_at.reset();
    incident.news.clear();
  }
  Page page{kind, incident, std::move(reason), std::move(actor), now_};
  std::erase_if(page.incident.alerts, &IncidentAlert::told_ended);
  pages_.push_back(std::move(page));
  if (is_about_people) return;
  for (IncidentAlert& alert : incident.alerts) alert.told_ended = !alert.firing;
}

void IncidentBook::change_escalations(const std::function<void(Incident&)>& change) {
  for (auto& item : incidents_) change(item.second);
}

Result<Page> IncidentBook::call(std::int64_t id, std::string reason, Moment now) {
  const auto found = incidents_.find(id);
  if (found == incidents_.end()) return Error{Code::kNotFound, "there is no incident #" + std::to_string(id)};
  ++found->second.pages;
  Page page{PageKind::kFiring, found->second, std::move(reason), "", now};
  std::erase_if(page.incident.alerts, &IncidentAlert::told_ended);
  return page;
}

void IncidentBook::note(const Incident& incident, Change change, std::string reason, std::string actor) {
  TimelineEntry entry{.at = now_, .uid = {}, .labels = {}, .change = change, .reason = std::move(reason)};
  entry.incident = incident.id;
  entry.actor = std::move(actor);
  timeline_.push_back(std::move(entry));
}

void IncidentBook::add_channels(std::int64_t id, std::span<const std::string> channels) {
  const auto found = incidents_.find(id);
  if (found == incidents_.end()) return;
  std::vector<std::string>& known = found->second.channels;
  for (const std::string& channel : channels) {
    if (std::ranges::find(known, channel) == known.end()) known.push_back(channel);
  }
}

void IncidentBook::withhold(std::int64_t id) {
  const auto found = incidents_.find(id);
  if (found == incidents_.end() || !is_open(found->second)) return;
  Incident& incident = found->second;
  incident.told = false;
  incident.due_at = now_;
  incident.news = {"silence expired"};
}

void IncidentBook::forget_old() {
  const nanoseconds kept = std::max(options_.reopen_window, options_.manual_resolve_grace);
  std::erase_if(incidents_, [&](const auto& item) {
    const Incident& incident = item.second;
    if (is_open(incident) || now_.elapsed - incident.resolved_at.elapsed < kept) return false;
    if (incident.resolve_reason == kManual && fires(incident)) return false;
    unindex(incident);
    std::erase_if(latest_, [&](const auto& group) { return group.second == incident.id; });
    return true;
  });
}

}  // namespace sonde::alerts
