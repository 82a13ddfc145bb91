#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>

#include "app/snapshot_source.h"
#include "base/clock.h"
#include "base/result.h"
#include "config/types.h"
#include "store/database.h"

namespace sonde::app {

/// Where the past is kept: store.directory, else what systemd made for the daemon (STATE_DIRECTORY, systemd.exec(5)),
/// else /var/lib/sonde.
store::StoreOptions store_options(const config::Config& config, const char* state_directory);

/// Opens the store. Where the directory is nobody's wish and cannot be used, the past is kept in memory only, and the
/// log says so.
/// errors: as Database::open, if the configuration names the directory.
Result<std::unique_ptr<store::Database>> open_store(const config::Config& config);

/// The store thread: has a snapshot taken at each sampling time and puts it into the store, and writes checkpoints. A
/// disk that takes its time delays samples, and neither alerts nor the capture thread.
class StoreLoop {
 public:
  /// owner: the caller keeps everything alive.
  StoreLoop(const store::StoreOptions& options, store::Database& database, SnapshotSource& snapshots,
            const Clock& clock);

  /// Runs until stopped; then writes a last checkpoint.
  void run(const std::stop_token& stop);

  /// As of the last round: asking does not wait for the store.  threads: any.
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
  bool is_failing_ = false;

  mutable std::mutex mutex_;  // guards what follows
  store::DatabaseFacts facts_;
};

}  // namespace sonde::app
