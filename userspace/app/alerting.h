#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "alerts/alert_engine.h"
#include "alerts/review_book.h"
#include "app/alert_desk.h"
#include "app/alert_keeper.h"
#include "app/alerting_view.h"
#include "app/boot_clock.h"
#include "app/paging.h"
#include "app/remedies.h"
#include "app/roster.h"
#include "app/rule_language.h"
#include "app/rule_runner.h"
#include "app/rule_set.h"
#include "app/self_metrics.h"
#include "base/clock.h"
#include "config/types.h"
#include "history/alert_history.h"
#include "host/event_log.h"
#include "measure/types.h"
#include "notify/acknowledge_link.h"
#include "notify/delivery_queue.h"
#include "notify/sender.h"
#include "notify/types.h"
#include "store/database.h"
#include "store/recent_windows.h"

namespace sonde::app {

/// What the control thread works with.  owner: the caller keeps everything alive.
struct AlertingParts {
  const config::Config& config;
  const promql::Engine& engine;
  store::Database& database;
  const host::EventLog& events;
  history::AlertHistory* history = nullptr;  ///< null: nothing is kept over restarts
  notify::DeliveryQueue* queue = nullptr;    ///< takes the messages; null: nobody is told
  notify::LinkMaker links{};                 ///< by which messages are acknowledged; nothing: there are none
  std::string host;
  std::function<std::chrono::nanoseconds()> boot_clock = &boot_now;           ///< CLOCK_BOOTTIME
  std::function<std::chrono::nanoseconds()> sleep_clock = &slept_since_boot;  ///< how much of it was suspended
};

/// What the control thread owns, in the order data flows: rules, alerts, incidents, and the messages about them.
/// threads: start, then tick and reload on the control thread; the rest from any.
class Alerting final : public AlertDesk {
 public:
  explicit Alerting(const AlertingParts& parts);

  /// Reads the rules and takes up the alerts where the last process left them, and what it had still to send. If the
  /// rule files have faults, those that were last read without any are used, and reload() reads the new ones once they
  /// are mended. errors: kBadConfig with all faults of the rules, if there are no older ones; of the routing; of a
  /// store that hubs share, if it cannot be read.
  Result<> start(WallTime now);

  /// Evaluates what is due with the samples of `sampled_at`, and hands over the messages there are to send. Returns
  /// what people should hear of, sooner or later.
  std::vector<alerts::Notice> tick(const measure::Snapshot& snapshot, WallTime sampled_at);

  /// From now on alerts go the ways of this configuration, people are called by it, and reload() reads its rules; its
  /// other parts are of no effect. Open incidents go on, and `senders` are those of its channels. If it makes no sense,
  /// all is as it was.  errors: as start().
  Result<> reconfigure(const std::shared_ptr<const config::Config>& config,
                       std::vector<std::unique_ptr<notify::Sender>> senders);

  /// Reads the rules anew; the old ones stay if any has a fault.  errors: kBadConfig with all faults.
  Result<> reload();

  /// True if a rule file has changed since it was read.
  [[nodiscard]] bool files_changed() const { return stamp_of(config_->rules) != stamp_; }

  [[nodiscard]] std::vector<store::ServiceWindow> services(std::chrono::nanoseconds window, WallTime now) const;
  [[nodiscard]] std::shared_ptr<const AlertingView> view() const override;

  Result<alerts::Incident> order(std::int64_t incident, const alerts::IncidentOrder& order) override;
  Result<alerts::Review> review(std::int64_t incident, const alerts::ReviewOrder& order) override;
  [[nodiscard]] Result<std::vector<alerts::Review>> reviews(std::span<const std::int64_t> incidents) const override;
  [[nodiscard]] Result<history::IncidentReport> report(const history::ReportQuery& query) const override;
  Result<alerts::SilenceChange> set_silence(const alerts::SilenceRequest& request) override;
  Result<alerts::SilenceChange> expire_silence(const std::string& id) override;
  [[nodiscard]] Result<std::vector<alerts::PastAlert>> preview_silence(
      const std::vector<store::Matcher>& matchers) const override;
  Result<> receive(std::vector<alerts::ExternalAlert> alerts) override;
  /// The same of this daemon's own: nobody waits to hear of it, and the next tick writes it.
  Result<> raise(std::vector<alerts::ExternalAlert> alerts);
  [[nodiscard]] Result<std::vector<history::StoredEntry>> timeline(const TimelineQuery& query) const override;
  [[nodiscard]] Result<std::vector<alerts::Incident>> incidents(const IncidentQuery& query) const override;
  [[nodiscard]] Result<alerts::Incident> incident(std::int64_t id) const override;
  [[nodiscard]] Result<std::vector<notify::Delivery>> deliveries(const DeliveryQuery& query) const override;
  Result<notify::Delivery> retry_delivery(const std::string& id) override;

