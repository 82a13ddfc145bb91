#include "history/alert_history.h"

#include <algorithm>
#include <utility>

#include "history/alert_rows.h"
#include "history/difference.h"

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
};

template <class T>
Difference<T> changes(const std::vector<T>& before, const std::vector<T>& after) {
  return difference(before, after, KeyLess{}, [](const T& left, const T& right) { return is_same(left, right); });
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
  bool clock = false;

  [[nodiscard]] bool changes_state() const {
    return replaces_all || !instances.empty() || !rules.empty() || !problems.empty();
  }
};

Result<std::unique_ptr<AlertHistory>> AlertHistory::open(const std::string& path, WallTime now,
                                                         std::vector<std::string>& notices) {
  auto file = open_history_file(path, now, notices);
  if (!file) return std::move(file).error().with("the history of alerts");
  std::unique_ptr<AlertHistory> history(new AlertHistory(*std::move(file)));
  history->tables_ = SONDE_TRY(AlertTables::prepare(history->file_.database));
  history->silences_ = SONDE_TRY(SilenceHistory::open(history->file_.database));
  return history;
}

Result<LoadedHistory> AlertHistory::load() {
  LoadedHistory loaded = SONDE_TRY(tables_->read_all());
  std::ranges::sort(loaded.snapshot.instances, KeyLess{});
  std::ranges::sort(loaded.snapshot.rules, KeyLess{});
  std::ranges::sort(loaded.snapshot.problems, KeyLess{});
  // Rows that make no sense would stay for ever if only differences were written.
  written_.reset();
  if (loaded.notices.empty()) written_ = loaded.snapshot;
  written_clock_ = loaded.clock;
  return loaded;
}

Result<> AlertHistory::save(const alerts::Snapshot& snapshot, std::span<const alerts::TimelineEntry> entries,
                            const ClockMark& now) {
  keep_waiting(entries);
  const alerts::Snapshot nothing;
  const alerts::Snapshot& before = written_ ? *written_ : nothing;
  Plan plan;
  plan.replaces_all = !written_;
  plan.instances = changes(before.instances, snapshot.instances);
  plan.rules = changes(before.rules, snapshot.rules);
  plan.problems = changes(before.problems, snapshot.problems);
  const bool clock_is_old =
      !written_clock_ || now.boot_id != written_clock_->boot_id || now.elapsed - written_clock_->elapsed >= kClockAge;
  plan.clock = clock_is_old || before.quiet_until != snapshot.quiet_until;
  if (!plan.changes_state() && !plan.clock && waiting_.empty()) return Ok{};
  auto done = write(plan, snapshot, now);
  if (!done) {
    ++counters_.failed_saves;
    return std::move(done).error().with("keep the history of alerts");
  }
  ++counters_.saves;
  waiting_.clear();
  if (plan.changes_state() || plan.clock) written_ = snapshot;
  written_clock_ = now;
  return Ok{};
}

Result<> AlertHistory::keep_rule_files(std::vector<rules::RuleText> files) {
  std::ranges::sort(files, {}, &rules::RuleText::file);
  if (SONDE_TRY(tables_->rule_files()) == files) return Ok{};
  Transaction transaction = SONDE_TRY(Transaction::begin(file_.database));
  SONDE_TRY(tables_->replace_rule_files(files));
  return transaction.commit();
}

void AlertHistory::keep_waiting(std::span<const alerts::TimelineEntry> entries) {
  waiting_.insert(waiting_.end(), entries.begin(), entries.end());
  for (; waiting_.size() > kMaxWaiting; waiting_.pop_front()) ++counters_.lost_entries;
}

Result<> AlertHistory::write(const Plan& plan, const alerts::Snapshot& snapshot, const ClockMark& now) {
  Transaction transaction = SONDE_TRY(Transaction::begin(file_.database));
  if (plan.replaces_all) SONDE_TRY(tables_->clear());
  SONDE_TRY(apply(*tables_, plan.instances));
  SONDE_TRY(apply(*tables_, plan.rules));
  SONDE_TRY(apply(*tables_, plan.problems));
  for (const alerts::TimelineEntry& entry : waiting_) SONDE_TRY(tables_->append(entry));
  SONDE_TRY(tables_->write_clock(now, snapshot.quiet_until));
  return transaction.commit();
}

Result<std::vector<StoredEntry>> AlertHistory::entries_after(std::int64_t id, std::size_t limit) const {
  return tables_->entries_after(id, limit);
}

Result<std::size_t> AlertHistory::prune(const alerts::Moment& now) {
  return tables_->remove_entries_before({now.wall - kKept, now.elapsed - kKept}, kPruneBatch);
}

HistoryCounters AlertHistory::counters() const {
  HistoryCounters counters = counters_;
  counters.waiting_entries = waiting_.size();
  return counters;
}

}  // namespace sonde::history
