#pragma once

#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "probe/types.h"

namespace sonde::probe {

/// Asks every target each interval, hundreds of them on one thread. A target that still runs when it is due again is
/// not asked twice at once; that is counted. An attempt that fails is tried again after a short pause, as often as the
/// target says; the last one is the result.
class Prober {
 public:
  /// `past` is what take_uptime_changes() gave before: targets that are not there any more are left out.
  /// owner: the caller keeps `clock` alive.  threads: to be called before there are others, for it takes variables out
  /// of the environment that libpq would read. errors: kUnsupported, kIo if the machinery cannot start, kBadConfig for
  /// a regular expression that RE2 does not take.
  [[nodiscard]] static Result<std::unique_ptr<Prober>> create(std::vector<ProbeTarget> targets, std::string user_agent,
                                                              const Clock& clock,
                                                              std::span<const UptimeStep> past = {});
  ~Prober();

  /// Told on the thread that runs, twice a second at the least, whether there are results since the last time.
  using Observer = std::function<void(bool has_news)>;

  /// Runs until stopped; what is under way then has no result.
  void run(const std::stop_token& stop, const Observer& observer = {});

  /// In the order of the targets.  threads: any.
  [[nodiscard]] std::vector<ProbeState> states() const;

  /// The steps of uptime that have changed since the last time.  threads: any.
  [[nodiscard]] std::vector<UptimeStep> take_uptime_changes();

 private:
  class Impl;
  explicit Prober(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sonde::probe
