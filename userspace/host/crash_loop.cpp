#include "host/crash_loop.h"

namespace sonde::host {

bool CrashLoop::add(WallTime at) {
  forget(at);
  ends_.push_back(at);
  if (ends_.size() > options_.exits) ends_.pop_front();
  if (lasts_ || ends_.size() < options_.exits) return false;
  lasts_ = true;
  return true;
}

bool CrashLoop::lasts(WallTime now) {
  forget(now);
  return lasts_;
}

std::chrono::nanoseconds CrashLoop::span() const {
  return ends_.empty() ? std::chrono::nanoseconds{0} : ends_.back() - ends_.front();
}

void CrashLoop::forget(WallTime now) {
  // Somebody set the clock back: what seems to lie ahead happened before.
  for (WallTime& end : ends_) {
    if (end > now) end = now;
  }
  while (!ends_.empty() && now - ends_.front() > options_.within) ends_.pop_front();
  if (ends_.empty()) lasts_ = false;
}

}  // namespace sonde::host
