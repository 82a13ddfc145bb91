#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "alerts/label_set.h"
#include "alerts/types.h"
#include "base/result.h"

namespace sonde::alerts {

/// The alerts that other programs have sent, for as long as they say so, or until they say nothing any more. As in
/// Alertmanager, an alert is its labels: what is sent again with them is the same one, with the earliest start and the
/// newest end.  threads: one at a time.
class ExternalBook {
 public:
  explicit ExternalBook(std::size_t max_alerts = 50'000) : max_alerts_(max_alerts) {}

  void restore(std::span<const ExternalAlert> alerts);

  /// errors: kLimit if there would be too many; none is taken then.
  Result<> receive(std::span<const ExternalAlert> alerts, WallTime now);

  /// Those that fire, as instances whose labels are kept whole; the others are forgotten.
  std::vector<Instance> firing(Moment now);

  [[nodiscard]] std::vector<ExternalAlert> alerts() const;
  [[nodiscard]] const ExternalAlert* find(const store::Labels& labels) const;

 private:
  std::size_t max_alerts_;
  std::map<store::Labels, ExternalAlert, LabelsLess> alerts_;
};

}  // namespace sonde::alerts
