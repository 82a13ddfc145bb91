#include "notify/several.h"

#include <algorithm>
#include <cstddef>

#include "notify/wording.h"

namespace sonde::notify {
namespace {

bool is_left(const TargetAttempt& each) {
  return each.attempt.outcome == Outcome::kRetry || each.attempt.outcome == Outcome::kPause;
}

/// Everybody it did not reach, and why.
std::string error_of(std::span<const TargetAttempt> attempts) {
  constexpr std::size_t kLongestError = 500;
  std::string text;
  for (const TargetAttempt& each : attempts) {
    if (each.attempt.error.empty()) continue;
    text += (text.empty() ? "" : "; ") + (attempts.size() > 1 ? each.target + ": " : "") + each.attempt.error;
  }
  return shorten(text, kLongestError);
}

/// As patient as the most patient of those who are left.
void add_left(Attempt& all, const TargetAttempt& each) {
  all.remaining.push_back(each.target);
  all.may_have_arrived = all.may_have_arrived || each.attempt.may_have_arrived;
  if (each.attempt.wait) all.wait = std::max(all.wait.value_or(std::chrono::nanoseconds{0}), *each.attempt.wait);
}

}  // namespace

Attempt combine(std::span<const TargetAttempt> attempts) {
  Attempt all{.outcome = Outcome::kRefused, .error = error_of(attempts)};
  bool every_left_one_pauses = true;
  for (const TargetAttempt& each : attempts) {
    const bool delivered = each.attempt.outcome == Outcome::kDelivered;
    if (delivered && all.receipt == Receipt{}) all.receipt = each.attempt.receipt;
    if (delivered) all.outcome = Outcome::kDelivered;
    if (!is_left(each)) continue;
    add_left(all, each);
    every_left_one_pauses = every_left_one_pauses && each.attempt.outcome == Outcome::kPause;
  }
  if (!all.remaining.empty()) all.outcome = every_left_one_pauses ? Outcome::kPause : Outcome::kRetry;
  if (all.receipt == Receipt{} && !attempts.empty()) all.receipt = attempts.front().attempt.receipt;
  return all;
}

}  // namespace sonde::notify
