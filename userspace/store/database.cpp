#include "store/database.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <iterator>
#include <limits>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <utility>

#include "store/checkpoint_directory.h"
#include "store/matching.h"
#include "store/recorder.h"
#include "store/retention.h"
#include "store/selecting.h"
#include "store/series_table.h"

namespace sonde::store {
namespace {

/// Many readers or one writer, and a writer that waits lets no new reader in: readers that overlap without end would
/// otherwise keep it out, as pthread_rwlock_rdlock(3) prefers them.
class FairLock {
 public:
  [[nodiscard]] std::shared_lock<std::shared_mutex> for_reading() const {
    const std::lock_guard turn(turn_);
    return std::shared_lock(mutex_);
  }
  [[nodiscard]] std::unique_lock<std::shared_mutex> for_writing() const {
    const std::lock_guard turn(turn_);
    return std::unique_lock(mutex_);
  }

 private:
  mutable std::mutex turn_;
  mutable std::shared_mutex mutex_;
};

constexpr std::int64_t kTidyIntervalMs = 60'000;
constexpr std::size_t kMaxWaiting = 10'000;

std::int64_t to_ms(std::chrono::nanoseconds duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

std::int64_t newest_of(const SeriesTable& table) {
  std::int64_t newest_ms = 0;
  table.for_each([&](const StoredSeries& series) {
    series.visit_tiers([&](const auto& tiers) {
      if (!tiers.full.empty()) newest_ms = std::max(newest_ms, tiers.full.last_ms());
    });
  });
  return newest_ms;
}

void add_value(const Labels& labels, const std::string& name, std::set<std::string>& values) {
  for (const measure::Label& label : labels) {
    if (label.name == name) values.insert(label.value);
  }
}

bool is_name(const std::string& label) { return label == kNameLabel; }

}  // namespace

class Database::Impl {
 public:
  explicit Impl(const StoreOptions& options) : options_(options), recorder_(table_, options_) {}

  Result<> open(std::vector<std::string>& notices) {
    SONDE_TRY(set_demands(options_.demands));
    if (options_.directory.empty()) return Ok{};
    directory_.emplace(SONDE_TRY(CheckpointDirectory::open(options_.directory)));
    SONDE_TRY(directory_->load(table_, notices));
    table_.for_each([&](StoredSeries& series) { recorder_.prepare(series); });
    last_ms_ = newest_of(table_);
    tidy();
    return Ok{};
  }

  WallTime append(const measure::Snapshot& snapshot, WallTime now) {
    const auto lock = lock_.for_writing();
    last_ms_ = recorder_.align(to_ms(now.time_since_epoch()));
    const std::size_t index_bytes = table_.index().bytes();
    recorder_.append(snapshot, last_ms_);
    table_bytes_ += recorder_.take_grown_bytes() + table_.index().bytes() - index_bytes;
    const bool is_full = table_bytes_ + recorder_.memory_bytes() > options_.max_bytes;
    if (is_full || std::abs(last_ms_ - tidied_ms_) >= kTidyIntervalMs) tidy();
    return WallTime{std::chrono::milliseconds{last_ms_}};
  }

  void append_outputs(const std::string& origin, std::vector<Output> outputs, WallTime at) {
    if (waiting_.size() >= kMaxWaiting) {
      dropped_outputs_ += waiting_.front().outputs.size();
      waiting_.pop_front();
    }
    waiting_.push_back({origin, std::move(outputs), to_ms(at.time_since_epoch())});
    const std::unique_lock turn(checkpointing_, std::try_to_lock);
    if (!turn.owns_lock()) return;
    const auto lock = lock_.for_writing();
    const std::size_t index_bytes = table_.index().bytes();
    for (const WaitingOutputs& made : waiting_) recorder_.append_outputs(made.origin, made.outputs, made.at_ms);
    waiting_.clear();
    table_bytes_ += recorder_.take_grown_bytes() + table_.index().bytes() - index_bytes;
  }

  Result<> set_demands(std::vector<SamplingDemand> demands) {
    std::vector<ReadyDemand> ready;
    for (const SamplingDemand& demand : demands) {
      ready.push_back(
          {SONDE_TRY(SeriesMatcher::compile(demand.matchers)), std::max<std::int64_t>(1, to_ms(demand.interval))});
    }
    const auto lock = lock_.for_writing();
    recorder_.set_demands(std::move(ready));
    return Ok{};
  }

