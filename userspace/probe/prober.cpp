#include "probe/prober.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "probe/attempts.h"
#include "probe/event_loop.h"
#include "probe/kinds.h"
#include "probe/patterns.h"
#include "probe/schedule.h"
#include "probe/standing.h"

namespace sonde::probe {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// Observers count on it.
constexpr milliseconds kLongestSleep{500};

/// A target's present probe: an attempt, or the pause before the next.
struct Running {
  std::unique_ptr<Attempt> attempt;
  KernelTime started;  // the attempt
  KernelTime until;    // it has time, or the pause lasts
  unsigned attempts = 0;
};

}  // namespace

class Prober::Impl {
 public:
  Impl(std::unique_ptr<EventLoop> loop, std::string user_agent, const Clock& clock)
      : user_agent_(std::move(user_agent)), clock_(clock), loop_(std::move(loop)) {}

  Result<> add(ProbeTarget target) {
    patterns_.push_back(SONDE_TRY(Patterns::compile(target)));
    places_.emplace(target.name, standings_.size());
    standings_.emplace_back(std::make_shared<const ProbeTarget>(std::move(target)));
    return Ok{};
  }

  void restore(std::span<const UptimeStep> past) {
    for (const UptimeStep& step : past) {
      const auto place = places_.find(step.probe);
      if (place != places_.end()) standings_[place->second].uptime().restore(step.window, step.start, step.counts);
    }
  }

  void run(const std::stop_token& stop, const Observer& observer) {
    const std::stop_callback wake(stop, [this] { loop_->wake(); });
    Schedule schedule(intervals(), clock_.kernel_now());
    running_.clear();
    running_.resize(standings_.size());
    while (!stop.stop_requested()) {
      const KernelTime now = clock_.kernel_now();
      while (const auto due = schedule.pop(now)) start(*due, now);
      while (!turns_.empty() && turns_.begin()->first <= now) time_is_up(turns_.begin()->second);
      for (const std::size_t index : loop_->turn(patience(schedule))) advance(index);
      if (observer) observer(std::exchange(has_news_, false));
    }
    running_.clear();
    turns_.clear();
  }

  std::vector<ProbeState> states() const {
    const std::lock_guard lock(mutex_);
    std::vector<ProbeState> states;
    for (const Standing& standing : standings_) states.push_back(standing.state(clock_.now()));
    return states;
  }

  std::vector<UptimeStep> take_uptime_changes() {
    const std::lock_guard lock(mutex_);
    std::vector<UptimeStep> changes;
    for (Standing& standing : standings_) {
      for (const UptimeBook::Step& step : standing.uptime().take_changes()) {
        changes.push_back({standing.target().name, step.window, step.start, step.counts});
      }
    }
    return changes;
  }

 private:
  std::vector<nanoseconds> intervals() const {
    std::vector<nanoseconds> intervals;
    for (const Standing& standing : standings_) intervals.push_back(standing.target().interval);
    return intervals;
  }

  void start(const Schedule::Due& due, KernelTime now) {
    const bool is_busy = running_[due.target].has_value();
    {
      const std::lock_guard lock(mutex_);
      standings_[due.target].skip(due.skipped + (is_busy ? 1 : 0));
    }
    if (is_busy) return;
    running_[due.target].emplace();
    begin(due.target, now);
  }

  void begin(std::size_t index, KernelTime now) {
    Running& running = *running_[index];
    const ProbeTarget& target = standings_[index].target();
    ++running.attempts;
    running.started = now;
    wait_until(index, now + target.timeout);
    running.attempt = begin_attempt({.target = target,
                                     .patterns = patterns_[index],
                                     .user_agent = user_agent_,
                                     .loop = *loop_,
                                     .token = index,
                                     .clock = clock_});
    advance(index);
  }

  void wait_until(std::size_t index, KernelTime at) {
    turns_.erase({running_[index]->until, index});
    running_[index]->until = at;
    turns_.emplace(at, index);
  }

  void time_is_up(std::size_t index) {
    if (running_[index]->attempt) {
      settle(index);
    } else {
      begin(index, clock_.kernel_now());
    }
  }

  void advance(std::size_t index) {
    const auto& running = running_[index];
    if (running && running->attempt && running->attempt->advance()) settle(index);
  }

  /// Ends the attempt, whether it is over or not.
  void settle(std::size_t index) {
    Running& running = *running_[index];
    ProbeResult result = running.attempt->result();
    running.attempt.reset();
    const KernelTime now = clock_.kernel_now();
    const ProbeTarget& target = standings_[index].target();
    result.duration = now - running.started;
    result.attempts = running.attempts;
    const std::lock_guard lock(mutex_);
    if (!result.success && running.attempts <= target.retries) {
      standings_[index].retry();
      wait_until(index, now + retry_pause(target.interval));
      return;
    }
    turns_.erase({running.until, index});
    running_[index].reset();
    standings_[index].take(std::move(result), clock_.now());
    has_news_ = true;
  }

  milliseconds patience(const Schedule& schedule) const {
    std::optional<KernelTime> next = schedule.next();
    if (!turns_.empty()) next = next ? std::min(*next, turns_.begin()->first) : turns_.begin()->first;
    if (!next) return kLongestSleep;
    return std::clamp(std::chrono::ceil<milliseconds>(*next - clock_.kernel_now()), milliseconds{0}, kLongestSleep);
  }

  const std::string user_agent_;
  const Clock& clock_;
  std::unique_ptr<EventLoop> loop_;
  std::vector<Patterns> patterns_;               // by target
  std::map<std::string, std::size_t> places_;    // of the targets, by name
  std::vector<std::optional<Running>> running_;  // by target
  std::set<std::pair<KernelTime, std::size_t>> turns_;
  bool has_news_ = false;

  mutable std::mutex mutex_;  // guards what follows
  std::vector<Standing> standings_;
};

Prober::Prober(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Prober::~Prober() = default;

Result<std::unique_ptr<Prober>> Prober::create(std::vector<ProbeTarget> targets, std::string user_agent,
                                               const Clock& clock, std::span<const UptimeStep> past) {
  prepare_postgresql();
  auto impl = std::make_unique<Impl>(SONDE_TRY(EventLoop::create()), std::move(user_agent), clock);
  for (ProbeTarget& target : targets) SONDE_TRY(impl->add(std::move(target)));
  impl->restore(past);
  return std::unique_ptr<Prober>(new Prober(std::move(impl)));
}

void Prober::run(const std::stop_token& stop, const Observer& observer) { impl_->run(stop, observer); }

std::vector<ProbeState> Prober::states() const { return impl_->states(); }

std::vector<UptimeStep> Prober::take_uptime_changes() { return impl_->take_uptime_changes(); }

}  // namespace sonde::probe
