#include "probe/schedule.h"

#include <algorithm>
#include <utility>

namespace sonde::probe {
namespace {

using std::chrono::nanoseconds;

constexpr std::chrono::seconds kFirstRound{10};

}  // namespace

Schedule::Schedule(std::vector<nanoseconds> intervals, KernelTime start) : intervals_(std::move(intervals)) {
  const auto count = static_cast<std::int64_t>(intervals_.size());
  for (std::size_t i = 0; i < intervals_.size(); ++i) {
    const auto place = static_cast<std::int64_t>(i);
    origins_.push_back(start + intervals_[i] * place / count);
    const nanoseconds spread = std::min<nanoseconds>(intervals_[i], kFirstRound);
    turns_.push({start + spread * place / count, i});
  }
}

std::optional<Schedule::Due> Schedule::pop(KernelTime now) {
  if (turns_.empty() || turns_.top().at > now) return std::nullopt;
  const Turn turn = turns_.top();
  turns_.pop();
  const nanoseconds interval = intervals_[turn.target];
  const KernelTime origin = origins_[turn.target];
  // The first turn is before the grid, and what follows it is on it.
  const auto slot_of = [&](KernelTime at) {
    return at < origin ? std::int64_t{-1} : static_cast<std::int64_t>((at - origin) / interval);
  };
  const std::int64_t next_slot = slot_of(now) + 1;
  const std::int64_t skipped = next_slot - slot_of(turn.at) - 1;
  turns_.push({origin + interval * next_slot, turn.target});
  return Due{turn.target, now - turn.at, static_cast<std::uint64_t>(skipped)};
}

std::optional<KernelTime> Schedule::next() const {
  return turns_.empty() ? std::nullopt : std::optional(turns_.top().at);
}

}  // namespace sonde::probe