  Result<std::vector<std::unique_ptr<SeriesView>>> select(const Selection& selection) const {
    SeriesMatcher matcher = SONDE_TRY(SeriesMatcher::compile(selection.matchers));
    auto lock = lock_.for_reading();
    std::vector<Match> matches = find_matches(table_, matcher, selection, true);
    lock.unlock();
    return make_views(std::move(matches), selection, selection.fine_buckets && !matcher.asks_for_bound());
  }

  Result<std::vector<std::shared_ptr<const Labels>>> series(std::span<const Selection> selections) const {
    std::vector<Labels> all;
    for (const Selection& selection : selections) {
      SeriesMatcher matcher = SONDE_TRY(SeriesMatcher::compile(selection.matchers));
      auto lock = lock_.for_reading();
      const std::vector<Match> matches = find_matches(table_, matcher, selection, false);
      lock.unlock();
      for (const Match& match : matches) {
        std::vector<Labels> sets = labels_of(match);
        std::move(sets.begin(), sets.end(), std::back_inserter(all));
      }
    }
    std::sort(all.begin(), all.end(), comes_before);
    all.erase(std::unique(all.begin(), all.end()), all.end());
    std::vector<std::shared_ptr<const Labels>> shared;
    shared.reserve(all.size());
    for (Labels& labels : all) shared.push_back(std::make_shared<const Labels>(std::move(labels)));
    return shared;
  }

  Result<std::vector<std::string>> label_names(std::span<const Selection> selections) const {
    std::set<std::string> names;
    if (selections.empty()) {
      const auto lock = lock_.for_reading();
      for (const auto& [name, values] : table_.index().names()) names.insert(name);
      if (has_histograms()) names.emplace(kBoundLabel);
    } else {
      for (const auto& labels : SONDE_TRY(series(selections))) {
        for (const measure::Label& label : *labels) names.insert(label.name);
      }
    }
    return std::vector<std::string>(names.begin(), names.end());
  }

  Result<std::vector<std::string>> label_values(const std::string& name, std::span<const Selection> selections) const {
    std::set<std::string> values;
    if (selections.empty()) {
      const auto lock = lock_.for_reading();
      add_all_values(name, values);
    } else {
      for (const auto& labels : SONDE_TRY(series(selections))) add_value(*labels, name, values);
    }
    return std::vector<std::string>(values.begin(), values.end());
  }

  std::vector<MetricMetadata> metadata() const {
    const auto lock = lock_.for_reading();
    return recorder_.metadata();
  }

  DatabaseFacts facts() const {
    const auto lock = lock_.for_reading();
    DatabaseFacts facts = counted_;
    facts.appended_samples = recorder_.appended_samples();
    facts.out_of_order_samples = recorder_.out_of_order_samples();
    facts.dropped_outputs = dropped_outputs_.load(std::memory_order_relaxed);
    facts.stored_series = table_.size();
    facts.bytes = table_.memory_bytes() + recorder_.memory_bytes();
    facts.newest_ms = newest_of(table_);
    std::int64_t oldest_ms = std::numeric_limits<std::int64_t>::max();
    table_.for_each([&](const StoredSeries& series) {
      facts.series += series.series_count();
      series.visit_tiers([&](const auto& tiers) {
        if (!tiers.empty()) oldest_ms = std::min(oldest_ms, tiers.oldest_ms());
        tiers.for_each_tier([&](const auto& tier) {
          facts.chunks += tier.chunk_count();
          facts.sample_bytes += tier.sample_bytes();
        });
      });
    });
    facts.oldest_ms = oldest_ms == std::numeric_limits<std::int64_t>::max() ? 0 : oldest_ms;
    if (directory_) {
      facts.damaged_files = directory_->damaged_files();
      facts.checkpoint_bytes = directory_->bytes();
    }
    return facts;
  }

