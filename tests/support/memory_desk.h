#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "alerts/label_set.h"
#include "alerts/quieting.h"
#include "alerts/review_book.h"
#include "alerts/silence_book.h"
#include "app/alert_desk.h"
#include "base/uuid.h"
#include "history/incident_report.h"

namespace sonde::test {

/// What the pages ask, over books in memory: silences are the real book's; what is received fires at once, and what
/// orders do to an incident is what their callers see of it.  threads: any.
class MemoryDesk final : public app::AlertDesk {
 public:
  explicit MemoryDesk(const Clock& clock) : clock_(clock) {}

  [[nodiscard]] std::shared_ptr<const app::AlertingView> view() const override {
    const std::lock_guard lock(mutex_);
    auto view = std::make_shared<app::AlertingView>();
    const std::vector<alerts::Silence> silences = *silences_.query({}, {}, clock_.now());
    view->silences = silences;
    for (const auto& [labels, external] : externals_) {
      if (external.ends_at > clock_.now()) view->active.push_back(active_of(external));
    }
    for (const auto& [id, incident] : incidents_) view->incidents.push_back(incident);
    return view;
  }

  Result<alerts::Incident> order(std::int64_t id, const alerts::IncidentOrder& order) override {
    const std::lock_guard lock(mutex_);
    ++orders_;
    const auto found = incidents_.find(id);
    if (found == incidents_.end()) return no_incident(id);
    alerts::Incident& incident = found->second;
    if (interruptions_ > 0) {
      --interruptions_;
      ++incident.version;
    }
    if (order.version && *order.version != incident.version) {
      return Error{Code::kStale, "somebody has changed the incident meanwhile: look again"};
    }
    if (incident.status == alerts::IncidentStatus::kResolved && order.action != alerts::IncidentAction::kNote) {
      return Error{Code::kConflict, "the incident is resolved"};
    }
    if (order.into == id) return Error{Code::kBadInput, "an incident cannot be merged into itself"};
    follow(incident, order);
    return incident;
  }

  Result<alerts::Review> review(std::int64_t id, const alerts::ReviewOrder& order) override {
    const std::lock_guard lock(mutex_);
    ++orders_;
    const auto found = incidents_.find(id);
    if (found == incidents_.end()) return no_incident(id);
    const auto known = reviews_.find(id);
    const auto before = known == reviews_.end() ? std::nullopt : std::optional(known->second);
    Result<alerts::Review> outcome = review_book_.order(found->second, before, order, no_incidents_, now());
    if (!outcome) return outcome;
    for (alerts::TimelineEntry& entry : review_book_.take_timeline()) append(std::move(entry));
    reviews_.insert_or_assign(id, *outcome);
    return outcome;
  }

  [[nodiscard]] Result<std::vector<alerts::Review>> reviews(std::span<const std::int64_t> incidents) const override {
    const std::lock_guard lock(mutex_);
    std::vector<alerts::Review> found;
    for (const auto& [id, review] : reviews_) {
      if (std::ranges::find(incidents, id) != incidents.end()) found.push_back(review);
    }
    return found;
  }

  [[nodiscard]] Result<history::IncidentReport> report(const history::ReportQuery& query) const override {
    const std::lock_guard lock(mutex_);
    history::ReportBuilder builder(query);
    for (const auto& [id, incident] : incidents_) {
      const auto known = reviews_.find(id);
      builder.take(history::report_row(incident, {}, known == reviews_.end() ? nullptr : &known->second));
    }
    return std::move(builder).finish();
  }

  Result<alerts::SilenceChange> set_silence(const alerts::SilenceRequest& request) override {
    const std::lock_guard lock(mutex_);
    return silences_.set(request, random_uuid(), clock_.now());
  }

  Result<alerts::SilenceChange> expire_silence(const std::string& id) override {
    const std::lock_guard lock(mutex_);
    return silences_.expire(id, clock_.now());
  }

  [[nodiscard]] Result<std::vector<alerts::PastAlert>> preview_silence(
      const std::vector<store::Matcher>& matchers) const override {
    const std::lock_guard lock(mutex_);
    return alerts::preview_silence(matchers, past_, clock_.now());
  }

