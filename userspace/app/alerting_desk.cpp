#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "alerts/label_set.h"
#include "app/alerting.h"
#include "app/alertmanager_api.h"
#include "app/log.h"
#include "base/uuid.h"
#include "history/incident_report.h"
#include "serve/alertmanager_bodies.h"

namespace sonde::app {
namespace {

constexpr std::chrono::minutes kSilencePruning{1};

/// Lines of the timeline that are read at once.
constexpr std::size_t kPage = 10'000;

/// Incidents that are read at once for a report.
constexpr std::size_t kReportRows = 50;

/// How far back a silence is tried out.
constexpr std::chrono::hours kPreview{24 * 7};

Error no_history() { return {Code::kUnsupported, "nothing is kept on disk: set store.directory to a directory"}; }

/// Alerts that fired, from lines of the timeline, which come in the order of time.
class PastReader {
 public:
  void take(const alerts::TimelineEntry& entry) {
    if (entry.change == alerts::Change::kFired) {
      open_.insert_or_assign(entry.labels, alerts::PastAlert{.labels = entry.labels, .fired_at = entry.at.wall});
      return;
    }
    if (entry.change != alerts::Change::kCleared) return;
    const auto fired = open_.find(entry.labels);
    if (fired == open_.end()) return;
    fired->second.cleared_at = entry.at.wall;
    past_.push_back(std::move(fired->second));
    open_.erase(fired);
  }

  std::vector<alerts::PastAlert> finish() && {
    for (auto& [labels, alert] : open_) past_.push_back(std::move(alert));
    return std::move(past_);
  }

