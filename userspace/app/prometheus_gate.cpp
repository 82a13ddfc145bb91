#include "app/prometheus_gate.h"

namespace sonde::app {

QueryGate::Pass::~Pass() {
  if (gate_ == nullptr) return;
  {
    const std::lock_guard lock(gate_->mutex_);
    ++gate_->free_;
  }
  gate_->left_.notify_one();
}

Expected<QueryGate::Pass, promql::QueryError> QueryGate::enter(std::chrono::nanoseconds patience,
                                                               const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!left_.wait_for(lock, stop, patience, [this] { return free_ > 0; })) {
    return stop.stop_requested()
               ? promql::QueryError{promql::QueryErrorKind::kCanceled, "query was canceled in query queue"}
               : promql::QueryError{promql::QueryErrorKind::kTimeout, "query timed out in query queue"};
  }
  --free_;
  return Pass(*this);
}

}  // namespace sonde::app
