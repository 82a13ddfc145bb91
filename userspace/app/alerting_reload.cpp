#include <utility>

#include "app/alerting.h"
#include "app/log.h"

namespace sonde::app {

/// Who is told and who is called.
Result<> Alerting::lead_by(const config::Config& config) {
  SONDE_TRY(roster_.use(config.oncall));
  SONDE_TRY(paging_.use(config.routing));
  return paging_.use(config.oncall,
                     [this](const std::string& schedule, WallTime at) { return roster_.on_call(schedule, at); });
}

Result<> Alerting::reconfigure(const std::shared_ptr<const config::Config>& config,
                               std::vector<std::unique_ptr<notify::Sender>> senders) {
  const std::lock_guard work(work_);
  const std::shared_ptr<const config::Config> before = config_;
  Result<> led = lead_by(*config);
  if (!led) {
    if (const auto back = lead_by(*before); !back) {
      log_error("who is told is neither as it was nor as it should be", {{"why", back.error().what}});
    }
    return led;
  }
  paging_.use(config->notify);
  // Before any message is made for a channel that is new.
  if (queue_ != nullptr) queue_->use({config, &config->notify}, std::move(senders));
  config_ = config;
  publish(book_.instances());
  return led;
}

}  // namespace sonde::app
