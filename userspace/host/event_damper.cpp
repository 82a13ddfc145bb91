#include "host/event_damper.h"

#include <algorithm>

namespace sonde::host {
namespace {

constexpr std::chrono::nanoseconds kShortest = std::chrono::seconds{10};
constexpr std::chrono::nanoseconds kLongest = std::chrono::minutes{10};
constexpr int kSoon = 6;  // spans

}  // namespace

std::uint64_t EventDamper::take(WallTime at) {
  const bool is_known = began_at_ && at >= *began_at_;  // else somebody set the clock back
  if (is_known && at - *began_at_ < span_) {
    if (events_ == budget_) return ++merged_;
    ++events_;
    return 0;
  }
  const bool was_too_much = merged_ > 0 || budget_ == 1;
  const bool goes_on = is_known && was_too_much && at - *began_at_ < kSoon * span_;
  span_ = goes_on ? std::min(2 * span_, kLongest) : kShortest;
  began_at_ = at;
  events_ = 1;
  merged_ = 0;
  return 0;
}

std::chrono::nanoseconds EventDamper::elapsed(WallTime at) const {
  return began_at_ ? std::max(at - *began_at_, std::chrono::nanoseconds{0}) : std::chrono::nanoseconds{0};
}

}  // namespace sonde::host
