#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "alerts/alert_engine.h"
#include "alerts/incident_book.h"
#include "alerts/inhibit_rules.h"
#include "alerts/maintenance_book.h"
#include "alerts/silence_book.h"
#include "alerts/types.h"
#include "base/clock.h"
#include "base/result.h"
#include "host/event_log.h"
#include "notify/types.h"

namespace sonde::app {

/// The receiver that stands for every channel where no routes are configured.
inline constexpr std::string_view kEveryone = "default";

/// What people should hear of -> incidents -> a message for each channel of each receiver. Knows the routes, and what
/// keeps alerts quiet.  threads: one at a time.
class Paging {
 public:
  /// owner: the caller keeps both alive.
  Paging(const notify::NotifyOptions& options, const alerts::IncidentOptions& incidents, const host::EventLog& events,
         std::string host);

  /// From now on alerts go these ways.  errors: what of the plan makes no sense; then they go as before.
  Result<> use(const alerts::RoutingPlan& plan);

  /// Takes up what an earlier process has left.
  void restore(std::vector<alerts::Incident> incidents, std::int64_t last_id);

  /// What holds alerts back at that time.  owner: valid until anything changes here.
  [[nodiscard]] alerts::Hush hush(WallTime now) const;

  std::vector<notify::Delivery> advance(std::span<const alerts::Notice> notices,
                                        std::span<const alerts::Problem> problems, alerts::Moment now);

  /// As IncidentBook; what is to be sent adds to `deliveries`.
  Result<alerts::Incident> order(std::int64_t id, const alerts::IncidentOrder& order, alerts::Moment now,
                                 std::vector<notify::Delivery>& deliveries);

  [[nodiscard]] alerts::IncidentBook& incidents() { return incidents_; }
  [[nodiscard]] const alerts::IncidentBook& incidents() const { return incidents_; }
  [[nodiscard]] alerts::SilenceBook& silences() { return silences_; }
  [[nodiscard]] const alerts::SilenceBook& silences() const { return silences_; }

  /// Whom an alert is routed to, and the time intervals that keep all of them quiet at that time.
  struct Way {
    std::vector<std::string> receivers;
    std::vector<std::string> muted_by;
  };
  [[nodiscard]] Way way_of(const store::Labels& labels, WallTime at) const;

 private:
  std::vector<notify::Delivery> deliver(const std::vector<alerts::Page>& pages);
  [[nodiscard]] std::vector<std::string> channels_of(const alerts::Page& page) const;

  const notify::NotifyOptions& options_;
  const host::EventLog& events_;
  const std::string host_;
  alerts::IncidentBook incidents_;
  alerts::SilenceBook silences_;
  std::shared_ptr<const alerts::CompiledRouting> routing_;
  std::optional<alerts::MaintenanceBook> maintenance_;  // these two are set by use
  std::optional<alerts::InhibitRules> inhibit_rules_;
};

}  // namespace sonde::app
