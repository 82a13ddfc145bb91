#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "alerts/types.h"
#include "app/self_metrics.h"
#include "base/program.h"
#include "base/result.h"
#include "history/remedy_history.h"

namespace sonde::app {

/// What programs for incidents are run with.  owner: the caller keeps it alive.
struct RemedyParts {
  history::RemedyHistory* history = nullptr;  ///< null: nothing is kept, and nothing is started
  std::function<alerts::Moment()> now;        ///< may be asked from any thread, never while this module is called
  std::function<Result<ProgramOutcome>(const ProgramOrder& order, const std::stop_token& stop)> run = &run_program;
};

/// Runs programs for incidents, one after the other, each once. That it is taken on is on disk before it starts: what
/// was taken on and has no end is never started again. What a program wrote, and how it ended, is in the incident's
/// timeline.  threads: run() on its own; the rest from any.
class RemedyRunner {
 public:
  explicit RemedyRunner(RemedyParts parts) : parts_(std::move(parts)) {}

  /// What is to be done now, in place of what was the last time: what waits and is not wanted any more is not begun.
  void want(std::vector<alerts::RemedyOrder> orders);

  /// What was taken on since the last time, or turned out to have been taken on before.
  [[nodiscard]] std::vector<alerts::RemedyClaim> take_claims();

  /// Lines that are not on disk yet.
  [[nodiscard]] std::vector<alerts::TimelineEntry> take_timeline();

  /// Says of programs that an earlier process has left without an end that nobody knows what they have done.
  void close(std::vector<alerts::RemedyRun> unfinished, const alerts::Moment& now);

  /// By remedy and outcome.
  [[nodiscard]] std::vector<RemedyCount> counts() const;

  /// Works until stopped; a program that runs then is ended.
  void run(const std::stop_token& stop);

 private:
  void carry_out(const alerts::RemedyOrder& order, const std::stop_token& stop);
  void rehearse(alerts::RemedyRun run);
  [[nodiscard]] bool claim(const alerts::RemedyRun& run, const alerts::TimelineEntry& line);
  void refuse(const alerts::RemedyRun& run, const std::string& why);
  void end(alerts::RemedyRun run, alerts::RemedyOutcome outcome, const alerts::Moment& at);
  void count(const alerts::RemedyRun& run, alerts::RemedyOutcome outcome);

  const RemedyParts parts_;

  mutable std::mutex mutex_;  // guards what follows; never held while the parts are asked
  std::condition_variable_any wanted_changed_;
  std::vector<alerts::RemedyOrder> wanted_;
  std::set<alerts::RemedyKey> begun_;    // that take_claims() has not told of
  std::set<alerts::RemedyKey> refused_;  // of which a line was written
  std::vector<alerts::RemedyClaim> claims_;
  std::vector<alerts::TimelineEntry> timeline_;
  std::map<std::pair<std::string, alerts::RemedyOutcome>, std::uint64_t> counts_;
};

}  // namespace sonde::app
