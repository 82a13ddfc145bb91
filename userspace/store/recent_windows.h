#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/exponential_histogram.h"
#include "measure/types.h"
#include "store/request_outcome.h"
#include "store/sparse_durations.h"
#include "store/types.h"

namespace sonde::store {

/// What every service did in the recent past, tick by tick for the last 60 ticks, then in steps of keep / 90. A service
/// side holds at most 60 + 91 slots of some 120 bytes and eight bytes per histogram bucket in use: about 100 KiB for a
/// service with 50 distinct latencies a slot, 800 KiB if every slot spread over ten octaves.
/// Increments follow Prometheus: a count that shrinks has restarted from zero, and a new series started at zero.
/// threads: ingest from one thread at a time; everything else from any.
class RecentWindows {
 public:
  explicit RecentWindows(StoreOptions options);

  /// Takes what happened since the last snapshot; a snapshot of the same generation only moves time on.
  void ingest(const measure::Snapshot& snapshot);

  /// What each service side did in the `window` before `now`, to the nearest slot; by service, the server side first.
  /// Sides that were idle during the window but not for `keep` are there with zero requests.
  [[nodiscard]] std::vector<ServiceWindow> over(std::chrono::nanoseconds window, WallTime now) const;

  /// units: bytes of the slots, without what the last snapshot shares with its owner.
  [[nodiscard]] std::size_t memory_bytes() const;

 private:
  struct Key {
    std::string service;
    bool client = false;
    auto operator<=>(const Key&) const = default;
  };
  struct Counts {
    std::uint64_t requests = 0;
    std::uint64_t client_errors = 0;
    std::uint64_t server_errors = 0;

    void add(const Counts& other);
  };
  struct Increment {
    Counts counts;
    ExponentialHistogram duration;
  };
  struct Slot {  // (from, to]
    std::chrono::nanoseconds from{0};
    std::chrono::nanoseconds to{0};
    Counts counts;
    SparseDurations duration;
  };
  struct Past {
    std::deque<Slot> coarse;
    std::deque<Slot> fine;
  };
  struct Prior {
    Key key;
    RequestOutcome outcome = RequestOutcome::kFine;
    std::shared_ptr<const measure::HistogramValue> value;
    std::uint64_t seen_in = 0;  // pass
  };

  static Prior classify(const measure::SeriesIdentity& identity, bool client);
  static void take_increment(const measure::HistogramValue& now, const Prior& prior, Increment& into);
  std::map<Key, Increment> take_increments(const measure::Snapshot& snapshot);
  void take_family(const measure::Family& family, bool client, std::map<Key, Increment>& increments);
  void append(std::map<Key, Increment> increments, std::chrono::nanoseconds from);
  void age(Past& past) const;

  const StoreOptions options_;

  // Only ingest touches these.
  std::unordered_map<std::uint64_t, Prior> priors_;  // by series id
  std::uint64_t pass_ = 0;
  std::uint64_t last_generation_ = 0;

  mutable std::mutex mutex_;  // guards what follows
  // Slots are dated by time since the first snapshot. It never runs back, so a stepped wall clock cannot reorder them.
  std::chrono::nanoseconds position_{0};
  WallTime last_taken_at_;
  std::map<Key, Past> pasts_;
};

}  // namespace sonde::store