  /// All but the deliveries.
  [[nodiscard]] AlertingFacts facts() const;

  /// Who is on call, and what people change of it.
  [[nodiscard]] OncallDesk& oncall() { return roster_; }

  /// What is run for incidents: on a thread of its own.
  [[nodiscard]] Remedies& remedies() { return remedies_; }

  /// Ends running queries, also those of others who were given the token.
  void stop() { stop_.request_stop(); }
  [[nodiscard]] std::stop_token stop_token() const { return stop_.get_token(); }

 private:
  Result<> lead_by(const config::Config& config);
  Result<> restore(const history::LoadedHistory& loaded, alerts::Moment& begin);
  Result<RuleSet> first_rules();
  [[nodiscard]] std::optional<RuleSet> last_sound_rules() const;
  [[nodiscard]] alerts::Moment moment(WallTime now);
  [[nodiscard]] alerts::Moment here() const;
  [[nodiscard]] history::ClockMark mark(const alerts::Moment& now) const;
  void use(RuleSet set, const alerts::Moment& now);
  void look_at_topology(const alerts::Moment& now);
  void commit(const alerts::Moment& now, std::vector<notify::Delivery> deliveries, std::chrono::nanoseconds rhythm);
  Result<alerts::SilenceChange> change_silences(
      const std::function<Result<alerts::SilenceChange>(alerts::SilenceBook&, WallTime)>& change);
  void withhold_silenced(const alerts::Moment& now);
  void prune_silences(const alerts::Moment& now);
  void look_after_people(const alerts::Moment& now, std::vector<notify::Delivery>& deliveries);
  bool take_posted();
  [[nodiscard]] bool was_told(std::int64_t incident) const;
  [[nodiscard]] std::vector<ActiveAlert> active_alerts() const;
  void publish(std::vector<alerts::Instance> instances);

  const config::Config& started_with_;
  store::Database& database_;
  notify::DeliveryQueue* const queue_;
  const std::function<std::chrono::nanoseconds()> boot_clock_;
  const std::function<std::chrono::nanoseconds()> sleep_clock_;
  std::stop_source stop_;
  AlertKeeper keeper_;
  Roster roster_;
  Remedies remedies_;
  store::RecentWindows recent_;

  mutable std::mutex work_;                       // guards what follows: a tick is one piece of work, so is an order
  std::shared_ptr<const config::Config> config_;  // changed by the control thread alone, which may read it without
  RuleLanguage language_;
  alerts::AlertEngine book_;
  Paging paging_;
  alerts::ReviewBook reviews_;
  RuleRunner runner_;
  std::shared_ptr<const std::vector<rules::Group>> groups_;
  std::string stamp_;
  std::chrono::nanoseconds boot_offset_{0};  // of `elapsed` against CLOCK_BOOTTIME
  std::chrono::nanoseconds started_boot_{0};
  std::chrono::nanoseconds slept_{0};    // boot time less monotonic time, as last seen
  std::chrono::nanoseconds kept_at_{0};  // by `elapsed`
  std::chrono::nanoseconds pruned_at_{0};
  WallTime sampled_at_{};
  alerts::Moment now_{};    // the last; at first, that of the start
  bool has_begun_ = false;  // there was a later one
  bool rules_are_sound_ = true;
  WallTime loaded_at_{};
  std::atomic<std::uint64_t> lost_posts_{0};
  std::vector<alerts::Dependency> dependencies_;
  std::chrono::nanoseconds audited_at_{0};
  std::optional<std::chrono::nanoseconds> looked_at_;  // at who depends on whom, by `elapsed`

  mutable std::mutex mutex_;  // guards what follows
  std::shared_ptr<const AlertingView> view_;
  std::uint64_t reloads_ = 0;
  std::uint64_t failed_reloads_ = 0;
};

}  // namespace sonde::app
