#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alerts/silence_book.h"
#include "alerts/types.h"
#include "app/alerting_view.h"
#include "base/clock.h"
#include "base/result.h"
#include "history/types.h"
#include "notify/types.h"

namespace sonde::app {

/// Which lines of what happened are asked for.
struct TimelineQuery {
  std::int64_t after = 0;     ///< a line's id: those that came later
  std::int64_t incident = 0;  ///< lines of this incident and of its alerts; 0: all
  std::size_t limit = 1000;
};

struct IncidentQuery {
  bool open_only = false;
  std::int64_t before = 0;  ///< an incident's id: older ones; 0: from the newest on
  std::size_t limit = 100;
};

struct DeliveryQuery {
  std::optional<notify::DeliveryState> state{};
  std::int64_t incident = 0;  ///< 0: of any
  std::size_t limit = 1000;
};

/// What people and programs ask of alerting. Whatever changes something is on disk before it returns, if there is a
/// disk.  threads: any; a change waits for the tick that runs.
class AlertDesk {
 public:
  virtual ~AlertDesk() = default;

  [[nodiscard]] virtual std::shared_ptr<const AlertingView> view() const = 0;

  /// The incident as it is then.  errors: kNotFound; kStale if it is of another version than the order says; kConflict
  /// if its state forbids it; kBadInput.
  virtual Result<alerts::Incident> order(std::int64_t incident, const alerts::IncidentOrder& order) = 0;

  /// What somebody says of an incident, also of one that is long over.  errors: kNotFound; kConflict if it cannot be
  /// called fixed yet; kBadInput; kUnsupported if nothing is kept.
  virtual Result<alerts::Review> review(std::int64_t incident, const alerts::ReviewOrder& order) = 0;

  /// What was said of these incidents, by incident; of most of them there may be nothing.
  [[nodiscard]] virtual Result<std::vector<alerts::Review>> reviews(std::span<const std::int64_t> incidents) const = 0;

  /// How incidents of a time went, from what was kept of them.  errors: kUnsupported if nothing is kept; kLimit if the
  /// daemon ends meanwhile.
  [[nodiscard]] virtual Result<history::IncidentReport> report(const history::ReportQuery& query) const = 0;

  /// As SilenceBook.
  virtual Result<alerts::SilenceChange> set_silence(const alerts::SilenceRequest& request) = 0;
  virtual Result<alerts::SilenceChange> expire_silence(const std::string& id) = 0;

  /// What a silence with these matchers would have held back in the seven days before.  errors: of check_matcher.
  [[nodiscard]] virtual Result<std::vector<alerts::PastAlert>> preview_silence(
      const std::vector<store::Matcher>& matchers) const = 0;

  /// Takes alerts of other programs: those that fire, and those whose `ends_at` is not in the future any more.
  /// errors: kLimit if there are too many; none is taken then.
  virtual Result<> receive(std::vector<alerts::ExternalAlert> alerts) = 0;

  /// The oldest line first.
  [[nodiscard]] virtual Result<std::vector<history::StoredEntry>> timeline(const TimelineQuery& query) const = 0;

  /// The newest first, also those long over.
  [[nodiscard]] virtual Result<std::vector<alerts::Incident>> incidents(const IncidentQuery& query) const = 0;
  /// errors: kNotFound.
  [[nodiscard]] virtual Result<alerts::Incident> incident(std::int64_t id) const = 0;

  /// The newest first.
  [[nodiscard]] virtual Result<std::vector<notify::Delivery>> deliveries(const DeliveryQuery& query) const = 0;
  /// Tries a dead delivery again.  errors: kNotFound; kConflict if it is not dead.
  virtual Result<notify::Delivery> retry_delivery(const std::string& id) = 0;
};

}  // namespace sonde::app
