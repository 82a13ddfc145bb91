#include "history/alert_history.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "history/alert_rows.h"
#include "history/difference.h"
#include "history/incident_report.h"
#include "history/incident_rows.h"

namespace sonde::history {
namespace {

bool labels_less(const store::Labels& left, const store::Labels& right) {
  return std::ranges::lexicographical_compare(left, right, [](const measure::Label& a, const measure::Label& b) {
    const int names = a.name.compare(b.name);
    return names != 0 ? names < 0 : a.value < b.value;
  });
}

/// The order of what each kind of row is found by.
struct KeyLess {
  bool operator()(const alerts::Instance& left, const alerts::Instance& right) const {
    const int uids = left.uid.compare(right.uid);
    return uids != 0 ? uids < 0 : labels_less(left.labels, right.labels);
  }
  bool operator()(const alerts::RuleStanding& left, const alerts::RuleStanding& right) const {
    return left.uid < right.uid;
  }
  bool operator()(const alerts::Problem& left, const alerts::Problem& right) const {
    return labels_less(left.labels, right.labels);
  }
  bool operator()(const alerts::ExternalAlert& left, const alerts::ExternalAlert& right) const {
    return labels_less(left.labels, right.labels);
  }
  bool operator()(const alerts::Incident& left, const alerts::Incident& right) const { return left.id < right.id; }
};

template <class T>
Difference<T> changes(const std::vector<T>& before, const std::vector<T>& after) {
  return difference(before, after, KeyLess{}, [](const T& left, const T& right) { return is_same(left, right); });
}

/// Puts `newer` in place of what has the same labels, and beside the others.  shape: both in the order of KeyLess.
void merge(std::vector<alerts::ExternalAlert>& into, std::vector<alerts::ExternalAlert> newer) {
  const auto is_replaced = [&newer](const alerts::ExternalAlert& alert) {
    return std::ranges::binary_search(newer, alert, KeyLess{});
  };
  std::erase_if(into, is_replaced);
  const auto middle = std::ssize(into);
  std::ranges::move(newer, std::back_inserter(into));
  std::ranges::inplace_merge(into, into.begin() + middle, KeyLess{});
}

template <class T>
Result<> apply(AlertTables& tables, const Difference<T>& rows) {
  for (const T* row : rows.removed) SONDE_TRY(tables.remove(*row));
  for (const T* row : rows.written) SONDE_TRY(tables.write(*row));
  return Ok{};
}

}  // namespace

/// What a save has to do.
struct AlertHistory::Plan {
  bool replaces_all = false;
  Difference<alerts::Instance> instances;
  Difference<alerts::RuleStanding> rules;
  Difference<alerts::Problem> problems;
  Difference<alerts::ExternalAlert> externals;
  std::vector<const alerts::Incident*> incidents;  // written; none is ever removed
  bool clock = false;