 private:
  std::map<store::Labels, alerts::PastAlert, alerts::LabelsLess> open_;
  std::vector<alerts::PastAlert> past_;
};

}  // namespace

Result<alerts::Incident> Alerting::order(std::int64_t incident, const alerts::IncidentOrder& order) {
  const std::lock_guard work(work_);
  const alerts::Moment now = here();
  std::vector<notify::Delivery> deliveries;
  Result<alerts::Incident> outcome = paging_.order(incident, order, now, deliveries);
  if (!outcome && outcome.error().code == Code::kNotFound && keeper_.keeps() && keeper_.history()->incident(incident)) {
    return Error{Code::kConflict, "incident #" + std::to_string(incident) + " is resolved, and that was long ago"};
  }
  if (!outcome) return outcome;
  if (!remedies_.is_off()) remedies_.advance(paging_.incidents().incidents(), now);
  const bool is_taken = outcome->status != alerts::IncidentStatus::kTriggered;
  if (is_taken && queue_ != nullptr) {
    // Whoever was to be called next sleeps on.
    queue_->cancel(incident, "taken on by " + order.actor, paging_.escalations().contact_channels());
  }
  commit(now, std::move(deliveries), std::chrono::nanoseconds{0});
  publish(book_.instances());
  return outcome;
}

Result<alerts::Review> Alerting::review(std::int64_t incident, const alerts::ReviewOrder& order) {
  const std::lock_guard work(work_);
  if (!keeper_.keeps()) return no_history();
  const alerts::Moment now = here();
  const alerts::Incident* const present = paging_.incidents().find(incident);
  const alerts::Incident about = present != nullptr ? *present : SONDE_TRY(keeper_.history()->incident(incident));
  const std::vector<alerts::Review> known = SONDE_TRY(reviews(std::span(&incident, 1)));
  const auto before = known.empty() ? std::nullopt : std::optional(known.front());
  alerts::Review outcome = SONDE_TRY(reviews_.order(about, before, order, paging_.incidents(), now));
  commit(now, {}, std::chrono::nanoseconds{0});
  return outcome;
}

Result<std::vector<alerts::Review>> Alerting::reviews(std::span<const std::int64_t> incidents) const {
  if (!keeper_.keeps()) return std::vector<alerts::Review>{};
  return keeper_.history()->reviews(incidents);
}

/// In pieces, between which others get at the file.
Result<history::IncidentReport> Alerting::report(const history::ReportQuery& query) const {
  if (!keeper_.keeps()) return no_history();
  history::ReportBuilder builder(query);
  std::int64_t before = 0;
  bool may_be_more = true;
  while (may_be_more) {
    if (stop_.stop_requested()) return Error{Code::kLimit, "the daemon ends"};
    const auto rows = SONDE_TRY(keeper_.history()->report_rows(before, kReportRows));
    for (const history::ReportRow& row : rows) builder.take(row);
    const auto is_early = [&](const history::ReportRow& row) { return row.opened_at < query.from; };
    may_be_more = rows.size() == kReportRows && !std::ranges::all_of(rows, is_early);
    if (may_be_more) before = rows.back().incident;
  }
  return std::move(builder).finish();
}

Result<alerts::SilenceChange> Alerting::change_silences(
    const std::function<Result<alerts::SilenceChange>(alerts::SilenceBook&, WallTime)>& change) {
  const std::lock_guard work(work_);
  const alerts::Moment now = here();
  alerts::SilenceBook changed = paging_.silences();
  alerts::SilenceChange outcome = SONDE_TRY(change(changed, now.wall));
  keeper_.keep_silences(outcome.written);
  paging_.silences() = std::move(changed);
  withhold_silenced(now);
  commit(now, {}, std::chrono::nanoseconds{0});
  publish(book_.instances());
  return outcome;
}

Result<alerts::SilenceChange> Alerting::set_silence(const alerts::SilenceRequest& request) {
  return change_silences(
      [&](alerts::SilenceBook& book, WallTime now) { return book.set(request, random_uuid(), now); });
}

Result<alerts::SilenceChange> Alerting::expire_silence(const std::string& id) {
  return change_silences([&](alerts::SilenceBook& book, WallTime now) { return book.expire(id, now); });
}

/// What waits to be sent about alerts that are silenced by now is not sent.
void Alerting::withhold_silenced(const alerts::Moment& now) {
  if (queue_ == nullptr) return;
  for (const alerts::Incident& incident : paging_.incidents().incidents()) {
    if (!incident.told || incident.status == alerts::IncidentStatus::kResolved) continue;
    std::vector<std::string> by;
    bool all = true;
    for (const alerts::IncidentAlert& alert : incident.alerts) {
      if (!alert.firing) continue;
      by = paging_.silences().muting(alerts::labels_of(alert.problem), now.wall);
      all = all && !by.empty();
    }
    if (!all || by.empty() || queue_->cancel(incident.id, "silence " + by.front()) == 0) continue;
    if (!was_told(incident.id)) paging_.incidents().withhold(incident.id);
  }
}

bool Alerting::was_told(std::int64_t incident) const {
  const std::vector<notify::Delivery> all = queue_->deliveries();
  return std::ranges::any_of(all, [&](const notify::Delivery& delivery) {
    using enum notify::DeliveryState;
    const bool may_have_arrived = delivery.state == kLeased || delivery.state == kUnknown || delivery.state == kSent;
    return delivery.notification->incident == incident && may_have_arrived;
  });
}

void Alerting::prune_silences(const alerts::Moment& now) {
  if (now.elapsed - pruned_at_ < kSilencePruning) return;
  pruned_at_ = now.elapsed;
  keeper_.forget_silences(paging_.silences().prune(now.wall));
}

Result<std::vector<alerts::PastAlert>> Alerting::preview_silence(const std::vector<store::Matcher>& matchers) const {
  WallTime now;
  {
    const std::lock_guard work(work_);
    now = here().wall;
  }
  if (!keeper_.keeps()) return no_history();
  PastReader reader;
  std::int64_t after = 0;
  for (std::size_t read = kPage; read == kPage;) {
    const auto entries = SONDE_TRY(keeper_.history()->entries_after(after, kPage));
    for (const history::StoredEntry& entry : entries) reader.take(entry.entry);
    read = entries.size();
    if (read != 0) after = entries.back().id;
  }
  return alerts::preview_silence(matchers, std::move(reader).finish(), now, kPreview);
}

Result<> Alerting::receive(std::vector<alerts::ExternalAlert> alerts) {
  const std::lock_guard work(work_);
  const alerts::Moment now = here();
  SONDE_TRY(book_.receive(alerts, now.wall));
  // Whoever hears that they were taken may forget them.
  std::vector<alerts::ExternalAlert> taken;
  for (const alerts::ExternalAlert& alert : alerts) {
    if (const auto* known = book_.externals().find(alert.labels)) taken.push_back(*known);
  }
  return keeper_.keep_received(std::move(taken), mark(now));
}

Result<> Alerting::raise(std::vector<alerts::ExternalAlert> alerts) {
  const std::lock_guard work(work_);
  return book_.receive(alerts, here().wall);
}

/// What other hubs have taken; it is deleted with the commit that writes here what has become of it.
bool Alerting::take_posted() {
  const std::vector<history::PostedAlerts> posted = keeper_.take_posted();
  for (const history::PostedAlerts& each : posted) {
    auto batch = serve::parse_alerts(each.body, each.received_at, kResolveTimeout);
    Result<> taken = Ok{};
    if (batch) taken = book_.receive(std::move(batch->alerts), here().wall);
    if (batch && taken) continue;
    ++lost_posts_;
    log_error("alerts that another hub has taken are left out",
              {{"why", batch ? taken.error().what : batch.error().what}});
  }
  return !posted.empty();
}

Result<std::vector<history::StoredEntry>> Alerting::timeline(const TimelineQuery& query) const {
  if (!keeper_.keeps()) return no_history();
  if (query.incident == 0) return keeper_.history()->entries_after(query.after, query.limit);
  return keeper_.history()->entries_about(SONDE_TRY(incident(query.incident)), query.after, query.limit);
}

Result<std::vector<alerts::Incident>> Alerting::incidents(const IncidentQuery& query) const {
  if (keeper_.keeps()) return keeper_.history()->incidents(query.before, query.open_only, query.limit);
  std::vector<alerts::Incident> found;
  const auto seen = view();
  for (auto incident = seen->incidents.rbegin(); incident != seen->incidents.rend(); ++incident) {
    const bool is_asked = query.before == 0 || incident->id < query.before;
    const bool is_over = incident->status == alerts::IncidentStatus::kResolved;
    if (is_asked && !(query.open_only && is_over) && found.size() < query.limit) found.push_back(*incident);
  }
  return found;
}

Result<alerts::Incident> Alerting::incident(std::int64_t id) const {
  const auto seen = view();
  const auto found = std::ranges::find(seen->incidents, id, &alerts::Incident::id);
  if (found != seen->incidents.end()) return *found;
  if (keeper_.keeps()) return keeper_.history()->incident(id);
  return Error{Code::kNotFound, "there is no incident #" + std::to_string(id)};
}

Result<std::vector<notify::Delivery>> Alerting::deliveries(const DeliveryQuery& query) const {
  if (keeper_.keeps()) return keeper_.history()->deliveries(query.state, query.incident, query.limit);
  std::vector<notify::Delivery> found;
  if (queue_ == nullptr) return found;
  const std::vector<notify::Delivery> all = queue_->deliveries();
  for (auto delivery = all.rbegin(); delivery != all.rend() && found.size() < query.limit; ++delivery) {
    const bool is_asked = query.incident == 0 || delivery->notification->incident == query.incident;
    if (is_asked && (!query.state || *query.state == delivery->state)) found.push_back(*delivery);
  }
  return found;
}

Result<notify::Delivery> Alerting::retry_delivery(const std::string& id) {
  if (queue_ == nullptr) return Error{Code::kNotFound, "there is no channel"};
  Result<notify::Delivery> retried = queue_->retry(id);
  if (retried || retried.error().code != Code::kNotFound || !keeper_.keeps()) return retried;
  return queue_->retry(SONDE_TRY(keeper_.history()->delivery(id)));
}

std::vector<ActiveAlert> Alerting::active_alerts() const {
  std::vector<ActiveAlert> active;
  for (alerts::Problem& problem : book_.problems()) {
    if (!problem.firing) continue;
    ActiveAlert& alert = active.emplace_back();
    alert.labels = alerts::labels_of(problem);
    Paging::Way way = paging_.way_of(alert.labels, now_.wall);
    alert.receivers = std::move(way.receivers);
    alert.groups = std::move(way.groups);
    alert.muted_by = std::move(way.muted_by);
    alert.incidents = paging_.incidents().incidents_of(problem.labels);
    alert.updated_at = now_.wall;
    // What a rule says is said again with each evaluation.
    alert.ends_at = now_.wall + std::chrono::minutes{5};
    if (const alerts::ExternalAlert* external = book_.externals().find(problem.labels)) {
      alert.updated_at = external->updated_at;
      alert.ends_at = external->ends_at;
      alert.generator_url = external->generator_url;
    }
    alert.problem = std::move(problem);
  }
  return active;
}

}  // namespace sonde::app
