#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alerts/types.h"
#include "history/alert_history.h"
#include "history/types.h"
#include "notify/types.h"
#include "rules/types.h"

namespace sonde::app {

/// Keeps what alerting knows over restarts, if there is a disk to keep it on, and says so when it cannot. Alerting goes
/// on without it.  threads: any.
class AlertKeeper {
 public:
  /// `history` null: nothing is kept.  owner: the caller keeps it alive.
  explicit AlertKeeper(history::AlertHistory* history) : history_(history) {}

  /// What an earlier process has left. What cannot be read of a file is left as it is, for somebody to look at, and
  /// nothing is kept from then on.
  /// errors: of a store that several share: whoever began anew beside it would page for what others know of.
  Result<std::optional<history::LoadedHistory>> load();
  /// errors: likewise.
  Result<std::vector<alerts::Silence>> load_silences();

  /// The highest number an incident ever had.
  /// errors: likewise.
  [[nodiscard]] Result<std::int64_t> last_incident() const;

  [[nodiscard]] bool keeps() const { return history_ != nullptr; }

  /// All of it in one transaction, or, if that fails, with the next that succeeds.
  void keep(const alerts::Snapshot& snapshot, std::span<const alerts::TimelineEntry> entries,
            const history::ClockMark& mark, std::span<const notify::Delivery> deliveries,
            std::span<const alerts::Review> reviews);

  /// What other hubs have taken for this one: it is of the next `keep`.
  std::vector<history::PostedAlerts> take_posted();

  /// Alerts of other programs, before these hear that they were taken.
  /// errors: of a store that several share: another hub would not know of them.
  Result<> keep_received(std::vector<alerts::ExternalAlert> alerts, const history::ClockMark& mark);

  /// What a change of a silence has written. False if it could not be kept, which is tried again with each `keep`.
  bool keep_silences(std::span<const alerts::Silence> written);
  void forget_silences(std::span<const std::string> ids);

  void keep_files(std::vector<rules::RuleText> files);
  /// Those that were last without a fault; nothing if there are none.
  [[nodiscard]] std::optional<std::vector<rules::RuleText>> files() const;

  /// Null if nothing is kept.
  [[nodiscard]] history::AlertHistory* history() const { return history_; }

  /// Why the last `keep` failed; empty if it did not.
  [[nodiscard]] std::string error() const;
  [[nodiscard]] std::uint64_t lost_entries() const { return lost_entries_; }

 private:
  void note(const Result<>& kept);

  std::atomic<history::AlertHistory*> history_;
  std::atomic<std::uint64_t> lost_entries_{0};
  mutable std::mutex mutex_;  // guards what follows
  std::string error_;
  std::vector<alerts::Silence> unkept_;
};

}  // namespace sonde::app
