#pragma once

#include <span>

#include "base/result.h"
#include "history/alert_history.h"
#include "notify/delivery_journal.h"

namespace sonde::app {

/// Keeps the steps of deliveries in the history.  owner: borrows it.
class OutboxJournal final : public notify::DeliveryJournal {
 public:
  explicit OutboxJournal(history::AlertHistory& history) : history_(history) {}

  Result<> keep(std::span<const notify::DeliveryRecord> records) override { return history_.record(records); }
  [[nodiscard]] bool is_shared() const override { return history_.is_shared(); }

 private:
  history::AlertHistory& history_;
};

}  // namespace sonde::app
