#include "app/control_loop.h"

#include <pthread.h>

#include <optional>
#include <utility>

#include "app/log.h"

namespace sonde::app {

void ControlLoop::run(const std::stop_token& stop) {
  pthread_setname_np(pthread_self(), "control");
  std::optional<Sampled> latest;
  while (!stop.stop_requested()) {
    const WallTime last = latest ? latest->at : WallTime{};
    auto sampled = parts_.store.wait_newer(last, stop, 2 * parts_.tick);
    if (stop.stop_requested()) break;
    if (sampled) {
      latest = std::move(sampled);
      evaluate(*latest);
    } else if (latest) {
      // The store is held up, by its disk perhaps: judged by what there is.
      evaluate({latest->snapshot, parts_.clock.now()});
    }
    parts_.witness.look_if_due(parts_.clock.kernel_now(), parts_.clock.now());
    parts_.uptime.keep_if_due(parts_.clock.kernel_now(), parts_.clock.now());
    reload_if_due();
    log_deliveries();
  }
  parts_.uptime.keep(parts_.clock.now());
}

void ControlLoop::evaluate(const Sampled& sampled) {
  if (auto missing = parts_.heartbeats.alerts(parts_.clock.now()); !missing.empty()) {
    const Result<> taken = parts_.alerting.raise(std::move(missing));
    if (!taken) log_error("a heartbeat that is missing is not told", {{"why", taken.error().what}});
  }
  for (const alerts::Notice& notice : parts_.alerting.tick(*sampled.snapshot, sampled.at)) {
    const alerts::Problem& problem = notice.problem;
    const bool is_over = notice.kind == alerts::NoticeKind::kResolved;
    log_info(is_over ? "alert resolved" : "alert fires",
             {{"alert", std::string(measure::value_of(problem.labels, "alertname"))},
              {"severity", std::string(rules::name_of(is_over ? problem.told_severity : problem.severity))},
              {"service", std::string(measure::value_of(problem.labels, "service_name"))},
              {"summary", std::string(measure::value_of(problem.annotations, "summary"))},
              {"reason", notice.reason}});
  }
  looked_at_ns_ = parts_.clock.kernel_now().time_since_epoch().count();
}

void ControlLoop::reload_if_due() {
  constexpr unsigned kRoundsBetween = 5;
  const bool looks_at_files = ++rounds_ % kRoundsBetween == 0;
  if (!parts_.reloads.is_wanted() && !(looks_at_files && parts_.alerting.files_changed())) return;
  if (!parts_.reloads.is_wanted()) {
    if (!parts_.alerting.reload()) log_error("the rules have faults and stay as they were");
    return;
  }
  parts_.reloads.begin();
  parts_.reloads.settle(reload());
}

/// First who is told, then of what.
Result<> ControlLoop::reload() {
  SONDE_TRY(parts_.config.reload());
  Result<> outcome = parts_.alerting.reload();
  if (!outcome) log_error("the rules have faults and stay as they were");
  return outcome;
}

/// Tells of a channel that begins to fail, of each new reason, and of its recovery.
void ControlLoop::log_deliveries() {
  for (const notify::DeliveryCounters& channel : parts_.queue.counters()) {
    std::string& before = told_[channel.channel];
    if (channel.last_error == before) continue;
    if (channel.last_error.empty()) {
      log_info("channel delivers again", {{"channel", channel.channel}});
    } else {
      log_warning("channel fails", {{"channel", channel.channel}, {"why", channel.last_error}});
    }
    before = channel.last_error;
  }
}

}  // namespace sonde::app
