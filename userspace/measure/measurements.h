#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "measure/exchange_series.h"
#include "measure/placement_cache.h"
#include "measure/service_book.h"
#include "measure/sli_book.h"
#include "measure/types.h"
#include "protocol/types.h"

namespace sonde::measure {

/// How many exchanges met which fate since the start.  shape: by Fate.
using FateCounts = std::array<std::uint64_t, static_cast<std::size_t>(Fate::kCount)>;

/// Turns exchanges into histograms and counters, and hands out immutable snapshots of them.
/// A known path costs no allocation; the first observation of a series after a snapshot copies its histogram.
/// threads: the capture thread alone; snapshots may be read and freed anywhere.
class Measurements {
 public:
  Measurements(const MeasureOptions& options, Vocabulary vocabulary);

  void observe(const protocol::Exchange& exchange, const ServiceContext& context);

  /// Replaces the families that stem from elsewhere (losses, sensors, Sonde itself); they follow the measured ones.
  /// Their names must differ from each other and from the measured ones.
  void set_external(std::vector<Family> families);

  /// Everything as it is now, or the last snapshot itself (with its older time) if nothing has changed since.
  std::shared_ptr<const Snapshot> snapshot(WallTime now);

  [[nodiscard]] const FateCounts& fates() const noexcept { return fates_; }

  /// Histogram series in use, of MeasureOptions::max_series.
  [[nodiscard]] std::size_t histogram_count() const noexcept { return book_.histogram_count(); }

 private:
  Placement place(const protocol::Exchange& exchange, const ServiceContext& context);
  /// Of the exchange whose route is in route_.
  Placement place_series(const protocol::Exchange& exchange, const ServiceContext& context);

  ServiceBook services_;
  ExchangeSeriesBook book_;
  SliBook slis_;
  PlacementCache cache_;
  FateCounts fates_{};
  std::string route_;  // kept for its memory
  std::vector<Family> external_;
  std::shared_ptr<const Snapshot> latest_;
  std::uint64_t generation_ = 0;
  bool changed_ = true;
};

}  // namespace sonde::measure
