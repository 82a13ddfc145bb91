#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

#include "app/heap_keeper.h"
#include "app/snapshot_source.h"
#include "base/clock.h"
#include "base/result.h"
#include "config/types.h"
#include "measure/types.h"
#include "store/database.h"

namespace sonde::app {

/// Where the past is kept: store.directory, else what systemd made for the daemon (STATE_DIRECTORY, systemd.exec(5)),
/// else /var/lib/sonde.
store::StoreOptions store_options(const config::Config& config, const char* state_directory);

/// Opens the store. Where the directory is nobody's wish and cannot be used, the past is kept in memory only, and the
/// log says so.
/// errors: as Database::open, if the configuration names the directory.
Result<std::unique_ptr<store::Database>> open_store(const config::Config& config);

/// What the store has taken in last.
struct Sampled {
  std::shared_ptr<const measure::Snapshot> snapshot;
  WallTime at;  ///< the time its samples have
};

/// The store thread: has a snapshot taken each StoreOptions::tick, puts what is due into the store, and writes
/// checkpoints. A disk that takes its time delays samples, and neither alerts nor the capture thread. In between it
/// sees to it that memory which queries have used goes back.
class StoreLoop {
 public:
  /// owner: the caller keeps everything alive.
  StoreLoop(const store::StoreOptions& options, store::Database& database, SnapshotSource& snapshots,
            const Clock& clock);

  /// Runs until stopped; then writes a last checkpoint.
  void run(const std::stop_token& stop);

  /// Waits until something was sampled at another time than `last`, for `patience` at most.  threads: any.
  [[nodiscard]] std::optional<Sampled> wait_newer(WallTime last, const std::stop_token& stop,
                                                  std::chrono::nanoseconds patience);

  /// As of some seconds ago: asking does not wait for the store.  threads: any.
  [[nodiscard]] store::DatabaseFacts facts() const;

 private:
  void sample();
  void note_facts();
  void checkpoint();

  const std::chrono::nanoseconds step_;
  const std::chrono::nanoseconds checkpoint_interval_;
  store::Database& database_;
  SnapshotSource& snapshots_;
  const Clock& clock_;
  HeapKeeper heap_;
  bool is_failing_ = false;

  unsigned rounds_ = 0;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable_any sampled_changed_;
  std::optional<Sampled> sampled_;
  store::DatabaseFacts facts_;
};

}  // namespace sonde::app
