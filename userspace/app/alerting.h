#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "alerts/alert_engine.h"
#include "app/alerting_view.h"
#include "app/boot_clock.h"
#include "app/rule_language.h"
#include "app/rule_runner.h"
#include "app/rule_set.h"
#include "app/self_metrics.h"
#include "base/clock.h"
#include "config/types.h"
#include "history/alert_history.h"
#include "host/event_log.h"
#include "measure/types.h"
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
  std::string host;
  std::function<std::chrono::nanoseconds()> boot_clock = &boot_now;           ///< CLOCK_BOOTTIME
  std::function<std::chrono::nanoseconds()> sleep_clock = &slept_since_boot;  ///< how much of it was suspended
};

/// What the control thread owns, in the order data flows: rules, alerts, and what people should hear.
/// threads: tick and reload on the control thread alone; the rest from any.
class Alerting {
 public:
  explicit Alerting(const AlertingParts& parts);

  /// Reads the rules and takes up the alerts where the last process left them. If the rule files have faults, those
  /// that were last read without any are used, and reload() reads the new ones once they are mended. errors: kBadConfig
  /// with all faults of the rules, if there are no older ones.
  Result<> start(WallTime now);

  /// Evaluates what is due with the samples of `sampled_at`, and returns what people should hear of.
  std::vector<notify::Notification> tick(const measure::Snapshot& snapshot, WallTime sampled_at);

  /// What fires, and people were told of by an earlier process: some receivers forget what they are not told again.
  [[nodiscard]] std::vector<notify::Notification> told() const;

  /// Reads the rules anew; the old ones stay if any has a fault.  errors: kBadConfig with all faults.
  Result<> reload();

  /// True if a rule file has changed since it was read.
  [[nodiscard]] bool files_changed() const { return stamp_of(config_.rules) != stamp_; }

  [[nodiscard]] std::vector<store::ServiceWindow> services(std::chrono::nanoseconds window, WallTime now) const;
  [[nodiscard]] std::shared_ptr<const AlertingView> view() const;

  /// All but the deliveries.
  [[nodiscard]] AlertingFacts facts() const;

  /// Ends running queries, also those of others who were given the token.
  void stop() { stop_.request_stop(); }
  [[nodiscard]] std::stop_token stop_token() const { return stop_.get_token(); }

 private:
  std::optional<history::LoadedHistory> load_history();
  Result<RuleSet> first_rules();
  [[nodiscard]] std::optional<RuleSet> last_sound_rules() const;
  void keep_files(std::vector<rules::RuleText> files);
  [[nodiscard]] alerts::Moment moment(WallTime now);
  void use(RuleSet set, const alerts::Moment& now);
  void look_at_topology(const alerts::Moment& now);
  void keep(const alerts::Moment& now, std::chrono::nanoseconds rhythm);
  Result<> save(const alerts::Moment& now, const std::vector<alerts::TimelineEntry>& entries);
  [[nodiscard]] std::vector<notify::Notification> tell(const std::vector<alerts::Notice>& notices) const;
  [[nodiscard]] notify::Notification notification_of(const alerts::Notice& notice,
                                                     const std::vector<host::Event>& evidence) const;
  void publish(std::vector<alerts::Instance> instances);

  const config::Config& config_;
  store::Database& database_;
  const host::EventLog& events_;
  history::AlertHistory* history_;
  const std::string host_;
  const std::function<std::chrono::nanoseconds()> boot_clock_;
  const std::function<std::chrono::nanoseconds()> sleep_clock_;
  std::stop_source stop_;
  RuleLanguage language_;
  store::RecentWindows recent_;
  alerts::AlertEngine book_;
  RuleRunner runner_;
  std::shared_ptr<const std::vector<rules::Group>> groups_;
  std::string stamp_;
  std::chrono::nanoseconds boot_offset_{0};  // of `elapsed` against CLOCK_BOOTTIME
  std::chrono::nanoseconds started_boot_{0};
  std::chrono::nanoseconds slept_{0};    // boot time less monotonic time, as last seen
  std::chrono::nanoseconds kept_at_{0};  // by `elapsed`
  WallTime sampled_at_{};
  alerts::Moment now_{};  // the last
  bool rules_are_sound_ = true;
  WallTime loaded_at_{};
  std::vector<alerts::Dependency> dependencies_;
  std::optional<std::chrono::nanoseconds> looked_at_;  // at who depends on whom, by `elapsed`

  mutable std::mutex mutex_;  // guards what follows
  std::shared_ptr<const AlertingView> view_;
  std::string history_error_;
  std::uint64_t lost_history_entries_ = 0;
  std::uint64_t reloads_ = 0;
  std::uint64_t failed_reloads_ = 0;
};

}  // namespace sonde::app
