#include "app/remedy_runner.h"

#include <pthread.h>

#include <optional>

#include "alerts/remedy_book.h"
#include "app/log.h"
#include "app/remedy_words.h"

namespace sonde::app {

using alerts::Change;
using alerts::RemedyOrder;
using alerts::RemedyOutcome;
using alerts::RemedyRun;

void RemedyRunner::want(std::vector<RemedyOrder> orders) {
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(orders, [this](const RemedyOrder& order) { return begun_.contains(order.key); });
    wanted_ = std::move(orders);
  }
  wanted_changed_.notify_one();
}

std::vector<alerts::RemedyClaim> RemedyRunner::take_claims() {
  const std::lock_guard lock(mutex_);
  for (const alerts::RemedyClaim& claim : claims_) begun_.erase(claim.key);
  return std::exchange(claims_, {});
}

std::vector<alerts::TimelineEntry> RemedyRunner::take_timeline() {
  const std::lock_guard lock(mutex_);
  return std::exchange(timeline_, {});
}

void RemedyRunner::close(std::vector<RemedyRun> unfinished, const alerts::Moment& now) {
  for (RemedyRun& run : unfinished) {
    run.how = "interrupted: it may have run; it is not run again";
    log_warning("a remedy has no end, for an earlier process ended before it; it is not run again",
                {{"remedy", run.claim.key.remedy}, {"incident", std::to_string(run.claim.key.incident)}});
    end(std::move(run), RemedyOutcome::kInterrupted, now);
  }
}

std::vector<RemedyCount> RemedyRunner::counts() const {
  const std::lock_guard lock(mutex_);
  std::vector<RemedyCount> counts;
  for (const auto& [what, number] : counts_) {
    counts.push_back({what.first, std::string(alerts::name_of(what.second)), number});
  }
  return counts;
}

void RemedyRunner::run(const std::stop_token& stop) {
  pthread_setname_np(pthread_self(), "remedy");
  while (true) {
    std::optional<RemedyOrder> next;
    {
      std::unique_lock lock(mutex_);
      if (!wanted_changed_.wait(lock, stop, [this] { return !wanted_.empty(); }) || stop.stop_requested()) return;
      next = std::move(wanted_.front());
      wanted_.erase(wanted_.begin());
      begun_.insert(next->key);
    }
    carry_out(*next, stop);
  }
}

void RemedyRunner::carry_out(const RemedyOrder& order, const std::stop_token& stop) {
  RemedyRun run;
  run.claim = alerts::claim_of(order, parts_.now());
  run.program = order.rule.arguments.front();
  run.dry_run = order.rule.dry_run;
  if (run.dry_run) return rehearse(std::move(run));
  if (!claim(run, alerts::remedy_line(order.key, Change::kRemedyStarted, run.claim.at, run.program))) return;
  log_info("a remedy is started",
           {{"remedy", order.key.remedy}, {"incident", std::to_string(order.key.incident)}, {"program", run.program}});
  const Result<ProgramOutcome> ended = parts_.run(program_of(order), stop);
  run.how = ended ? words_of(*ended, order.rule) : "not started: " + ended.error().what;
  if (ended) run.output = readable_output(ended->output, kKeptOutputBytes);
  end(std::move(run), ended ? outcome_of(*ended) : RemedyOutcome::kNotStarted, parts_.now());
}

void RemedyRunner::rehearse(RemedyRun run) {
  run.how = "dry run: would start " + run.program;
  run.ended_at = run.claim.at;
  run.outcome = alerts::name_of(RemedyOutcome::kDryRun);
  if (claim(run, end_line(run, run.claim.at))) count(run, RemedyOutcome::kDryRun);
}

/// True if it may be done. What cannot be written down is not done, and tried again as long as it is wanted.
bool RemedyRunner::claim(const RemedyRun& run, const alerts::TimelineEntry& line) {
  if (parts_.history == nullptr) {
    refuse(run, "nothing is kept on disk, and it might be run twice");
    return false;
  }
  const Result<bool> is_new = parts_.history->claim(run, line);
  if (!is_new) {
    refuse(run, "that it is to run cannot be written to disk: " + is_new.error().what);
    return false;
  }
  const std::lock_guard lock(mutex_);
  claims_.push_back(run.claim);
  refused_.erase(run.claim.key);
  return *is_new;
}

void RemedyRunner::refuse(const RemedyRun& run, const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    begun_.erase(run.claim.key);
    if (!refused_.insert(run.claim.key).second) return;
    timeline_.push_back(alerts::remedy_line(run.claim.key, Change::kRemedyEnded, run.claim.at, "not started: " + why));
  }
  count(run, RemedyOutcome::kNotStarted);
  log_error("a remedy is not started",
            {{"remedy", run.claim.key.remedy}, {"incident", std::to_string(run.claim.key.incident)}, {"why", why}});
}

void RemedyRunner::end(RemedyRun run, RemedyOutcome outcome, const alerts::Moment& at) {
  run.ended_at = at;
  run.outcome = alerts::name_of(outcome);
  alerts::TimelineEntry line = end_line(run, at);
  const Result<> kept = parts_.history->finish(run, line);
  count(run, outcome);
  if (kept) return;
  log_error("how a remedy ended cannot be written to disk", {{"remedy", run.claim.key.remedy},
                                                             {"incident", std::to_string(run.claim.key.incident)},
                                                             {"why", kept.error().what}});
  const std::lock_guard lock(mutex_);
  timeline_.push_back(std::move(line));
}

void RemedyRunner::count(const RemedyRun& run, RemedyOutcome outcome) {
  const std::lock_guard lock(mutex_);
  ++counts_[{run.claim.key.remedy, outcome}];
}

}  // namespace sonde::app
