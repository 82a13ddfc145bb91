#include "store/histogram_codec.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <iterator>
#include <span>
#include <utility>

namespace sonde::store {
namespace {

using Classic = std::array<std::uint64_t, kClassicBuckets>;

enum class Change : std::uint8_t { kGrown, kBegunAnew, kStale, kNone };
constexpr unsigned kChangeBits = 2;
constexpr unsigned kParameterBits = 5;

std::array<std::uint8_t, kFineIndexes> make_classic_of_fine() {
  std::array<std::uint8_t, kFineIndexes> classic{};
  for (std::size_t i = 0; i < kFineIndexes; ++i) {
    const double middle_ns = std::exp2((static_cast<double>(i) + 0.5) / ExponentialHistogram::kBucketsPerOctave);
    const auto above =
        std::find_if(kDurationBounds.begin(), kDurationBounds.end(),
                     [&](std::chrono::nanoseconds bound) { return middle_ns <= static_cast<double>(bound.count()); });
    classic[i] = static_cast<std::uint8_t>(above - kDurationBounds.begin());
  }
  return classic;
}

/// The classic bucket that the middle of a fine one falls into.
const std::array<std::uint8_t, kFineIndexes> kClassicOfFine = make_classic_of_fine();

Classic expected_of(std::span<const FineBucket> grown) {
  Classic expected{};
  for (const FineBucket& bucket : grown) expected[kClassicOfFine[bucket.index]] += bucket.times;
  return expected;
}

/// False if anything fell.
bool find_grown(std::span<const FineBucket> before, std::span<const FineBucket> now, std::vector<FineBucket>& grown) {
  grown.clear();
  auto old = before.begin();
  for (const FineBucket& bucket : now) {
    if (old != before.end() && old->index < bucket.index) return false;
    std::uint32_t had = 0;
    if (old != before.end() && old->index == bucket.index) had = old++->times;
    if (bucket.times < had) return false;
    if (bucket.times > had) grown.push_back({bucket.index, bucket.times - had});
  }
  return old == before.end();
}

bool has_fallen(const HistogramCounts& before, const HistogramCounts& now) {
  if (now.count < before.count) return true;
  return !std::equal(before.classic.begin(), before.classic.end(), now.classic.begin(), std::less_equal<>());
}

/// Numbers from 1 on around 2^parameter (exponential Golomb code).
void write_number(std::uint64_t number, unsigned parameter, BitWriter& into) {
  into.write_gamma(((number - 1) >> parameter) + 1);
  into.write(number - 1, parameter);
}

std::uint64_t read_number(unsigned parameter, BitReader& from) {
  const std::uint64_t high = from.read_gamma() - 1;
  return (high << parameter | from.read(parameter)) + 1;
}

unsigned parameter_for(std::uint64_t sum, std::size_t count) {
  return static_cast<unsigned>(std::bit_width(sum / std::max<std::size_t>(count, 1) / 2));
}

void write_fine(std::span<const FineBucket> grown, BitWriter& into) {
  into.write_gamma(grown.size() + 1);
  if (grown.empty()) return;
  std::uint64_t all = 0;
  for (const FineBucket& bucket : grown) all += bucket.times;
  const unsigned gap_parameter = parameter_for(grown.back().index - grown.front().index, grown.size());
  const unsigned times_parameter = parameter_for(all, grown.size());
  into.write(gap_parameter, kParameterBits);
  into.write(times_parameter, kParameterBits);
  into.write(grown.front().index, std::bit_width(kFineIndexes - 1));
  std::uint32_t last = grown.front().index;
  for (const FineBucket& bucket : grown) {
    if (bucket.index != last) write_number(bucket.index - last, gap_parameter, into);
    write_number(bucket.times, times_parameter, into);
    last = bucket.index;
  }
}

bool read_fine(BitReader& from, std::vector<FineBucket>& grown) {
  grown.clear();
  const std::uint64_t size = from.read_gamma() - 1;
  if (size == 0) return true;
  if (size > kFineIndexes) return false;
  const auto gap_parameter = static_cast<unsigned>(from.read(kParameterBits));
  const auto times_parameter = static_cast<unsigned>(from.read(kParameterBits));
  std::uint64_t index = from.read(std::bit_width(kFineIndexes - 1));
  for (std::uint64_t i = 0; i < size; ++i) {
    if (i > 0) {
      const std::uint64_t gap = read_number(gap_parameter, from);
      if (gap >= kFineIndexes - index) return false;
      index += gap;
    }
    if (from.exhausted()) return false;
    grown.push_back(
        {static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(read_number(times_parameter, from))});
  }
  return true;
}

/// By how much the classic buckets grew beyond what the fine ones say, and the count beyond the classic ones.
void write_classic(const HistogramCounts& before, const HistogramCounts& now, const Classic& expected,
                   BitWriter& into) {
  std::array<std::uint64_t, kClassicBuckets + 1> surprises{};
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < kClassicBuckets; ++i) {
    const std::uint64_t grown = now.classic[i] - before.classic[i];
    all += grown;
    surprises[i] = fold_sign(static_cast<std::int64_t>(grown - expected[i]));
  }
  surprises[kClassicBuckets] = fold_sign(static_cast<std::int64_t>(now.count - before.count - all));
  std::size_t last = 0;
  for (std::size_t i = 0; i <= kClassicBuckets; ++i) {
    if (surprises[i] == 0) continue;
    into.write_gamma(i + 1 - last + 1);
    into.write_gamma(surprises[i]);
    last = i + 1;
  }
  into.write_gamma(1);
}

bool read_classic(BitReader& from, const Classic& expected, HistogramCounts& counts) {
  std::array<std::uint64_t, kClassicBuckets + 1> surprises{};
  std::uint64_t place = 0;
  for (std::uint64_t gap = from.read_gamma(); gap > 1; gap = from.read_gamma()) {
    if (gap - 1 > surprises.size() - place || from.exhausted()) return false;
    place += gap - 1;
    surprises[place - 1] = from.read_gamma();
  }
  for (std::size_t i = 0; i < kClassicBuckets; ++i) {
    const std::uint64_t grown = expected[i] + static_cast<std::uint64_t>(unfold_sign(surprises[i]));
    counts.classic[i] += grown;
    counts.count += grown;
  }
  counts.count += static_cast<std::uint64_t>(unfold_sign(surprises[kClassicBuckets]));
  return true;
}

void write_time(HistogramCodec::State& state, std::int64_t at_ms, BitWriter& into) {
  const std::int64_t step_ms = at_ms - state.at_ms;
  const bool same_step = step_ms == state.step_ms;
  into.write(same_step ? 0 : 1, 1);
  if (!same_step) write_step_change(step_ms - state.step_ms, into);
  state.at_ms = at_ms;
  state.step_ms = step_ms;
}

void write_change(Change change, BitWriter& into) { into.write(static_cast<std::uint64_t>(change), kChangeBits); }

void forget_counts(HistogramCounts& counts) {
  counts.count = 0;
  counts.sum_seconds = 0;
  counts.classic = {};
  counts.fine.clear();
}

void write_counts(HistogramCodec::State& state, const HistogramCounts& now, BitWriter& into) {
  thread_local std::vector<FineBucket> grown;
  const bool fell = !find_grown(state.counts.fine, now.fine, grown) || has_fallen(state.counts, now);
  if (fell) {
    forget_counts(state.counts);
    grown.assign(now.fine.begin(), now.fine.end());
  }
  write_change(fell ? Change::kBegunAnew : Change::kGrown, into);
  write_fine(grown, into);
  write_classic(state.counts, now, expected_of(grown), into);
  const auto difference =
      std::bit_cast<std::uint64_t>(now.sum_seconds) ^ std::bit_cast<std::uint64_t>(state.counts.sum_seconds);
  into.write(difference != 0 ? 1 : 0, 1);
  if (difference != 0) write_xor(difference, state.window, into);
  state.counts = now;
}

bool read_counts(HistogramCodec::State& state, BitReader& from) {
  if (!read_fine(from, state.grown)) return false;
  if (!read_classic(from, expected_of(state.grown), state.counts)) return false;
  if (!from.read_bit()) return true;
  const std::uint64_t difference = read_xor(state.window, from);
  state.counts.sum_seconds = std::bit_cast<double>(std::bit_cast<std::uint64_t>(state.counts.sum_seconds) ^ difference);
  return true;
}

bool read_change(HistogramCodec::State& state, BitReader& from) {
  state.grown.clear();
  state.began_anew = false;
  const auto change = static_cast<Change>(from.read(kChangeBits));
  state.is_stale = change == Change::kStale;
  switch (change) {
    case Change::kGrown:
      return read_counts(state, from);
    case Change::kBegunAnew:
      state.began_anew = true;
      forget_counts(state.counts);
      return read_counts(state, from);
    case Change::kStale:
    case Change::kNone:
      return true;
  }
  return false;
}

}  // namespace

