#include "app/remedies.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "app/log.h"

namespace sonde::app {

Result<> Remedies::start(const alerts::RemedyOptions& options, const alerts::Moment& now) {
  const std::lock_guard lock(mutex_);
  book_ = SONDE_TRY(alerts::RemedyBook::compile(options));
  if (history_ != nullptr) restore(now);
  if (history_ == nullptr && !book_->is_off()) {
    log_warning("remedies are not run: nothing is kept on disk, and they might be run twice");
  }
  return Ok{};
}

/// What cannot be read is still not run twice: the history takes each but once.
void Remedies::restore(const alerts::Moment& now) {
  auto loaded = history_->load();
  if (!loaded) return log_error("which remedies were run is not known", {{"why", loaded.error().what}});
  for (const std::string& notice : loaded->notices) log_warning("history", {{"what", notice}});
  for (const alerts::RemedyClaim& claim : loaded->claims) book_->note(claim);
  runner_.close(std::move(loaded->unfinished), now);
}

void Remedies::advance(std::span<const alerts::Incident> incidents, const alerts::Moment& now) {
  const std::lock_guard lock(mutex_);
  if (!book_ || book_->is_off()) return;
  for (const alerts::RemedyClaim& claim : runner_.take_claims()) book_->note(claim);
  runner_.want(book_->wanted(incidents, now));
}

std::vector<alerts::TimelineEntry> Remedies::take_timeline() {
  const std::lock_guard lock(mutex_);
  std::vector<alerts::TimelineEntry> entries = runner_.take_timeline();
  if (book_) std::ranges::move(book_->take_timeline(), std::back_inserter(entries));
  return entries;
}

std::vector<RemedyCount> Remedies::counts() const {
  const std::lock_guard lock(mutex_);
  std::vector<RemedyCount> counts = runner_.counts();
  if (!book_) return counts;
  const std::string outcome(alerts::name_of(alerts::RemedyOutcome::kHeldBack));
  for (const auto& [remedy, number] : book_->held_back()) counts.push_back({remedy, outcome, number});
  return counts;
}

bool Remedies::is_off() const {
  const std::lock_guard lock(mutex_);
  return !book_ || book_->is_off();
}

}  // namespace sonde::app
