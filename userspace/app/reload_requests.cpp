#include "app/reload_requests.h"

#include <utility>

namespace sonde::app {

void ReloadRequests::post() {
  const std::lock_guard lock(mutex_);
  ++asked_;
}

Result<> ReloadRequests::request(std::chrono::nanoseconds patience) {
  std::unique_lock lock(mutex_);
  const std::uint64_t mine = ++asked_;
  if (!settled_changed_.wait_for(lock, patience, [&] { return settled_ >= mine; })) {
    return Error{Code::kLimit, "the rules have not been read yet; they will be, and the log says how it went"};
  }
  if (failure_) return *failure_;
  return Ok{};
}

bool ReloadRequests::is_wanted() const {
  const std::lock_guard lock(mutex_);
  return asked_ != settled_;
}

void ReloadRequests::begin() {
  const std::lock_guard lock(mutex_);
  begun_ = asked_;
}

void ReloadRequests::settle(Result<> outcome) {
  {
    const std::lock_guard lock(mutex_);
    settled_ = begun_;
    failure_.reset();
    if (!outcome) failure_ = std::move(outcome).error();
  }
  settled_changed_.notify_all();
}

}  // namespace sonde::app
