#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "measure/exchange_series.h"
#include "measure/service_book.h"
#include "measure/sli_book.h"
#include "protocol/types.h"

namespace sonde::measure {

/// What became of an observation.
enum class Fate : std::uint8_t {
  kExact,            ///< under its own route
  kRouteCollapsed,   ///< under kOverflowRoute, for its service has max_routes_per_service already
  kSeriesCollapsed,  ///< under kOverflowRoute, for there are max_series already
  kDropped,          ///< not measured: not even kOverflowRoute had room
  kCount
};

/// Where an exchange goes. Series are never taken back, so a placement holds for good.
struct Placement {
  const ExchangeSeries* series = nullptr;  ///< nullptr: dropped
  Fate fate = Fate::kDropped;
  const SliSet* slis = nullptr;  ///< that it counts for; nullptr: none
};

/// Remembers the placement of the exchanges seen last by their raw path, so that repeated ones cost neither a route
/// nor a label. Direct-mapped: a newcomer replaces whatever is in its slot.  threads: one at a time.
class PlacementCache {
 public:
  PlacementCache() : slots_(kSlots) {}

  /// Computed once for find and remember.
  struct Key {
    std::uint64_t owner = 0;
    std::uint64_t kind = 0;  ///< never 0
    std::string_view path;
    std::size_t slot = 0;
  };
  [[nodiscard]] static Key key_of(const protocol::Exchange& exchange, const ServiceContext& context) noexcept;

  /// nullptr if not remembered.  owner: the cache; valid until the next remember.
  [[nodiscard]] const Placement* find(const Key& key) const noexcept;

  /// Paths too long for a slot are not remembered.
  void remember(const Key& key, const Placement& placement) noexcept;

 private:
  static constexpr std::size_t kSlots = 1024;
  static constexpr std::size_t kMaxPathBytes = 88;

  struct alignas(64) Slot {
    std::uint64_t owner = 0;
    std::uint64_t kind = 0;  // 0: empty
    Placement placement;
    std::array<char, kMaxPathBytes> path;
  };
  static_assert(sizeof(Slot) == 128, "two cache lines");

  std::vector<Slot> slots_;
};

}  // namespace sonde::measure