  Result<> receive(std::vector<alerts::ExternalAlert> received) override {
    const std::lock_guard lock(mutex_);
    if (received.size() > kMostAlerts) return Error{Code::kLimit, "too many alerts"};
    for (alerts::ExternalAlert& alert : received) externals_.insert_or_assign(alert.labels, std::move(alert));
    return Ok{};
  }

  [[nodiscard]] Result<std::vector<history::StoredEntry>> timeline(const app::TimelineQuery& query) const override {
    const std::lock_guard lock(mutex_);
    std::vector<history::StoredEntry> found;
    for (const history::StoredEntry& stored : entries_) {
      const bool is_asked = query.incident == 0 || stored.entry.incident == query.incident;
      if (is_asked && stored.id > query.after && found.size() < query.limit) found.push_back(stored);
    }
    return found;
  }

  [[nodiscard]] Result<std::vector<alerts::Incident>> incidents(const app::IncidentQuery& query) const override {
    const std::lock_guard lock(mutex_);
    std::vector<alerts::Incident> found;
    for (auto row = incidents_.rbegin(); row != incidents_.rend() && found.size() < query.limit; ++row) {
      const bool is_open = row->second.status != alerts::IncidentStatus::kResolved;
      const bool is_older = query.before == 0 || row->first < query.before;
      if (is_older && (is_open || !query.open_only)) found.push_back(row->second);
    }
    return found;
  }

  [[nodiscard]] Result<alerts::Incident> incident(std::int64_t id) const override {
    const std::lock_guard lock(mutex_);
    const auto found = incidents_.find(id);
    if (found == incidents_.end()) return no_incident(id);
    return found->second;
  }

  [[nodiscard]] Result<std::vector<notify::Delivery>> deliveries(const app::DeliveryQuery& query) const override {
    const std::lock_guard lock(mutex_);
    std::vector<notify::Delivery> found;
    for (auto delivery = deliveries_.rbegin(); delivery != deliveries_.rend(); ++delivery) {
      const bool is_asked = (!query.state || delivery->state == *query.state) &&
                            (query.incident == 0 || delivery->notification->incident == query.incident);
      if (is_asked && found.size() < query.limit) found.push_back(*delivery);
    }
    return found;
  }

  Result<notify::Delivery> retry_delivery(const std::string& id) override {
    const std::lock_guard lock(mutex_);
    ++orders_;
    const auto found = std::ranges::find(deliveries_, id, &notify::Delivery::id);
    if (found == deliveries_.end()) return Error{Code::kNotFound, "there is no delivery with this id"};
    if (found->state != notify::DeliveryState::kDead) return Error{Code::kConflict, "it is not dead"};
    found->state = notify::DeliveryState::kQueued;
    return *found;
  }

  // What a test puts there.

  void add(alerts::Incident incident) {
    const std::lock_guard lock(mutex_);
    const std::int64_t id = incident.id;
    incidents_.insert_or_assign(id, std::move(incident));
  }
  void add(alerts::TimelineEntry entry) {
    const std::lock_guard lock(mutex_);
    append(std::move(entry));
  }
  void add(notify::Delivery delivery) {
    const std::lock_guard lock(mutex_);
    deliveries_.push_back(std::move(delivery));
  }
  void add(alerts::PastAlert alert) {
    const std::lock_guard lock(mutex_);
    past_.push_back(std::move(alert));
  }
  /// What holds alerts of that name, besides silences.
  void hold(const std::string& name, std::vector<std::string> by) {
    const std::lock_guard lock(mutex_);
    held_[name] = std::move(by);
  }

  /// Somebody else changes the incident just before each of so many orders.
  void interrupt(std::size_t orders) {
    const std::lock_guard lock(mutex_);
    interruptions_ = orders;
  }

  /// How often somebody has asked for a change of an incident or a delivery.
  [[nodiscard]] std::size_t orders() const {
    const std::lock_guard lock(mutex_);
    return orders_;
  }
  [[nodiscard]] std::vector<alerts::ExternalAlert> received() const {
    const std::lock_guard lock(mutex_);
    std::vector<alerts::ExternalAlert> all;
    for (const auto& [labels, external] : externals_) all.push_back(external);
    return all;
  }

 private:
  static constexpr std::size_t kMostAlerts = 100;

  [[nodiscard]] alerts::Moment now() const { return {clock_.now(), clock_.kernel_now().time_since_epoch()}; }

