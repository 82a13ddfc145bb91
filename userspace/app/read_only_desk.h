#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/alert_desk.h"
#include "app/alerting.h"

namespace sonde::app {

/// Shows what alerting knows, and takes nothing.  owner: alerting outlives it.
class ReadOnlyDesk final : public AlertDesk {
 public:
  explicit ReadOnlyDesk(const Alerting& alerting) : alerting_(alerting) {}

  [[nodiscard]] std::shared_ptr<const AlertingView> view() const override { return alerting_.view(); }
  Result<alerts::Incident> order(std::int64_t, const alerts::IncidentOrder&) override { return refused(); }
  Result<alerts::SilenceChange> set_silence(const alerts::SilenceRequest&) override { return refused(); }
  Result<alerts::SilenceChange> expire_silence(const std::string&) override { return refused(); }
  [[nodiscard]] Result<std::vector<alerts::PastAlert>> preview_silence(
      const std::vector<store::Matcher>&) const override {
    return refused();
  }
  Result<> receive(std::vector<alerts::ExternalAlert>) override { return refused(); }
  [[nodiscard]] Result<std::vector<history::StoredEntry>> timeline(const TimelineQuery&) const override {
    return refused();
  }
  [[nodiscard]] Result<std::vector<alerts::Incident>> incidents(const IncidentQuery&) const override {
    return refused();
  }
  [[nodiscard]] Result<alerts::Incident> incident(std::int64_t) const override { return refused(); }
  [[nodiscard]] Result<std::vector<notify::Delivery>> deliveries(const DeliveryQuery&) const override {
    return refused();
  }
  Result<notify::Delivery> retry_delivery(const std::string&) override { return refused(); }

 private:
  static Error refused() { return Error{Code::kUnsupported, "this daemon groups no alerts into incidents yet"}; }

  const Alerting& alerting_;
};

}  // namespace sonde::app