void take_counts(const measure::HistogramValue& value, HistogramCounts& into) {
  into.count = value.count;
  into.sum_seconds = value.sum_seconds;
  std::copy(value.bucket_counts.begin(), value.bucket_counts.end(), into.classic.begin());
  into.fine.clear();
  if (value.fine == nullptr) return;
  value.fine->for_each_bucket([&](std::size_t index, std::uint32_t times) {
    into.fine.push_back({static_cast<std::uint32_t>(index), times});
  });
}

bool is_unchanged(const HistogramCounts& counts, const measure::HistogramValue& value) {
  return counts.count == value.count &&
         std::bit_cast<std::uint64_t>(counts.sum_seconds) == std::bit_cast<std::uint64_t>(value.sum_seconds) &&
         std::equal(counts.classic.begin(), counts.classic.end(), value.bucket_counts.begin());
}

void HistogramCodec::begin(State& state, std::int64_t from_ms) {
  state = State{};
  state.at_ms = from_ms;
}

void HistogramCodec::encode(State& state, bool is_first, const Sample& sample, BitWriter& into) {
  if (!is_first) {
    into.write(1, 1);
    write_time(state, sample.at_ms, into);
  }
  state.is_stale = sample.is_stale;
  if (sample.is_stale) {
    write_change(Change::kStale, into);
  } else {
    write_counts(state, *sample.counts, into);
  }
}

