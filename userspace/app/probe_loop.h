#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/shared_families.h"
#include "base/clock.h"
#include "measure/family_builder.h"
#include "probe/prober.h"

namespace sonde::app {

/// The probe thread: asks the targets, says in the log what fails and why, and leaves the metrics for the capture
/// thread.
class ProbeLoop {
 public:
  /// owner: the caller keeps everything alive.
  ProbeLoop(probe::Prober& prober, SharedFamilies& families, const Clock& clock)
      : prober_(prober), families_(families), clock_(clock) {}

  /// Runs until stopped; without targets there is nothing to run.
  void run(const std::stop_token& stop);

 private:
  void publish_if_due(bool has_news);
  void tell(const std::vector<probe::ProbeState>& states);

  probe::Prober& prober_;
  SharedFamilies& families_;
  const Clock& clock_;
  measure::FamilyBuilder builder_;
  bool has_news_ = true;
  std::optional<KernelTime> published_;
  std::map<std::string, std::string> told_;  // by probe, why it failed the last time
};

}  // namespace sonde::app