  /// No lock for readers while the files are written: nobody else changes the table, and what has been saved is no
  /// reader's business.
  Result<> checkpoint() {
    if (!directory_) return Ok{};
    const std::lock_guard turn(checkpointing_);
    const Result<> written = directory_->write(table_, last_ms_);
    const auto lock = lock_.for_writing();
    ++(written ? counted_.checkpoints : counted_.failed_checkpoints);
    if (written) counted_.checkpoint_ms = last_ms_;
    return written;
  }

 private:
  /// Looks at every series, which most appends need not. What the recorder remembers is bounded along with the samples.
  void tidy() {
    const std::size_t others = std::min(options_.max_bytes, recorder_.memory_bytes());
    const Dropped dropped = drop_what_is_over(table_, options_, last_ms_, options_.max_bytes - others);
    counted_.dropped_by_age += dropped.by_age;
    counted_.dropped_by_size += dropped.by_size;
    table_bytes_ = dropped.bytes_left;
    tidied_ms_ = last_ms_;
  }

  [[nodiscard]] bool has_histograms() const {
    bool any = false;
    table_.for_each([&](const StoredSeries& series) { any = any || series.is_histogram(); });
    return any;
  }

  void add_all_values(const std::string& name, std::set<std::string>& values) const {
    if (name == kBoundLabel && has_histograms()) values.insert(bound_texts().begin(), bound_texts().end());
    const auto row = table_.index().names().find(name);
    if (row == table_.index().names().end()) return;
    for (const auto& [value, postings] : row->second) {
      const auto is_histogram = [&](SeriesSlot slot) { return table_.at(slot)->is_histogram(); };
      if (!is_name(name) || !std::all_of(postings.begin(), postings.end(), is_histogram)) values.insert(value);
      if (!is_name(name) || std::none_of(postings.begin(), postings.end(), is_histogram)) continue;
      for (const std::string_view suffix : {kBucketSuffix, kSumSuffix, kCountSuffix}) {
        values.insert(std::string(value).append(suffix));
      }
    }
  }

  struct WaitingOutputs {
    std::string origin;
    std::vector<Output> outputs;
    std::int64_t at_ms = 0;
  };

  const StoreOptions options_;
  FairLock lock_;
  std::mutex checkpointing_;            // held while the table is written to disk; taken before lock_
  std::deque<WaitingOutputs> waiting_;  // of the thread that appends outputs
  std::atomic<std::uint64_t> dropped_outputs_{0};
  SeriesTable table_;
  Recorder recorder_;
  std::optional<CheckpointDirectory> directory_;
  std::int64_t last_ms_ = 0;     // of the last append
  std::int64_t tidied_ms_ = 0;   // when every series was looked at
  std::size_t table_bytes_ = 0;  // at most; exact when tidied
  DatabaseFacts counted_;        // what happened; what is there is looked up
};

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const StoreOptions& options, std::vector<std::string>& notices) {
  auto impl = std::make_unique<Impl>(options);
  SONDE_TRY(impl->open(notices));
  return std::unique_ptr<Database>(new Database(std::move(impl)));
}

WallTime Database::append(const measure::Snapshot& snapshot, WallTime now) { return impl_->append(snapshot, now); }

void Database::append_outputs(const std::string& origin, std::vector<Output> outputs, WallTime at) {
  impl_->append_outputs(origin, std::move(outputs), at);
}

Result<> Database::set_demands(std::vector<SamplingDemand> demands) { return impl_->set_demands(std::move(demands)); }

Result<std::vector<std::unique_ptr<SeriesView>>> Database::select(const Selection& selection) const {
  return impl_->select(selection);
}

Result<std::vector<std::shared_ptr<const Labels>>> Database::series(std::span<const Selection> selections) const {
  return impl_->series(selections);
}

Result<std::vector<std::string>> Database::label_names(std::span<const Selection> selections) const {
  return impl_->label_names(selections);
}

Result<std::vector<std::string>> Database::label_values(const std::string& name,
                                                        std::span<const Selection> selections) const {
  return impl_->label_values(name, selections);
}

std::vector<MetricMetadata> Database::metadata() const { return impl_->metadata(); }
DatabaseFacts Database::facts() const { return impl_->facts(); }
Result<> Database::checkpoint() { return impl_->checkpoint(); }

}  // namespace sonde::store
