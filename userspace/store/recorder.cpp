#include "store/recorder.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

namespace sonde::store {
namespace {

using measure::MetricType;

/// Of series that no snapshot has: they did not end with the daemon's restart.
constexpr std::uint32_t kOutputPass = std::numeric_limits<std::uint32_t>::max();

std::int64_t to_ms(std::chrono::nanoseconds duration) {
  return std::max<std::int64_t>(1, std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

bool begins_at_zero(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
    case MetricType::kHistogram:
      return true;
    case MetricType::kGauge:
    case MetricType::kUntyped:
      return false;
  }
  return false;
}

/// The series lie all over the memory, and each append touches each.
void prefetch(const StoredSeries& series) {
  __builtin_prefetch(&series);
  __builtin_prefetch(&series.numbers.full.open());
  __builtin_prefetch(&series.numbers.full.open().state().window);
}

bool has_ended(const StoredSeries& series) {
  if (series.histogram) {
    const Tier<HistogramCodec>& tier = series.histogram->full;
    return tier.open().empty() || tier.open().state().is_stale;
  }
  const Tier<FloatCodec>& tier = series.numbers.full;
  return tier.open().empty() || is_stale(tier.open().state().value);
}

}  // namespace

Recorder::Recorder(SeriesTable& table, const StoreOptions& options) : table_(table), options_(options) {
  intervals_.push_back({to_ms(options.interval), {}, false});
}

void Recorder::set_demands(std::vector<ReadyDemand> demands) {
  demands_ = std::move(demands);
  std::vector<Interval> intervals{intervals_.front()};
  for (const ReadyDemand& demand : demands_) {
    const auto same = [&](const Interval& interval) { return interval.length_ms == demand.interval_ms; };
    if (std::any_of(intervals.begin(), intervals.end(), same)) continue;
    const auto known = std::find_if(intervals_.begin(), intervals_.end(), same);
    intervals.push_back(known == intervals_.end() ? Interval{demand.interval_ms, {}, false} : *known);
  }
  intervals_ = std::move(intervals);
  table_.for_each([&](StoredSeries& series) { series.interval_index = interval_of(series); });
}

std::uint16_t Recorder::interval_of(const StoredSeries& stored) {
  std::size_t shortest = 0;
  for (ReadyDemand& demand : demands_) {
    if (demand.interval_ms >= intervals_[shortest].length_ms || !demand.matcher.match(stored).any()) continue;
    const auto same = [&](const Interval& interval) { return interval.length_ms == demand.interval_ms; };
    shortest = static_cast<std::size_t>(std::find_if(intervals_.begin(), intervals_.end(), same) - intervals_.begin());
  }
  return static_cast<std::uint16_t>(shortest);
}

void Recorder::prepare(StoredSeries& series) {
  const std::vector<std::string>& names = options_.long_metrics;
  series.keeps_long = std::find(names.begin(), names.end(), series.family()) != names.end();
  series.interval_index = interval_of(series);
}

std::int64_t Recorder::align(std::int64_t now_ms) const {
  constexpr std::int64_t kMaxShiftMs = 50;
  const std::int64_t tick_ms = to_ms(options_.tick);
  if (!previous_ms_ || now_ms <= *previous_ms_) return now_ms;
  const std::int64_t ticks = (now_ms - *previous_ms_ + tick_ms / 2) / tick_ms;
  const std::int64_t on_grid_ms = *previous_ms_ + ticks * tick_ms;
  const bool is_close = std::abs(on_grid_ms - now_ms) <= std::min(kMaxShiftMs, tick_ms / 20);
  return ticks > 0 && is_close ? on_grid_ms : now_ms;
}

bool Recorder::find_due(std::int64_t at_ms) {
  const std::int64_t tick_ms = to_ms(options_.tick);
  bool any = false;
  for (Interval& interval : intervals_) {
    const std::int64_t early_ms = std::min(tick_ms / 4, interval.length_ms / 10);
    const bool stepped_back = interval.next_ms && at_ms + interval.length_ms < *interval.next_ms;
    interval.is_due = !interval.next_ms || stepped_back || at_ms >= *interval.next_ms - early_ms;
    if (!interval.is_due) continue;
    any = true;
    const bool in_rhythm = interval.next_ms && std::abs(at_ms - *interval.next_ms) < interval.length_ms / 2;
    interval.next_ms = (in_rhythm ? *interval.next_ms : at_ms) + interval.length_ms;
  }
  return any;
}

void Recorder::append(const measure::Snapshot& snapshot, std::int64_t at_ms) {
  const bool any_due = find_due(at_ms);
  const bool is_same = pass_ > 0 && snapshot.generation == generation_;
  if (!is_same || any_due) {
    ++pass_;
    generation_ = snapshot.generation;
    for (const measure::Family& family : snapshot.families) append_family(family, at_ms);
    std::erase_if(families_, [&](auto& row) {
      if (row.second.seen_in_pass == pass_) return false;
      end_missing(row.second.routes, at_ms);
      return true;
    });
  }
  end_lost_in_restart(at_ms);
  previous_ms_ = at_ms;
}

void Recorder::append_family(const measure::Family& family, std::int64_t at_ms) {
  FamilyRoutes& known = families_[family.name];
  const bool is_histogram = family.type == MetricType::kHistogram;
  const bool same_kind = (known.type == MetricType::kHistogram) == is_histogram;
  known.type = family.type;
  if (known.help != family.help) known.help = family.help;
  const bool is_first_time = known.seen_in_pass != pass_;
  known.seen_in_pass = pass_;
  std::vector<Route> before = is_first_time ? std::exchange(known.routes, {}) : std::vector<Route>();
  known.routes.reserve(known.routes.size() + family.series.size());
  // Series keep their order from one snapshot to the next; where some have gone, theirs are a few places further on.
  constexpr std::size_t kMaxGone = 64;
  constexpr std::size_t kAhead = 6;  // far enough for memory to answer
  std::size_t cursor = 0;
  for (const measure::Series& series : family.series) {
    if (!series.identity) continue;
    const std::size_t end = same_kind ? std::min(before.size(), cursor + kMaxGone) : 0;
    std::size_t place = cursor;
    while (place < end && before[place].identity != series.identity) ++place;
    const bool is_known = place < end;
    if (place + kAhead < end) prefetch(*table_.at(before[place + kAhead].slot));
    const SeriesSlot slot = is_known ? before[place].slot : find_slot(family, series);
    if (is_known) cursor = place + 1;
    known.routes.push_back({series.identity, slot});
    append_series(*table_.at(slot), family, series, at_ms);
  }
  end_missing(before, at_ms);
}

StoredSeries& Recorder::find_series(const Labels& labels, bool is_histogram) {
  const std::size_t before = table_.size();
  StoredSeries& stored = table_.find_or_add(labels, is_histogram);
  if (table_.size() != before) {
    prepare(stored);
    grown_bytes_ += SeriesTable::kPlaceBytes + stored.memory_bytes();
  }
  return stored;
}

SeriesSlot Recorder::find_slot(const measure::Family& family, const measure::Series& series) {
  const Labels labels = SeriesTable::labels_of(family.name, series.identity->labels);
  return find_series(labels, family.type == MetricType::kHistogram).slot;
}

void Recorder::append_outputs(const std::string& origin, const std::vector<Output>& outputs, std::int64_t at_ms) {
  std::vector<Place> places;
  places.reserve(outputs.size());
  for (const Output& output : outputs) {
    StoredSeries& stored = find_series(output.labels, false);
    stored.seen_in_pass = kOutputPass;
    take(stored, output.value, at_ms);
    places.push_back({stored.slot, stored.reference});
  }
  std::sort(places.begin(), places.end());
  std::vector<Place>& before = outputs_[origin];
  for (const Place& place : before) {
    if (std::binary_search(places.begin(), places.end(), place)) continue;
    StoredSeries* stored = table_.at(place.slot);
    if (stored != nullptr && stored->reference == place.reference) end_series(*stored, at_ms);
  }
  before = std::move(places);
  if (before.empty()) outputs_.erase(origin);
}

/// What the kernel counts, and was first looked at a moment after the start, did not begin in between.
bool Recorder::has_begun(MetricType type, std::int64_t at_ms) const {
  constexpr std::int64_t kFirstLooksMs = 30'000;
  if (!begins_at_zero(type)) return false;
  return type == MetricType::kHistogram || (first_ms_ && at_ms - *first_ms_ >= kFirstLooksMs);
}

void Recorder::append_series(StoredSeries& stored, const measure::Family& family, const measure::Series& series,
                             std::int64_t at_ms) {
  static const measure::HistogramValue kNothing;
  if (stored.seen_in_pass == pass_) return;  // twice in a snapshot: the first one counts, as in a scrape
  const bool is_new = !stored.is_live;
  stored.seen_in_pass = pass_;
  stored.is_live = true;
  if (!is_new && !intervals_[stored.interval_index].is_due) return;
  const bool from_zero = is_new && previous_ms_ && *previous_ms_ < at_ms && has_begun(family.type, at_ms) &&
                         (stored.empty() || admits(stored, *previous_ms_));
  if (stored.histogram) {
    if (from_zero) take(stored, kNothing, *previous_ms_);
    take(stored, series.histogram ? *series.histogram : kNothing, at_ms);
  } else {
    if (from_zero) take(stored, 0.0, *previous_ms_);
    take(stored, series.value, at_ms);
  }
}

bool Recorder::admits(const StoredSeries& stored, std::int64_t at_ms) {
  return stored.visit_tiers([&](const auto& tiers) {
    const bool after_full = tiers.full.empty() || at_ms > tiers.full.last_ms();
    return after_full && (!tiers.thinned || tiers.thinned->empty() || at_ms > tiers.thinned->last_ms());
  });
}

template <class Codec>
void Recorder::note_growth(const Tier<Codec>& tier, std::size_t open_bytes, std::size_t closed_count) {
  const std::size_t now_bytes = tier.open().heap_bytes();
  if (tier.closed().size() > closed_count) {
    constexpr std::size_t kPointers = 2 * sizeof(ChunkPointer);  // the vector may have doubled
    grown_bytes_ += now_bytes + tier.closed().back()->memory_bytes() + kPointers;
  } else {
    grown_bytes_ += now_bytes - open_bytes;
  }
}

void Recorder::take(StoredSeries& stored, double value, std::int64_t at_ms) {
  if (!admits(stored, at_ms)) {
    ++out_of_order_samples_;
    return;
  }
  Tier<FloatCodec>& tier = stored.numbers.full;
  const std::size_t open_bytes = tier.open().heap_bytes();
  const std::size_t closed_count = tier.closed().size();
  tier.append(Sample{at_ms, value});
  note_growth(tier, open_bytes, closed_count);
  ++appended_samples_;
}

void Recorder::take(StoredSeries& stored, const measure::HistogramValue& value, std::int64_t at_ms) {
  if (!admits(stored, at_ms)) {
    out_of_order_samples_ += stored.series_count();
    return;
  }
  Tier<HistogramCodec>& tier = stored.histogram->full;
  const std::size_t open_bytes = tier.open().heap_bytes();
  const std::size_t closed_count = tier.closed().size();
  const HistogramCodec::State& before = tier.open().state();
  if (tier.can_repeat() && !before.is_stale && is_unchanged(before.counts, value)) {
    tier.repeat(at_ms);
  } else {
    take_counts(value, counts_);
    tier.append({at_ms, false, &counts_});
  }
  note_growth(tier, open_bytes, closed_count);
  appended_samples_ += stored.series_count();
}

void Recorder::end_series(StoredSeries& stored, std::int64_t at_ms) {
  if (has_ended(stored) || !admits(stored, at_ms)) return;
  stored.visit_tiers([&]<class Codec>(Tiers<Codec>& tiers) {
    const std::size_t open_bytes = tiers.full.open().heap_bytes();
    const std::size_t closed_count = tiers.full.closed().size();
    tiers.full.append(Codec::stale_sample(at_ms));
    note_growth(tiers.full, open_bytes, closed_count);
  });
  appended_samples_ += stored.series_count();
}

void Recorder::end_missing(const std::vector<Route>& routes, std::int64_t at_ms) {
  for (const Route& route : routes) {
    StoredSeries& stored = *table_.at(route.slot);
    if (stored.seen_in_pass == pass_ || !stored.is_live) continue;
    stored.is_live = false;
    end_series(stored, at_ms);
  }
}

void Recorder::end_lost_in_restart(std::int64_t at_ms) {
  if (!first_ms_) first_ms_ = at_ms;
  if (restart_is_settled_ || at_ms < *first_ms_ + 2 * intervals_.front().length_ms) return;
  restart_is_settled_ = true;
  table_.for_each([&](StoredSeries& series) {
    if (series.seen_in_pass == 0) end_series(series, *first_ms_);
  });
}

std::vector<MetricMetadata> Recorder::metadata() const {
  std::vector<MetricMetadata> all;
  all.reserve(families_.size());
  for (const auto& [name, family] : families_) all.push_back({name, family.type, family.help});
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

std::size_t Recorder::memory_bytes() const {
  constexpr std::size_t kRowBytes = 48;
  std::size_t bytes = 0;
  for (const auto& [name, family] : families_) {
    bytes += kRowBytes + sizeof(family) + name.capacity() + family.help.capacity() +
             family.routes.capacity() * sizeof(Route);
  }
  for (const auto& [origin, places] : outputs_) {
    bytes += kRowBytes + sizeof(places) + origin.capacity() + places.capacity() * sizeof(Place);
  }
  return bytes;
}

}  // namespace sonde::store
