#include "store/recent_windows.h"

#include <algorithm>
#include <utility>

namespace sonde::store {
namespace {

using std::chrono::nanoseconds;

constexpr int kFineTicks = 60;
constexpr int kCoarseSlots = 90;

nanoseconds middle_of(nanoseconds from, nanoseconds to) { return from + (to - from) / 2; }

}  // namespace

RecentWindows::RecentWindows(StoreOptions options) : options_(options) {}

void RecentWindows::Counts::add(const Counts& other) {
  requests += other.requests;
  client_errors += other.client_errors;
  server_errors += other.server_errors;
}

RecentWindows::Prior RecentWindows::classify(const measure::SeriesIdentity& identity, bool client) {
  return Prior{Key{service_of(identity.labels), client}, outcome_of(identity.labels, client), nullptr, 0};
}

void RecentWindows::take_increment(const measure::HistogramValue& now, const Prior& prior, Increment& into) {
  const measure::HistogramValue* before = prior.value.get();
  if (before && before->count > now.count) before = nullptr;
  const std::uint64_t grown = now.count - (before ? before->count : 0);
  if (grown == 0) return;
  into.counts.requests += grown;
  if (prior.outcome == RequestOutcome::kClientError) into.counts.client_errors += grown;
  if (prior.outcome == RequestOutcome::kServerError) into.counts.server_errors += grown;
  if (now.fine) into.duration.merge(*now.fine);
  if (now.fine && before && before->fine) into.duration.subtract(*before->fine);
}

void RecentWindows::take_family(const measure::Family& family, bool client, std::map<Key, Increment>& increments) {
  for (const measure::Series& series : family.series) {
    if (!series.identity || !series.histogram) continue;
    auto found = priors_.find(series.identity->id);
    if (found == priors_.end()) {
      found = priors_.emplace(series.identity->id, classify(*series.identity, client)).first;
    }
    Prior& prior = found->second;
    prior.seen_in = pass_;
    if (prior.value == series.histogram) continue;
    take_increment(*series.histogram, prior, increments[prior.key]);
    prior.value = series.histogram;
  }
}

std::map<RecentWindows::Key, RecentWindows::Increment> RecentWindows::take_increments(
    const measure::Snapshot& snapshot) {
  std::map<Key, Increment> increments;
  ++pass_;
  for (const measure::Family& family : snapshot.families) {
    if (family.name == measure::kHttpServerDuration) take_family(family, false, increments);
    if (family.name == measure::kHttpClientDuration) take_family(family, true, increments);
  }
  std::erase_if(priors_, [this](const auto& entry) { return entry.second.seen_in != pass_; });
  std::erase_if(increments, [](const auto& entry) { return entry.second.counts.requests == 0; });
  return increments;
}

void RecentWindows::ingest(const measure::Snapshot& snapshot) {
  const bool first = pass_ == 0;
  std::map<Key, Increment> increments;
  if (first || snapshot.generation != last_generation_) increments = take_increments(snapshot);
  last_generation_ = snapshot.generation;

  const std::lock_guard lock(mutex_);
  const nanoseconds from = position_;
  position_ += first ? options_.tick : std::max(nanoseconds{0}, snapshot.taken_at - last_taken_at_);
  last_taken_at_ = snapshot.taken_at;
  append(std::move(increments), from);
}

void RecentWindows::append(std::map<Key, Increment> increments, nanoseconds from) {
  for (auto& [key, increment] : increments) {
    pasts_[key].fine.push_back(Slot{from, position_, increment.counts, SparseDurations(increment.duration)});
  }
  for (auto& [key, past] : pasts_) age(past);
  std::erase_if(pasts_, [](const auto& entry) { return entry.second.fine.empty() && entry.second.coarse.empty(); });
}

void RecentWindows::age(Past& past) const {
  const nanoseconds step = std::max(nanoseconds{1}, options_.keep / kCoarseSlots);
  const auto cell = [step](const Slot& slot) { return (slot.to - nanoseconds{1}) / step; };
  const nanoseconds fine_limit = position_ - kFineTicks * options_.tick;
  while (!past.fine.empty() && past.fine.front().to <= fine_limit) {
    Slot& oldest = past.fine.front();
    if (!past.coarse.empty() && cell(past.coarse.back()) == cell(oldest)) {
      Slot& into = past.coarse.back();
      into.to = oldest.to;
      into.counts.add(oldest.counts);
      into.duration.merge(oldest.duration);
    } else {
      past.coarse.push_back(std::move(oldest));
    }
    past.fine.pop_front();
  }
  const nanoseconds oldest_kept = position_ - options_.keep;
  while (!past.coarse.empty() && past.coarse.front().to <= oldest_kept) past.coarse.pop_front();
  while (!past.fine.empty() && past.fine.front().to <= oldest_kept) past.fine.pop_front();
}

std::vector<ServiceWindow> RecentWindows::over(nanoseconds window, WallTime now) const {
  const std::lock_guard lock(mutex_);
  const nanoseconds at = position_ + std::max(nanoseconds{0}, now - last_taken_at_);
  const nanoseconds begin = at - window;
  const nanoseconds data_begin = std::max({nanoseconds{0}, begin, position_ - options_.keep});
  const nanoseconds covered = std::max(nanoseconds{0}, position_ - data_begin);
  std::vector<ServiceWindow> result;
  result.reserve(pasts_.size());
  DurationSum durations;
  for (const auto& [key, past] : pasts_) {
    Counts counts;
    ServiceWindow& service = result.emplace_back();
    const auto add = [&](const Slot& slot) {
      if (middle_of(slot.from, slot.to) <= begin) return;
      counts.add(slot.counts);
      durations.add(slot.duration);
    };
    std::for_each(past.coarse.begin(), past.coarse.end(), add);
    std::for_each(past.fine.begin(), past.fine.end(), add);
    service.service = key.service;
    service.server = !key.client;
    service.covered = covered;
    service.duration = durations.take();
    service.requests = counts.requests;
    service.client_errors = counts.client_errors;
    service.server_errors = counts.server_errors;
  }
  return result;
}

std::size_t RecentWindows::memory_bytes() const {
  const std::lock_guard lock(mutex_);
  std::size_t bytes = 0;
  const auto count = [&bytes](const Slot& slot) { bytes += sizeof(Slot) + slot.duration.memory_bytes(); };
  for (const auto& [key, past] : pasts_) {
    bytes += sizeof(Key) + sizeof(Past) + key.service.capacity();
    std::for_each(past.coarse.begin(), past.coarse.end(), count);
    std::for_each(past.fine.begin(), past.fine.end(), count);
  }
  return bytes;
}

}  // namespace sonde::store
