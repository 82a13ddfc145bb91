#include "app/store_loop.h"

#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/log.h"

namespace sonde::app {
namespace {

constexpr std::chrono::milliseconds kSnapshotPatience{500};
constexpr const char* kStateDirectory = "/var/lib/sonde";

WallTime next_after(WallTime now, std::chrono::nanoseconds step) {
  return WallTime{(now.time_since_epoch() / step + 1) * step};
}

void log_notices(const std::vector<std::string>& notices) {
  for (const std::string& notice : notices) log_warning("store", {{"what", notice}});
}

}  // namespace

store::StoreOptions store_options(const config::Config& config, const char* state_directory) {
  store::StoreOptions options = config.store;
  const std::string_view given = state_directory == nullptr ? "" : state_directory;
  if (config.store_directory) {
    options.directory = *config.store_directory == config::kNoDirectory ? "" : *config.store_directory;
  } else {
    options.directory = given.empty() ? kStateDirectory : given.substr(0, given.find(':'));
  }
  return options;
}

Result<std::unique_ptr<store::Database>> open_store(const config::Config& config) {
  store::StoreOptions options = store_options(config, std::getenv("STATE_DIRECTORY"));
  std::vector<std::string> notices;
  auto database = store::Database::open(options, notices);
  log_notices(notices);
  if (database || config.store_directory) return database;
  log_warning("the past is kept in memory only and ends with the daemon",
              {{"why", database.error().what}, {"remedy", "name a directory with store.directory, or `none`"}});
  options.directory.clear();
  notices.clear();
  return store::Database::open(options, notices);
}

StoreLoop::StoreLoop(const store::StoreOptions& options, store::Database& database, SnapshotSource& snapshots,
                     const Clock& clock)
    : step_(options.tick),
      checkpoint_interval_(options.checkpoint_interval),
      database_(database),
      snapshots_(snapshots),
      clock_(clock),
      facts_(database.facts()) {}

void StoreLoop::run(const std::stop_token& stop) {
  pthread_setname_np(pthread_self(), "store");
  std::mutex mutex;
  std::condition_variable_any stopped;
  KernelTime checkpoint_at =
      clock_.kernel_now() + checkpoint_interval_;  // a wall clock that is set back must not stop it
  sample();
  heap_.give_back_if_grown(clock_.kernel_now());
  while (!stop.stop_requested()) {
    const WallTime due = next_after(clock_.now(), step_);
    {
      std::unique_lock lock(mutex);
      stopped.wait_for(lock, stop, due - clock_.now(), [] { return false; });
    }
    if (stop.stop_requested()) break;
    sample();
    heap_.give_back_if_grown(clock_.kernel_now());
    if (clock_.kernel_now() >= checkpoint_at) {
      checkpoint();
      checkpoint_at = clock_.kernel_now() + checkpoint_interval_;
    }
  }
  checkpoint();
}

void StoreLoop::sample() {
  auto snapshot = snapshots_.fresh(kSnapshotPatience);
  if (!snapshot) return;
  const WallTime at = database_.append(*snapshot, clock_.now());
  {
    const std::lock_guard lock(mutex_);
    sampled_ = Sampled{std::move(snapshot), at};
  }
  sampled_changed_.notify_all();
  // Counting everything looks at every series.
  constexpr unsigned kRoundsBetween = 10;
  if (rounds_++ % kRoundsBetween == 0) note_facts();
}

std::optional<Sampled> StoreLoop::wait_newer(WallTime last, const std::stop_token& stop,
                                             std::chrono::nanoseconds patience) {
  std::unique_lock lock(mutex_);
  const auto is_newer = [&] { return sampled_ && sampled_->at != last; };
  if (!sampled_changed_.wait_for(lock, stop, patience, is_newer)) return std::nullopt;
  return sampled_;
}

void StoreLoop::note_facts() {
  store::DatabaseFacts facts = database_.facts();
  const std::lock_guard lock(mutex_);
  facts_ = std::move(facts);
}

void StoreLoop::checkpoint() {
  const Result<> written = database_.checkpoint();
  if (!written && !is_failing_) {
    log_error("the past cannot be written to disk; it goes on in memory", {{"why", written.error().what}});
  }
  if (written && is_failing_) log_info("the past is written to disk again");
  is_failing_ = !written;
  note_facts();
}

store::DatabaseFacts StoreLoop::facts() const {
  const std::lock_guard lock(mutex_);
  return facts_;
}

}  // namespace sonde::app
