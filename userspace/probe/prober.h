#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "probe/types.h"

namespace sonde::probe {

/// Asks every target each interval, hundreds of them on one thread, over libcurl's multi interface. A target that still
/// runs when it is due again is not asked twice at once; that is counted.
class Prober {
 public:
  /// owner: the caller keeps `clock` alive.
  /// errors: kUnsupported if libcurl cannot start, kBadConfig for a regular expression that RE2 does not take.
  [[nodiscard]] static Result<std::unique_ptr<Prober>> create(std::vector<ProbeTarget> targets, std::string user_agent,
                                                              const Clock& clock);
  ~Prober();

  /// Told on the thread that runs, twice a second at the least, whether there are results since the last time.
  using Observer = std::function<void(bool has_news)>;

  /// Runs until stopped; what is under way then has no result.
  void run(const std::stop_token& stop, const Observer& observer = {});

  /// In the order of the targets.  threads: any.
  [[nodiscard]] std::vector<ProbeState> states() const;

 private:
  class Impl;
  explicit Prober(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sonde::probe
