#include "notify/destination_gate.h"

#include <algorithm>

#include "notify/retry.h"

namespace sonde::notify {
namespace {

constexpr std::chrono::hours kHour{1};

/// What comes at once is told at once, in one digest.
constexpr std::chrono::minutes kGathered{1};

}  // namespace

void DestinationGate::note_attempt(KernelTime now) { pause(now + pace_); }

bool DestinationGate::note_answer() {
  const bool was_broken = is_broken();
  failing_.clear();
  trips_ = 0;
  return was_broken;
}

void DestinationGate::note_failure(const std::string& id, KernelTime now, double jitter) {
  if (!is_broken()) failing_.insert(id);
  if (is_broken()) pause(now + backoff(options_, ++trips_, jitter));
}

void DestinationGate::pause(KernelTime until) { opens_at_ = std::max(opens_at_, until); }

/// A tenth of the hour's messages, six at most: every ten minutes is often enough.
std::size_t DestinationGate::digests_an_hour() const {
  return std::clamp<std::size_t>(options_.max_per_hour / 10, 1, 6);
}

bool DestinationGate::has_room(KernelTime now) {
  if (options_.max_per_hour == 0) return true;
  while (!messages_.empty() && now - messages_.front() >= kHour) messages_.pop_front();
  return messages_.size() + digests_an_hour() < options_.max_per_hour;
}

KernelTime DestinationGate::digest_at(KernelTime since) const {
  const KernelTime gathered = since + kGathered;
  if (!last_digest_) return gathered;
  const std::chrono::nanoseconds between = std::chrono::nanoseconds{kHour} / static_cast<int>(digests_an_hour());
  return std::max(gathered, *last_digest_ + between);
}

}  // namespace sonde::notify