  [[nodiscard]] bool changes_state() const {
    return replaces_all || !instances.empty() || !rules.empty() || !problems.empty() || !externals.empty() ||
           !incidents.empty();
  }
};

Result<std::unique_ptr<AlertHistory>> AlertHistory::open(const std::string& path, WallTime now,
                                                         std::vector<std::string>& notices) {
  auto file = open_history_file(path, now, notices);
  if (!file) return std::move(file).error().with("the history of alerts");
  return make(*std::move(file));
}

Result<std::unique_ptr<AlertHistory>> AlertHistory::open(Database database) {
  return make(HistoryFile{UniqueFd(), std::move(database)});
}

Result<std::unique_ptr<AlertHistory>> AlertHistory::make(HistoryFile file) {
  std::unique_ptr<AlertHistory> history(new AlertHistory(std::move(file)));
  history->tables_ = SONDE_TRY(AlertTables::prepare(history->file_.database));
  history->timeline_ = SONDE_TRY(TimelineTable::prepare(history->file_.database));
  history->incidents_ = SONDE_TRY(IncidentTables::prepare(history->file_.database));
  history->reviews_ = SONDE_TRY(ReviewTable::prepare(history->file_.database));
  history->silences_ = SONDE_TRY(SilenceHistory::open(history->file_.database, history->mutex_));
  history->oncall_.emplace(history->file_.database, history->mutex_);
  history->remedies_.emplace(history->file_.database, history->mutex_);
  history->answers_.emplace(history->file_.database, history->mutex_);
  return history;
}

bool AlertHistory::is_shared() const {
  const std::lock_guard lock(mutex_);
  return file_.database.dialect() == Dialect::kPostgres;
}

Result<> AlertHistory::keep_alive() {
  const std::lock_guard lock(mutex_);
  return file_.database.execute("SELECT 1");
}

Result<std::string> AlertHistory::shared_key(const std::string& fresh) {
  const std::lock_guard lock(mutex_);
  Statement write =
      SONDE_TRY(file_.database.prepare("INSERT INTO shared_key (id, key) VALUES (1, ?) ON CONFLICT (id) DO NOTHING"));
  SONDE_TRY(write.bind(fresh).run());
  return file_.database.ask_text("SELECT key FROM shared_key");
}

Result<std::vector<PostedAlerts>> AlertHistory::take_posted(std::size_t limit) {
  const std::lock_guard lock(mutex_);
  std::vector<PostedAlerts> posted = SONDE_TRY(posted_alerts(file_.database, taken_.size() + limit));
  std::erase_if(posted,
                [this](const PostedAlerts& each) { return std::ranges::find(taken_, each.id) != taken_.end(); });
  for (const PostedAlerts& each : posted) taken_.push_back(each.id);
  return posted;
}

Result<LoadedHistory> AlertHistory::load() {
  const std::lock_guard lock(mutex_);
  LoadedHistory loaded = SONDE_TRY(tables_->read_all());
  const std::chrono::nanoseconds since = loaded.clock ? loaded.clock->elapsed - kLately : std::chrono::nanoseconds{0};
  loaded.snapshot.incidents = SONDE_TRY(incidents_->lately(since, loaded.notices));
  std::ranges::sort(loaded.snapshot.instances, KeyLess{});
  std::ranges::sort(loaded.snapshot.rules, KeyLess{});
  std::ranges::sort(loaded.snapshot.problems, KeyLess{});
  std::ranges::sort(loaded.snapshot.externals, KeyLess{});
  // Rows that make no sense would stay for ever if only differences were written.
  written_.reset();
  if (loaded.notices.empty()) written_ = loaded.snapshot;
  written_clock_ = loaded.clock;
  loaded.deliveries = SONDE_TRY(incidents_->unfinished(loaded.notices));
  loaded.told = SONDE_TRY(incidents_->told_since(since, loaded.notices));
  loaded.reviews = SONDE_TRY(reviews_->watched(loaded.notices));
  return loaded;
}

AlertHistory::Plan AlertHistory::plan_of(const alerts::Snapshot& snapshot, const ClockMark& now) const {
  const alerts::Snapshot nothing;
  const alerts::Snapshot& before = written_ ? *written_ : nothing;
  Plan plan;
  plan.replaces_all = !written_;
  plan.instances = changes(before.instances, snapshot.instances);
  plan.rules = changes(before.rules, snapshot.rules);
  plan.problems = changes(before.problems, snapshot.problems);
  plan.externals = changes(before.externals, snapshot.externals);
  plan.incidents = changes(before.incidents, snapshot.incidents).written;
  const bool clock_is_old =
      !written_clock_ || now.boot_id != written_clock_->boot_id || now.elapsed - written_clock_->elapsed >= kClockAge;
  plan.clock = clock_is_old || before.quiet_until != snapshot.quiet_until;
  return plan;
}

Result<> AlertHistory::save(const alerts::Snapshot& snapshot, std::span<const alerts::TimelineEntry> entries,
                            const ClockMark& now, std::span<const notify::Delivery> deliveries,
                            std::span<const alerts::Review> reviews) {
  const std::lock_guard lock(mutex_);
  for (const alerts::Review& review : reviews) waiting_reviews_.insert_or_assign(review.incident, review);
  for (const alerts::TimelineEntry& entry : entries) keep_waiting(entry);
  for (const notify::Delivery& delivery : deliveries) keep_waiting(notify::DeliveryRecord{.delivery = delivery});
  const Plan plan = plan_of(snapshot, now);
  const bool any_waits = !waiting_.empty() || !steps_.empty() || !waiting_reviews_.empty() || !taken_.empty();
  if (!plan.changes_state() && !plan.clock && !any_waits) return Ok{};
  auto done = write(plan, snapshot, now);
  if (!done) {
    ++counters_.failed_saves;
    return std::move(done).error().with("keep the history of alerts");
  }
  ++counters_.saves;
  forget_waiting();
  waiting_reviews_.clear();
  taken_.clear();
  if (plan.changes_state() || plan.clock) written_ = snapshot;
  written_clock_ = now;
  return Ok{};
}

Result<> AlertHistory::keep_received(std::vector<alerts::ExternalAlert> alerts, const ClockMark& now) {
  std::ranges::sort(alerts, KeyLess{});
  const auto is_same_alert = [](const auto& left, const auto& right) { return left.labels == right.labels; };
  alerts.erase(std::unique(alerts.begin(), alerts.end(), is_same_alert), alerts.end());
  const std::lock_guard lock(mutex_);
  auto done = write_received(alerts, now);
  if (!done) {
    ++counters_.failed_saves;
    return std::move(done).error().with("keep alerts of other programs");
  }
  ++counters_.saves;
  if (!written_clock_) written_clock_ = now;
  if (written_) merge(written_->externals, std::move(alerts));
  return Ok{};
}

/// Without a clock the file would be one that nothing was ever kept in.
Result<> AlertHistory::write_received(std::span<const alerts::ExternalAlert> alerts, const ClockMark& now) {
  Transaction transaction = SONDE_TRY(Transaction::begin(file_.database));
  for (const alerts::ExternalAlert& alert : alerts) SONDE_TRY(tables_->write(alert));
  if (!written_clock_) SONDE_TRY(tables_->write_clock(now, std::chrono::nanoseconds{0}));
  return transaction.commit();
}

Result<> AlertHistory::record(std::span<const notify::DeliveryRecord> steps) {
  const std::lock_guard lock(mutex_);
  for (const notify::DeliveryRecord& step : steps) keep_waiting(step);
  auto done = write_steps();
  if (!done) {
    ++counters_.failed_saves;
    return std::move(done).error().with("keep what became of messages");
  }
  ++counters_.saves;
  forget_waiting();
  return Ok{};
}

Result<std::vector<rules::RuleText>> AlertHistory::rule_files() const {
  const std::lock_guard lock(mutex_);
  return tables_->rule_files();
}

Result<> AlertHistory::keep_rule_files(std::vector<rules::RuleText> files) {
  const std::lock_guard lock(mutex_);
  std::ranges::sort(files, {}, &rules::RuleText::file);
  if (SONDE_TRY(tables_->rule_files()) == files) return Ok{};
  Transaction transaction = SONDE_TRY(Transaction::begin(file_.database));
  SONDE_TRY(tables_->replace_rule_files(files));
  return transaction.commit();
}

Result<std::vector<probe::UptimeStep>> AlertHistory::uptime() const {
  const std::lock_guard lock(mutex_);
  return read_uptime(file_.database);
}

Result<> AlertHistory::keep_uptime(std::span<const probe::UptimeStep> steps, WallTime now) {
  const std::lock_guard lock(mutex_);
  return write_uptime(file_.database, steps, now);
}

void AlertHistory::keep_waiting(const alerts::TimelineEntry& entry) {
  waiting_.push_back(entry);
  for (; waiting_.size() > kMaxWaiting; waiting_.pop_front()) ++counters_.lost_entries;
}

/// Those who send know of the wall clock alone; how much time has passed is told by the last save.
void AlertHistory::keep_waiting(const notify::DeliveryRecord& step) {
  counters_.lost_deliveries += steps_.add(step, kMaxWaiting);
  std::optional<alerts::TimelineEntry> line = line_of(step.delivery);
  if (!line) return;
  if (written_clock_) {
    const auto since = std::clamp(line->at.wall - written_clock_->wall, std::chrono::nanoseconds{0}, 2 * kClockAge);
    line->at.elapsed = written_clock_->elapsed + since;
  }
  keep_waiting(*line);
}

void AlertHistory::forget_waiting() {
  waiting_.clear();
  steps_.clear();
}

Result<> AlertHistory::write(const Plan& plan, const alerts::Snapshot& snapshot, const ClockMark& now) {
  Transaction transaction = SONDE_TRY(Transaction::begin(file_.database));
  if (plan.replaces_all) SONDE_TRY(tables_->clear());
  SONDE_TRY(apply(*tables_, plan.instances));
  SONDE_TRY(apply(*tables_, plan.rules));
  SONDE_TRY(apply(*tables_, plan.problems));
  SONDE_TRY(apply(*tables_, plan.externals));
  for (const alerts::Incident* incident : plan.incidents) SONDE_TRY(incidents_->write(*incident));
  for (const auto& [incident, review] : waiting_reviews_) SONDE_TRY(reviews_->write(review));
  SONDE_TRY(write_waiting());
  SONDE_TRY(remove_posted(file_.database, taken_));
  SONDE_TRY(tables_->write_clock(now, snapshot.quiet_until));
  return transaction.commit();
}

Result<> AlertHistory::write_steps() {
  Transaction transaction = SONDE_TRY(Transaction::begin(file_.database));
  SONDE_TRY(write_waiting());
  return transaction.commit();
}

Result<> AlertHistory::write_waiting() {
  for (const alerts::TimelineEntry& entry : waiting_) SONDE_TRY(timeline_->append(entry));
  for (const notify::DeliveryRecord& step : steps_.all()) SONDE_TRY(incidents_->write(step));
  return Ok{};
}

Result<std::vector<StoredEntry>> AlertHistory::entries_after(std::int64_t id, std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  return timeline_->after(id, limit);
}

Result<std::vector<StoredEntry>> AlertHistory::entries_about(const alerts::Incident& incident, std::int64_t after,
                                                             std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  return timeline_->after(after, limit, incident);
}

Result<std::vector<alerts::Incident>> AlertHistory::incidents(std::int64_t before, bool open_only,
                                                              std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  return incidents_->incidents(before, open_only, limit);
}

Result<alerts::Incident> AlertHistory::incident(std::int64_t id) const {
  const std::lock_guard lock(mutex_);
  std::optional<alerts::Incident> found = SONDE_TRY(incidents_->incident(id));
  if (!found) return Error{Code::kNotFound, "there is no incident " + std::to_string(id)};
  return *std::move(found);
}

Result<std::vector<alerts::Review>> AlertHistory::reviews(std::span<const std::int64_t> incidents) const {
  const std::lock_guard lock(mutex_);
  std::vector<alerts::Review> found = SONDE_TRY(reviews_->of(incidents));
  for (const auto& [incident, waiting] : waiting_reviews_) {
    if (std::ranges::find(incidents, incident) == incidents.end()) continue;
    const auto stored = std::ranges::lower_bound(found, incident, {}, &alerts::Review::incident);
    if (stored != found.end() && stored->incident == incident) {
      *stored = waiting;
    } else {
      found.insert(stored, waiting);
    }
  }
  return found;
}

Result<std::vector<ReportRow>> AlertHistory::report_rows(std::int64_t before, std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  const std::vector<alerts::Incident> incidents = SONDE_TRY(incidents_->incidents(before, false, limit));
  std::vector<std::int64_t> ids;
  for (const alerts::Incident& incident : incidents) ids.push_back(incident.id);
  const std::vector<alerts::Review> reviews = SONDE_TRY(reviews_->of(ids));
  std::vector<ReportRow> rows;
  for (const alerts::Incident& incident : incidents) {
    const auto review = std::ranges::lower_bound(reviews, incident.id, {}, &alerts::Review::incident);
    const bool is_reviewed = review != reviews.end() && review->incident == incident.id;
    const std::vector<StoredEntry> lines = SONDE_TRY(timeline_->milestones(incident));
    rows.push_back(report_row(incident, lines, is_reviewed ? &*review : nullptr));
  }
  return rows;
}

Result<std::vector<notify::Delivery>> AlertHistory::deliveries(std::optional<notify::DeliveryState> state,
                                                               std::int64_t incident, std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  return incidents_->deliveries(state, incident, limit);
}

Result<notify::Delivery> AlertHistory::delivery(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  std::optional<notify::Delivery> found = SONDE_TRY(incidents_->delivery(id));
  if (!found) return Error{Code::kNotFound, "there is no delivery '" + id + "'"};
  return *std::move(found);
}

Result<std::size_t> AlertHistory::prune(const alerts::Moment& now) {
  const std::lock_guard lock(mutex_);
  std::size_t gone = SONDE_TRY(timeline_->remove_before({now.wall - kKept, now.elapsed - kKept}, kPruneBatch));
  gone += SONDE_TRY(incidents_->remove_strays_before(now.wall - kKept, kPruneBatch));
  Transaction transaction = SONDE_TRY(Transaction::begin(file_.database));
  gone +=
      SONDE_TRY(incidents_->remove_before({now.wall - kIncidentsKept, now.elapsed - kIncidentsKept}, kPruneIncidents));
  SONDE_TRY(transaction.commit());
  return gone;
}

HistoryCounters AlertHistory::counters() const {
  const std::lock_guard lock(mutex_);
  HistoryCounters counters = counters_;
  counters.waiting_entries = waiting_.size();
  counters.waiting_deliveries = steps_.all().size();
  return counters;
}

}  // namespace sonde::history
