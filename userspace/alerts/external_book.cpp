#include "alerts/external_book.h"

#include <algorithm>
#include <set>

namespace sonde::alerts {
namespace {

bool is_firing(const ExternalAlert& alert, WallTime now) { return alert.ends_at > now; }

}  // namespace

void ExternalBook::restore(std::span<const ExternalAlert> alerts) {
  for (const ExternalAlert& alert : alerts) alerts_.insert_or_assign(alert.labels, alert);
}

Result<> ExternalBook::receive(std::span<const ExternalAlert> alerts, WallTime now) {
  std::set<store::Labels, LabelsLess> added;
  for (const ExternalAlert& alert : alerts) {
    if (is_firing(alert, now) && !alerts_.contains(alert.labels)) added.insert(alert.labels);
  }
  if (alerts_.size() + added.size() > max_alerts_) {
    return Error{Code::kLimit, "there are " + std::to_string(alerts_.size()) + " alerts of other programs, and " +
                                   std::to_string(max_alerts_) + " is the most: none of these was taken"};
  }
  for (const ExternalAlert& alert : alerts) {
    const auto known = alerts_.find(alert.labels);
    if (known == alerts_.end()) {
      if (is_firing(alert, now)) alerts_.emplace(alert.labels, alert);
      continue;
    }
    const WallTime starts_at = std::min(known->second.starts_at, alert.starts_at);
    known->second = alert;
    known->second.starts_at = starts_at;
  }
  return Ok{};
}

std::vector<Instance> ExternalBook::firing(Moment now) {
  std::erase_if(alerts_, [&](const auto& item) { return !is_firing(item.second, now.wall); });
  std::vector<Instance> instances;
  instances.reserve(alerts_.size());
  for (const auto& [labels, alert] : alerts_) {
    Instance& instance = instances.emplace_back();
    instance.labels = labels;
    instance.state = InstanceState::kFiring;
    instance.active_at = {alert.starts_at, now.elapsed - (now.wall - alert.starts_at)};
    instance.fired_at = instance.active_at;
    instance.answered_at = now;
    instance.annotations = alert.annotations;
  }
  return instances;
}

std::vector<ExternalAlert> ExternalBook::alerts() const {
  std::vector<ExternalAlert> all;
  all.reserve(alerts_.size());
  for (const auto& [labels, alert] : alerts_) all.push_back(alert);
  return all;
}

const ExternalAlert* ExternalBook::find(const store::Labels& labels) const {
  const auto found = alerts_.find(labels);
  return found == alerts_.end() ? nullptr : &found->second;
}

}  // namespace sonde::alerts
