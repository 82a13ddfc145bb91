#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "app/shared_families.h"
#include "base/clock.h"
#include "measure/family_builder.h"
#include "probe/prober.h"
#include "probe/types.h"
#include "store/types.h"

namespace sonde::app {

/// Whether the real requests of a probe's service say the opposite of its last results.
enum class Testimony : std::uint8_t {
  kNone,                       ///< they agree, there are too few, or the probe names no service
  kFailsWhileRequestsSucceed,  ///< something is wrong with the probe, or with the way from here
  kSucceedsWhileRequestsFail   ///< the probe asks for too little
};

constexpr std::string_view name_of(Testimony testimony) {
  switch (testimony) {
    case Testimony::kNone:
      return "";
    case Testimony::kFailsWhileRequestsSucceed:
      return "real requests succeed";
    case Testimony::kSucceedsWhileRequestsFail:
      return "real requests fail";
  }
  std::abort();
}

/// How far back requests are looked at for a probe whose results are alike since `since`: not before that, for what
/// happened then says nothing, and a minute at most; nothing if that is less than ten seconds.
std::optional<std::chrono::nanoseconds> witness_window(WallTime since, WallTime now);

/// At least ten requests in `window`: fewer than a tenth of them errors of the server contradict a failure, at least
/// half of them a success. The probe's own requests, as many as it may have sent, are left out: they say nothing new.
Testimony testify(const probe::ProbeState& state, std::span<const store::ServiceWindow> services,
                  std::chrono::nanoseconds window);

/// Compares probes with the requests that Sonde sees, for the metrics and for whoever asks.
/// threads: look_if_due() from one; the rest from any.
class ProbeWitness {
 public:
  /// What every service did in the window before a moment.
  using Services = std::function<std::vector<store::ServiceWindow>(std::chrono::nanoseconds window, WallTime now)>;

  /// owner: the caller keeps both alive.
  ProbeWitness(const probe::Prober& prober, Services services, SharedFamilies& families);

  /// Looks anew, unless it did so in the last seconds, or no probe names a service.
  void look_if_due(KernelTime now, WallTime wall);

  /// In the order of the prober's states; empty before the first look.
  [[nodiscard]] std::vector<Testimony> latest() const;

 private:
  const probe::Prober& prober_;
  const Services services_;
  const bool has_work_;
  SharedFamilies& families_;
  measure::FamilyBuilder builder_;
  std::optional<KernelTime> looked_at_;

  mutable std::mutex mutex_;  // guards what follows
  std::vector<Testimony> latest_;
};

}  // namespace sonde::app
