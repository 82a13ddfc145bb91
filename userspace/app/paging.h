#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "alerts/alert_engine.h"
#include "alerts/incident_book.h"
#include "alerts/inhibit_rules.h"
#include "alerts/maintenance_book.h"
#include "alerts/matcher.h"
#include "alerts/silence_book.h"
#include "alerts/types.h"
#include "app/alerting_view.h"
#include "app/roster.h"
#include "base/clock.h"
#include "base/result.h"
#include "host/event_log.h"
#include "notify/acknowledge_link.h"
#include "notify/types.h"
#include "oncall/escalation_book.h"

namespace sonde::app {

/// The receiver that stands for every channel where no routes are configured.
inline constexpr std::string_view kEveryone = "default";

/// What paging works with.  owner: the caller keeps options and events alive.
struct PagingParts {
  const notify::NotifyOptions& options;
  const alerts::IncidentOptions& incidents;
  const host::EventLog& events;
  notify::LinkMaker links;  ///< nothing: messages have no links
  std::string host;
};

/// What people should hear of -> incidents -> a message for each channel of each receiver. Knows the routes, and what
/// keeps alerts quiet.  threads: one at a time.
class Paging {
 public:
  explicit Paging(const PagingParts& parts);

  /// From now on these receivers and channels. A channel that is gone is told nothing any more, and what it will not
  /// hear of the end of an incident is said.  owner: the caller keeps them alive.
  void use(const notify::NotifyOptions& options) { options_ = &options; }

  /// From now on alerts go these ways.  errors: what of the plan makes no sense; then they go as before.
  Result<> use(const alerts::RoutingPlan& plan);

  /// Who is on call in a schedule at a time.
  using OnCall = std::function<std::vector<std::string>(const std::string& schedule, WallTime at)>;

  /// From now on these people are called, by these policies.  errors: what of a policy's matchers makes no sense; then
  /// the ones before are.
  Result<> use(oncall::Plan plan, OnCall on_call);

  /// Takes up what an earlier process has left.
  void restore(std::vector<alerts::Incident> incidents, std::int64_t last_id);

  /// What holds alerts back at that time.  owner: valid until anything changes here.
  [[nodiscard]] alerts::Hush hush(WallTime now) const;

  std::vector<notify::Delivery> advance(std::span<const alerts::Notice> notices,
                                        std::span<const alerts::Problem> problems, alerts::Moment now);

  /// As IncidentBook; what is to be sent adds to `deliveries`.
  Result<alerts::Incident> order(std::int64_t id, const alerts::IncidentOrder& order, alerts::Moment now,
                                 std::vector<notify::Delivery>& deliveries);

  /// Tells whoever goes and whoever comes, with the incidents that are open.
  std::vector<notify::Delivery> announce(std::span<const Handover> handovers, alerts::Moment now);

  /// Looks for escalations that have stopped, and tells the catch-all of those it was not told of yet.
  std::vector<notify::Delivery> audit(alerts::Moment now);

  /// A channel could not be told of an incident: whoever is next is called with the next advance().
  void fail(const notify::Undelivered& undelivered, alerts::Moment now);

  /// What happened since the last time.
  [[nodiscard]] std::vector<alerts::TimelineEntry> take_timeline();

  [[nodiscard]] alerts::IncidentBook& incidents() { return incidents_; }
  [[nodiscard]] const alerts::IncidentBook& incidents() const { return incidents_; }
  [[nodiscard]] oncall::EscalationBook& escalations() { return escalations_; }
  [[nodiscard]] const oncall::EscalationBook& escalations() const { return escalations_; }
  [[nodiscard]] alerts::SilenceBook& silences() { return silences_; }
  [[nodiscard]] const alerts::SilenceBook& silences() const { return silences_; }

  /// Whom an alert is routed to, and the time intervals that keep all of them quiet at that time.
  struct Way {
    std::vector<std::string> receivers;
    std::vector<RoutedGroup> groups;
    std::vector<std::string> muted_by;
  };
  [[nodiscard]] Way way_of(const store::Labels& labels, WallTime at) const;

 private:
  /// A message about an incident, and whom it goes to.
  struct Letter {
    alerts::Page page;
    std::vector<std::string> channels;
  };
  struct Policy {
    std::string name;
    alerts::MatcherSet matchers;
  };

  std::vector<notify::Delivery> deliver(const std::vector<alerts::Page>& pages);
  void deliver(const Letter& letter, std::vector<notify::Delivery>& deliveries);
  void call_people(alerts::Moment now, std::vector<notify::Delivery>& deliveries);
  [[nodiscard]] std::string actor_of(const std::string& channel) const;
  [[nodiscard]] std::set<std::string> quiet_contacts(const std::vector<std::string>& names) const;
  [[nodiscard]] std::string policy_of(const alerts::Incident& incident) const;
  [[nodiscard]] const notify::Receiver* receiver_of(const alerts::Incident& incident) const;
  [[nodiscard]] const notify::Channel* find_channel(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> channels_of(const alerts::Page& page) const;

  const notify::NotifyOptions* options_;
  const host::EventLog& events_;
  const notify::LinkMaker links_;
  const std::string host_;
  alerts::IncidentBook incidents_;
  alerts::SilenceBook silences_;
  OnCall on_call_ = [](const std::string&, WallTime) { return std::vector<std::string>{}; };
  oncall::EscalationBook escalations_;
  std::vector<Policy> policies_;  // that are found by matchers
  std::vector<alerts::TimelineEntry> handed_over_;
  std::set<std::int64_t> missed_;   // incidents whose escalation has stopped
  std::set<std::string> contacts_;  // channels by which people are reached
  std::shared_ptr<const alerts::CompiledRouting> routing_;
  std::optional<alerts::MaintenanceBook> maintenance_;  // these two are set by use
  std::optional<alerts::InhibitRules> inhibit_rules_;
};

}  // namespace sonde::app
