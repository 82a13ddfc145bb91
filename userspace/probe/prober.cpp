#include "probe/prober.h"

#include <curl/curl.h>
#include <re2/re2.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>

#include "probe/schedule.h"
#include "probe/transfer.h"

namespace sonde::probe {
namespace {

/// Observers count on it.
constexpr std::chrono::milliseconds kLongestSleep{500};

struct MultiDelete {
  void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
};

std::vector<std::chrono::nanoseconds> intervals_of(const std::vector<ProbeState>& states) {
  std::vector<std::chrono::nanoseconds> intervals;
  for (const ProbeState& state : states) intervals.push_back(state.target->interval);
  return intervals;
}

}  // namespace

class Prober::Impl {
 public:
  Impl(std::string user_agent, const Clock& clock) : user_agent_(std::move(user_agent)), clock_(clock) {}

  Result<> add(ProbeTarget target) {
    auto& matcher = matchers_.emplace_back();
    if (!target.body_matches.empty()) {
      matcher = std::make_unique<re2::RE2>(target.body_matches, re2::RE2::Quiet);
      if (!matcher->ok()) {
        return Error{Code::kBadConfig, "probe " + target.name + ": " + target.body_matches +
                                           " is no regular expression (RE2): " + matcher->error()};
      }
    }
    states_.push_back({std::make_shared<const ProbeTarget>(std::move(target)), {}, 0, 0, 0});
    return Ok{};
  }

  Result<> begin() {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started == CURLE_OK) multi_.reset(curl_multi_init());
    if (!multi_)
      return Error{Code::kUnsupported, "start libcurl for probes: " + std::string(curl_easy_strerror(started))};
    running_.resize(states_.size());
    return Ok{};
  }

  void run(const std::stop_token& stop, const Observer& observer) {
    const std::stop_callback wake(stop, [this] { curl_multi_wakeup(multi_.get()); });
    Schedule schedule(intervals_of(states_), clock_.kernel_now());
    while (!stop.stop_requested()) {
      while (const auto due = schedule.pop(clock_.kernel_now())) start(*due);
      int active = 0;
      curl_multi_perform(multi_.get(), &active);
      const bool has_news = take_results();
      if (observer) observer(has_news);
      sleep_until(schedule.next());
    }
    for (auto& transfer : running_) end(transfer);
  }

  std::vector<ProbeState> states() const {
    const std::lock_guard lock(mutex_);
    return states_;
  }

 private:
  void start(const Schedule::Due& due) {
    auto& transfer = running_[due.target];
    const std::lock_guard lock(mutex_);
    ProbeState& state = states_[due.target];
    state.skipped += due.skipped;
    if (transfer) {
      ++state.skipped;
      return;
    }
    transfer = std::make_unique<Transfer>(state.target, matchers_[due.target].get(), user_agent_);
    if (transfer->handle() == nullptr || curl_multi_add_handle(multi_.get(), transfer->handle()) != CURLM_OK) {
      transfer.reset();
      ++state.skipped;
    }
  }

  bool take_results() {
    int left = 0;
    bool any = false;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const auto place = std::ranges::find_if(
          running_, [&](const auto& each) { return each && each->handle() == message->easy_handle; });
      if (place == running_.end()) continue;
      ProbeResult result = (*place)->result(message->data.result);
      end(*place);
      const std::lock_guard lock(mutex_);
      ProbeState& state = states_[static_cast<std::size_t>(place - running_.begin())];
      ++(result.success ? state.successes : state.failures);
      state.last = std::move(result);
      any = true;
    }
    return any;
  }

  void end(std::unique_ptr<Transfer>& transfer) {
    if (transfer) curl_multi_remove_handle(multi_.get(), transfer->handle());
    transfer.reset();
  }

  void sleep_until(std::optional<KernelTime> next) {
    std::chrono::milliseconds patience = kLongestSleep;
    if (next) {
      const auto until = std::chrono::ceil<std::chrono::milliseconds>(*next - clock_.kernel_now());
      patience = std::clamp(until, std::chrono::milliseconds{0}, kLongestSleep);
    }
    curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(patience.count()), nullptr);
  }

  const std::string user_agent_;
  const Clock& clock_;
  std::vector<std::unique_ptr<re2::RE2>> matchers_;  // by target; null: nobody looks at the body
  std::unique_ptr<CURLM, MultiDelete> multi_;
  std::vector<std::unique_ptr<Transfer>> running_;  // by target; they go before multi_

  mutable std::mutex mutex_;  // guards what follows
  std::vector<ProbeState> states_;
};

Prober::Prober(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Prober::~Prober() = default;

Result<std::unique_ptr<Prober>> Prober::create(std::vector<ProbeTarget> targets, std::string user_agent,
                                               const Clock& clock) {
  auto impl = std::make_unique<Impl>(std::move(user_agent), clock);
  for (ProbeTarget& target : targets) SONDE_TRY(impl->add(std::move(target)));
  SONDE_TRY(impl->begin());
  return std::unique_ptr<Prober>(new Prober(std::move(impl)));
}

void Prober::run(const std::stop_token& stop, const Observer& observer) { impl_->run(stop, observer); }

std::vector<ProbeState> Prober::states() const { return impl_->states(); }

}  // namespace sonde::probe
