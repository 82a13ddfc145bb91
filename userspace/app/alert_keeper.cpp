#include "app/alert_keeper.h"

#include <utility>

#include "app/log.h"

namespace sonde::app {

Result<std::optional<history::LoadedHistory>> AlertKeeper::load() {
  if (!keeps()) return std::optional<history::LoadedHistory>();
  auto loaded = history()->load();
  if (!loaded && history()->is_shared()) return std::move(loaded).error();
  if (!loaded) {
    log_error("the state of alerts cannot be read; it begins anew, in memory", {{"why", loaded.error().what}});
    history_ = nullptr;
    return std::optional<history::LoadedHistory>();
  }
  for (const std::string& notice : loaded->notices) log_warning("history", {{"what", notice}});
  return std::optional(*std::move(loaded));
}

Result<std::vector<alerts::Silence>> AlertKeeper::load_silences() {
  if (!keeps()) return std::vector<alerts::Silence>();
  auto loaded = history()->silences().load();
  if (!loaded && history()->is_shared()) return std::move(loaded).error();
  if (!loaded) {
    log_error("silences cannot be read: none holds", {{"why", loaded.error().what}});
    return std::vector<alerts::Silence>();
  }
  for (const std::string& notice : loaded->notices) log_warning("history", {{"what", notice}});
  return std::move(loaded->silences);
}

Result<std::int64_t> AlertKeeper::last_incident() const {
  if (!keeps()) return 0;
  auto newest = history()->incidents(0, false, 1);
  if (!newest && history()->is_shared()) return std::move(newest).error();
  return newest && !newest->empty() ? newest->front().id : 0;
}

void AlertKeeper::note(const Result<>& kept) {
  const std::lock_guard lock(mutex_);
  const std::string error = kept ? "" : kept.error().what;
  if (error != error_ && error.empty()) log_info("the state of alerts is written to disk again");
  if (error != error_ && !error.empty()) {
    log_error("the state of alerts cannot be written to disk; alerting goes on in memory", {{"why", error}});
  }
  error_ = error;
  lost_entries_ = history()->counters().lost_entries;
}

void AlertKeeper::keep(const alerts::Snapshot& snapshot, std::span<const alerts::TimelineEntry> entries,
                       const history::ClockMark& mark, std::span<const notify::Delivery> deliveries,
                       std::span<const alerts::Review> reviews) {
  if (!keeps()) return;
  Result<> kept = history()->save(snapshot, entries, mark, deliveries, reviews);
  if (kept) {
    if (auto pruned = history()->prune({mark.wall, mark.elapsed}); !pruned) kept = std::move(pruned).error();
  }
  note(kept);
  std::vector<alerts::Silence> again;
  {
    const std::lock_guard lock(mutex_);
    again = std::exchange(unkept_, {});
  }
  if (!again.empty()) keep_silences(again);
}

std::vector<history::PostedAlerts> AlertKeeper::take_posted() {
  constexpr std::size_t kAtOnce = 1'000;
  if (!keeps() || !history()->is_shared()) return {};
  auto posted = history()->take_posted(kAtOnce);
  if (posted) return *std::move(posted);
  note(std::move(posted).error());
  return {};
}

Result<> AlertKeeper::keep_received(std::vector<alerts::ExternalAlert> alerts, const history::ClockMark& mark) {
  if (!keeps() || alerts.empty()) return Ok{};
  Result<> kept = history()->keep_received(std::move(alerts), mark);
  note(kept);
  return kept || history()->is_shared() ? std::move(kept) : Ok{};
}

bool AlertKeeper::keep_silences(std::span<const alerts::Silence> written) {
  if (!keeps() || written.empty()) return true;
  const Result<> kept = history()->silences().save(written);
  if (kept) return true;
  log_error("a silence cannot be written to disk; it holds as long as this process lives",
            {{"why", kept.error().what}});
  const std::lock_guard lock(mutex_);
  unkept_.insert(unkept_.end(), written.begin(), written.end());
  return false;
}

void AlertKeeper::forget_silences(std::span<const std::string> ids) {
  if (!keeps() || ids.empty()) return;
  if (const auto done = history()->silences().forget(ids); !done) {
    log_warning("silences that are long over cannot be deleted", {{"why", done.error().what}});
  }
}

void AlertKeeper::keep_files(std::vector<rules::RuleText> files) {
  if (!keeps()) return;
  if (const auto kept = history()->keep_rule_files(std::move(files)); !kept) {
    log_error("the rule files cannot be kept for a start at which they have faults", {{"why", kept.error().what}});
  }
}

std::optional<std::vector<rules::RuleText>> AlertKeeper::files() const {
  if (!keeps()) return std::nullopt;
  auto files = history()->rule_files();
  if (!files) log_warning("the rule files that were last sound cannot be read", {{"why", files.error().what}});
  if (!files || files->empty()) return std::nullopt;
  return *std::move(files);
}

std::string AlertKeeper::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

}  // namespace sonde::app