void HistogramCodec::encode_repeated(State& state, std::int64_t at_ms, BitWriter& into) {
  if (at_ms - state.at_ms == state.step_ms) {
    state.at_ms = at_ms;
    into.write(0, 1);
    return;
  }
  into.write(1, 1);
  write_time(state, at_ms, into);
  write_change(Change::kNone, into);
}

bool HistogramCodec::decode(State& state, bool is_first, BitReader& from) {
  if (is_first) return read_change(state, from);
  const bool changes = from.read_bit();
  if (changes && from.read_bit()) {
    const auto change = static_cast<std::uint64_t>(read_step_change(from));
    state.step_ms = static_cast<std::int64_t>(static_cast<std::uint64_t>(state.step_ms) + change);
  }
  if (state.step_ms <= 0 || __builtin_add_overflow(state.at_ms, state.step_ms, &state.at_ms)) return false;
  if (changes) return read_change(state, from);
  state.grown.clear();
  state.began_anew = false;
  return true;
}

void HistogramCodec::keep(State& state) {
  std::vector<FineBucket>& fine = state.counts.fine;
  if (state.grown.empty()) return;
  std::vector<FineBucket> merged;
  merged.reserve(fine.size() + state.grown.size());
  auto old = fine.begin();
  for (const FineBucket& bucket : state.grown) {
    while (old != fine.end() && old->index < bucket.index) merged.push_back(*old++);
    const bool known = old != fine.end() && old->index == bucket.index;
    merged.push_back({bucket.index, bucket.times + (known ? old++->times : 0)});
  }
  merged.insert(merged.end(), old, fine.end());
  fine = std::move(merged);
}

}  // namespace sonde::store
