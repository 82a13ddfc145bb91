#include "base/exponential_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sonde {
namespace {

constexpr int kPerOctave = ExponentialHistogram::kBucketsPerOctave;
constexpr int kGuessBits = 8;

/// Upper bound of bucket `i` within an octave as a fraction with 63 bits: floor(2^(i+1)/64 * 2^63), capped for the
/// last.
std::array<std::uint64_t, kPerOctave> make_upper_bounds() {
  std::array<std::uint64_t, kPerOctave> bounds{};
  for (int i = 0; i < kPerOctave - 1; ++i) {
    bounds[static_cast<std::size_t>(i)] =
        static_cast<std::uint64_t>(std::exp2l(static_cast<long double>(i + 1) / kPerOctave + 63.0L));
  }
  bounds[kPerOctave - 1] = ~0ULL;
  return bounds;
}

const std::array<std::uint64_t, kPerOctave> kUpperBounds = make_upper_bounds();

/// For the top eight bits below the leading one, the first bucket that can hold such a value.
std::array<std::uint8_t, 1 << kGuessBits> make_first_guess() {
  std::array<std::uint8_t, 1 << kGuessBits> guess{};
  for (std::size_t i = 0; i < guess.size(); ++i) {
    const std::uint64_t smallest = (1ULL << 63U) | (static_cast<std::uint64_t>(i) << (63 - kGuessBits));
    std::uint8_t bucket = 0;
    while (kUpperBounds[bucket] < smallest) ++bucket;
    guess[i] = bucket;
  }
  return guess;
}

const std::array<std::uint8_t, 1 << kGuessBits> kFirstGuess = make_first_guess();

struct Place {
  int octave;
  int bucket;
};

Place place_of(std::chrono::nanoseconds value) {
  if (value.count() <= 1) return {0, 0};
  // Buckets exclude their lower bound, so 2^k belongs to the octave below: place value - 1's leading bit, then compare.
  const auto whole = static_cast<std::uint64_t>(value.count());
  const int octave = 63 - std::countl_zero(whole - 1);
  if (whole == (2ULL << static_cast<unsigned>(octave))) return {octave, kPerOctave - 1};
  const std::uint64_t fraction = whole << static_cast<unsigned>(63 - octave);
  int bucket = kFirstGuess[(fraction >> (63 - kGuessBits)) & ((1U << kGuessBits) - 1)];
  while (kUpperBounds[static_cast<std::size_t>(bucket)] < fraction) ++bucket;
  return {octave, bucket};
}

/// The geometric middle of a bucket.
std::chrono::nanoseconds middle_of(int octave, int bucket) {
  const double exponent = octave + (bucket + 0.5) / kPerOctave;
  return std::chrono::nanoseconds{std::llround(std::exp2(std::min(exponent, 62.9)))};
}

}  // namespace

ExponentialHistogram::ExponentialHistogram(const ExponentialHistogram& other) : count_(other.count_) {
  for (std::size_t i = 0; i < octaves_.size(); ++i) {
    if (other.octaves_[i]) octaves_[i] = std::make_unique<Octave>(*other.octaves_[i]);
  }
}

ExponentialHistogram& ExponentialHistogram::operator=(const ExponentialHistogram& other) {
  if (this != &other) *this = ExponentialHistogram(other);
  return *this;
}

ExponentialHistogram::Octave& ExponentialHistogram::octave(int index) {
  auto& slot = octaves_[static_cast<std::size_t>(index)];
  if (!slot) slot = std::make_unique<Octave>();
  return *slot;
}

void ExponentialHistogram::observe(std::chrono::nanoseconds value, std::uint32_t times) {
  const Place place = place_of(value);
  octave(place.octave)[static_cast<std::size_t>(place.bucket)] += times;
  count_ += times;
}

void ExponentialHistogram::merge(const ExponentialHistogram& other) {
  for (int i = 0; i < kOctaves; ++i) {
    const auto& theirs = other.octaves_[static_cast<std::size_t>(i)];
    if (!theirs) continue;
    Octave& ours = octave(i);
    for (std::size_t bucket = 0; bucket < ours.size(); ++bucket) ours[bucket] += (*theirs)[bucket];
  }
  count_ += other.count_;
}

void ExponentialHistogram::subtract(const ExponentialHistogram& earlier) {
  for (int i = 0; i < kOctaves; ++i) {
    const auto& theirs = earlier.octaves_[static_cast<std::size_t>(i)];
    if (!theirs) continue;
    Octave& ours = octave(i);
    for (std::size_t bucket = 0; bucket < ours.size(); ++bucket) ours[bucket] -= (*theirs)[bucket];
  }
  count_ -= earlier.count_;
}

std::chrono::nanoseconds ExponentialHistogram::quantile(double q) const {
  if (count_ == 0) return std::chrono::nanoseconds{0};
  const double wanted = std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(count_));
  const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
  std::uint64_t seen = 0;
  Place last{0, 0};
  for (int i = 0; i < kOctaves; ++i) {
    const auto& page = octaves_[static_cast<std::size_t>(i)];
    if (!page) continue;
    for (int bucket = 0; bucket < kPerOctave; ++bucket) {
      const std::uint32_t here = (*page)[static_cast<std::size_t>(bucket)];
      if (here == 0) continue;
      seen += here;
      last = {i, bucket};
      if (seen >= rank) return middle_of(i, bucket);
    }
  }
  return middle_of(last.octave, last.bucket);
}

std::uint64_t ExponentialHistogram::count_above(std::chrono::nanoseconds limit) const {
  const Place edge = place_of(limit);
  std::uint64_t above = 0;
  for (int i = edge.octave; i < kOctaves; ++i) {
    const auto& page = octaves_[static_cast<std::size_t>(i)];
    if (!page) continue;
    const int first = i == edge.octave ? edge.bucket + 1 : 0;
    for (int bucket = first; bucket < kPerOctave; ++bucket) above += (*page)[static_cast<std::size_t>(bucket)];
  }
  return above;
}

double ExponentialHistogram::upper_bound_seconds(std::size_t index) {
  return std::exp2(static_cast<double>(index + 1) / kBucketsPerOctave) / 1e9;
}

std::size_t ExponentialHistogram::memory_bytes() const noexcept {
  const auto used = std::count_if(octaves_.begin(), octaves_.end(), [](const auto& page) { return page != nullptr; });
  return sizeof(*this) + static_cast<std::size_t>(used) * sizeof(Octave);
}

}  // namespace sonde