  static Error no_incident(std::int64_t id) {
    return Error{Code::kNotFound, "there is no incident " + std::to_string(id)};
  }

  [[nodiscard]] app::ActiveAlert active_of(const alerts::ExternalAlert& external) const {
    app::ActiveAlert active;
    const std::string name(measure::value_of(external.labels, alerts::kAlertLabel));
    active.labels = external.labels;
    active.problem.labels = external.labels;
    active.problem.annotations = external.annotations;
    active.problem.started_at.wall = external.starts_at;
    if (const auto held = held_.find(name); held != held_.end()) active.problem.held_by = held->second;
    for (const std::string& id : silences_.muting(external.labels, clock_.now())) {
      active.problem.held_by.push_back(std::string(alerts::kSilencePrefix) + id);
    }
    active.receivers = {"team-" + std::string(measure::value_of(external.labels, "team"))};
    active.groups = {{active.receivers.front(), {{"alertname", name}}}};
    active.updated_at = external.updated_at;
    active.ends_at = external.ends_at;
    active.generator_url = external.generator_url;
    return active;
  }

  void follow(alerts::Incident& incident, const alerts::IncidentOrder& order) {
    using alerts::Change;
    const alerts::Moment at = now();
    ++incident.version;
    switch (order.action) {
      case alerts::IncidentAction::kAcknowledge:
        incident.status = alerts::IncidentStatus::kAcknowledged;
        incident.acknowledged_at = at;
        incident.acknowledged_by.push_back(order.actor);
        if (order.length.count() > 0) incident.until = alerts::Moment{at.wall + order.length, at.elapsed};
        return record(incident, order, Change::kAcknowledged);
      case alerts::IncidentAction::kUnacknowledge:
        incident.status = alerts::IncidentStatus::kTriggered;
        incident.acknowledged_by.clear();
        return record(incident, order, Change::kUnacknowledged);
      case alerts::IncidentAction::kSnooze:
        incident.status = alerts::IncidentStatus::kSnoozed;
        incident.until = alerts::Moment{at.wall + order.length, at.elapsed};
        return record(incident, order, Change::kSnoozed);
      case alerts::IncidentAction::kResolve:
        incident.status = alerts::IncidentStatus::kResolved;
        incident.resolve_reason = "manual";
        incident.resolved_at = at;
        return record(incident, order, Change::kResolved);
      case alerts::IncidentAction::kNote:
        return record(incident, order, Change::kNoted);
      case alerts::IncidentAction::kAssign:
        incident.assignee = order.text;
        return record(incident, order, Change::kAssigned);
      case alerts::IncidentAction::kEscalate:
        ++incident.pushes;
        return record(incident, order, Change::kEscalated);
      case alerts::IncidentAction::kMerge:
        incident.status = alerts::IncidentStatus::kResolved;
        incident.merged_into = order.into;
        return record(incident, order, Change::kMerged);
    }
  }

  void record(const alerts::Incident& incident, const alerts::IncidentOrder& order, alerts::Change change) {
    alerts::TimelineEntry entry;
    entry.at = now();
    entry.change = change;
    entry.incident = incident.id;
    entry.actor = order.actor;
    entry.reason = order.text;
    append(std::move(entry));
  }

  void append(alerts::TimelineEntry entry) {
    entries_.push_back({static_cast<std::int64_t>(entries_.size()) + 1, std::move(entry)});
  }

  const Clock& clock_;
  mutable std::mutex mutex_;  // guards what follows
  alerts::SilenceBook silences_;
  std::map<store::Labels, alerts::ExternalAlert, alerts::LabelsLess> externals_;
  std::map<std::string, std::vector<std::string>> held_;
  std::map<std::int64_t, alerts::Incident> incidents_;
  const alerts::IncidentBook no_incidents_{{}};
  alerts::ReviewBook review_book_{std::chrono::hours{24 * 7}};
  std::map<std::int64_t, alerts::Review> reviews_;
  std::vector<history::StoredEntry> entries_;
  std::vector<notify::Delivery> deliveries_;
  std::vector<alerts::PastAlert> past_;
  std::size_t orders_ = 0;
  std::size_t interruptions_ = 0;
};

}  // namespace sonde::test
