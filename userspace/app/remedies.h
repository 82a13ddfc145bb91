#pragma once

#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "alerts/remedy_book.h"
#include "alerts/types.h"
#include "app/remedy_runner.h"
#include "app/self_metrics.h"
#include "base/result.h"

namespace sonde::app {

/// What is run for incidents: what of it is wanted, and the thread that does it. Nothing, unless the configuration has
/// rules for it.  threads: run() on its own; the rest from any.
class Remedies {
 public:
  explicit Remedies(RemedyParts parts) : history_(parts.history), runner_(std::move(parts)) {}

  /// Takes up what an earlier process has left; what it has not ended is not run again.
  /// errors: as alerts::RemedyBook::compile.
  Result<> start(const alerts::RemedyOptions& options, const alerts::Moment& now);

  /// With each change of incidents, and as time goes on.
  void advance(std::span<const alerts::Incident> incidents, const alerts::Moment& now);

  /// What happened since the last time, and is not on disk yet.
  [[nodiscard]] std::vector<alerts::TimelineEntry> take_timeline();

  /// By remedy and outcome, since the start.
  [[nodiscard]] std::vector<RemedyCount> counts() const;

  /// True if advance() does nothing.
  [[nodiscard]] bool is_off() const;

  /// Works until stopped; a program that runs then is ended, which takes some seconds at most.
  void run(const std::stop_token& stop) { runner_.run(stop); }

 private:
  void restore(const alerts::Moment& now);

  history::RemedyHistory* const history_;
  RemedyRunner runner_;

  mutable std::mutex mutex_;  // guards what follows
  std::optional<alerts::RemedyBook> book_;
};

}  // namespace sonde::app
