#include "app/wiring.h"

#include <pthread.h>
#include <signal.h>

#include <cstdlib>
#include <memory>
#include <random>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/alerting.h"
#include "app/capture_loop.h"
#include "app/carriers.h"
#include "app/control_loop.h"
#include "app/endpoints.h"
#include "app/heap_keeper.h"
#include "app/host_loop.h"
#include "app/host_name.h"
#include "app/log.h"
#include "app/past.h"
#include "app/pipeline.h"
#include "app/probe_loop.h"
#include "app/reload_requests.h"
#include "app/sensors.h"
#include "app/shared_families.h"
#include "app/snapshot_source.h"
#include "app/store_loop.h"
#include "app/version.h"
#include "base/clock.h"
#include "history/alert_history.h"
#include "host/event_log.h"
#include "inventory/process_source.h"
#include "notify/delivery_queue.h"
#include "notify/senders.h"
#include "probe/prober.h"
#include "serve/http_server.h"
#include "serve/metrics_renderer.h"

namespace sonde::app {
namespace {

/// Keeps these signals for wait_for_stop. Call before any thread starts.
sigset_t take_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // Whoever hangs up, a receiver, a scraper or the log's reader, must not end the daemon.
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

/// Waits for the signal to stop; SIGHUP has the rules read anew. Every thread has these signals blocked.
void wait_for_stop(const sigset_t& signals, ReloadRequests& reloads) {
  int received = 0;
  while (sigwait(&signals, &received) == 0 && received == SIGHUP) {
    log_info("reading the rules anew", {{"signal", "SIGHUP"}});
    reloads.post();
  }
  log_info("stopping", {{"signal", received == SIGINT ? "SIGINT" : "SIGTERM"}});
}

/// Where the state of alerts is kept: beside the store, and in memory where that is. What cannot be opened is told.
std::unique_ptr<history::AlertHistory> open_history(const config::Config& config, WallTime now) {
  const std::string directory = store_options(config, std::getenv("STATE_DIRECTORY")).directory;
  if (directory.empty()) return nullptr;
  std::vector<std::string> notices;
  auto opened = history::AlertHistory::open(directory + "/alerts.db", now, notices);
  for (const std::string& notice : notices) log_warning("history", {{"what", notice}});
  if (opened) return *std::move(opened);
  log_error("alerts are kept in memory only and forgotten with the daemon", {{"why", opened.error().what}});
  return nullptr;
}

/// Rules, alerts and who is told: what the control and delivery threads work with.
struct Judging {
  Judging(const config::Config& config, Past& past, const host::EventLog& events, const notify::Transports& transports,
          const Clock& clock)
      : history(open_history(config, clock.now())),
        alerting({.config = config,
                  .engine = past.engine(),
                  .database = past.database(),
                  .events = events,
                  .history = history.get(),
                  .host = host_name()}),
        queue(config.notify, notify::make_senders(config.notify, transports), clock, std::random_device{}()),
        control({.store = past.loop(),
                 .alerting = alerting,
                 .queue = queue,
                 .reloads = reloads,
                 .clock = clock,
                 .tick = config.store.tick}) {}

  /// Takes the alerts up where the last process left them.
  Result<> start(WallTime now) {
    SONDE_TRY(alerting.start(now));
    for (const notify::Notification& notification : alerting.told()) queue.recall(notification);
    return Ok{};
  }

  const std::unique_ptr<history::AlertHistory> history;
  Alerting alerting;
  notify::DeliveryQueue queue;
  ReloadRequests reloads;
  ControlLoop control;
};

void log_sensors(const Sensors& sensors) {
  for (const capture::SensorReport& report : sensors.reports) {
    if (report.state == capture::SensorState::kOn) {
      log_info("sensor is on", {{"sensor", report.sensor}, {"variant", report.variant}});
    } else {
      log_warning("sensor is off", {{"sensor", report.sensor}, {"why", report.why}, {"remedy", report.remedy}});
    }
  }
}

void run_delivery(const std::stop_token& stop, notify::DeliveryQueue& queue) {
  pthread_setname_np(pthread_self(), "delivery");
  if (const auto ran = queue.run(stop); !ran) log_error("notifications are not delivered", {{"why", ran.error().what}});
  for (const notify::DeliveryCounters& channel : queue.counters()) {
    if (channel.queued == 0) continue;
    log_error("notifications were not delivered before the end",
              {{"channel", channel.channel}, {"count", std::to_string(channel.queued)}, {"why", channel.last_error}});
  }
}

/// Each a thread's work.
struct Loops {
  CaptureLoop& capture;
  HostLoop& host;
  ProbeLoop& probes;
  StoreLoop& store;
  ControlLoop& control;
  notify::DeliveryQueue& queue;
  ReloadRequests& reloads;
};

/// Runs until a signal to stop comes. Threads stop in the reverse order: whoever waits for a snapshot goes before the
/// capture thread.
void run_threads(const Loops& loops, const sigset_t& signals) {
  const std::jthread capture_thread([&](const std::stop_token& stop) { loops.capture.run(stop); });
  const std::jthread host_thread([&](const std::stop_token& stop) { loops.host.run(stop); });
  const std::jthread probe_thread([&](const std::stop_token& stop) { loops.probes.run(stop); });
  const std::jthread store_thread([&](const std::stop_token& stop) { loops.store.run(stop); });
  const std::jthread delivery_thread([&](const std::stop_token& stop) { run_delivery(stop, loops.queue); });
  const std::jthread control_thread([&](const std::stop_token& stop) { loops.control.run(stop); });
  wait_for_stop(signals, loops.reloads);
}

void log_targets(const capture::TargetFilter& targets) {
  if (targets.empty()) return log_info("measuring every process but this one");
  const std::size_t count =
      targets.ports.size() + targets.pids.size() + targets.cgroup_paths.size() + targets.process_names.size();
  log_info("measuring the given targets only", {{"targets", std::to_string(count)}});
}

/// Host metrics alone would look like a daemon that works: whoever starts Sonde wants its sensors.
Error nothing_works(const Sensors& sensors) {
  std::string why;
  for (const capture::SensorReport& report : sensors.reports) {
    const std::string reason = report.remedy.empty() ? report.why : report.why + ": " + report.remedy;
    if (why.find(reason) == std::string::npos) why += (why.empty() ? "" : "; ") + reason;
  }
  return Error{Code::kUnsupported, "nothing can be measured: " + why};
}

Result<Sensors> start_sensors(const capture::CaptureOptions& options) {
  Sensors sensors = open_sensors(options);
  log_sensors(sensors);
  if (!sensors.any()) return nothing_works(sensors);
  log_targets(options.targets);
  return sensors;
}

}  // namespace

Result<> run_daemon(const config::Config& config) {
  bound_free_memory();
  const sigset_t signals = take_stop_signals();
  const SystemClock clock;

  // capture
  const Sensors sensors = SONDE_TRY(start_sensors(config.capture));

  // decode, inventory, protocol, host, probe, measure
  const inventory::ProcfsSource processes;
  Pipeline pipeline(config, SONDE_TRY(protocol::RouteTemplates::create(config.measure.routes)), processes);
  SharedFamilies host_families;
  host::EventLog events(config.host.keep_events);
  HostLoop host_loop({.config = config,
                      .sensors = sensors,
                      .processes = processes,
                      .events = events,
                      .families = host_families,
                      .clock = clock},
                     SONDE_TRY(Wake::create()));
  SharedFamilies probe_families;
  ProbeLoop probe_loop(SONDE_TRY(probe::Prober::create(config.probes, user_agent(), clock)), probe_families, clock);
  SnapshotSource snapshots;
  // store, promql
  Past past(config, SONDE_TRY(open_store(config)), snapshots, clock);
  // rules, alerts; notify
  const auto carriers = SONDE_TRY(Carriers::create(user_agent()));
  Judging judging(config, past, events, carriers->transports(), clock);
  SONDE_TRY(judging.start(clock.now()));
  // serve
  const auto prometheus = past.sources(judging.alerting, judging.alerting.stop_token());
  serve::MetricsRenderer renderer;
  const serve::Router router = make_router({.snapshots = snapshots,
                                            .renderer = renderer,
                                            .alerting = judging.alerting,
                                            .clock = clock,
                                            .sensors = sensors,
                                            .events = events,
                                            .reloads = judging.reloads,
                                            .recent_past = config.store.keep,
                                            .prometheus = prometheus});
  const auto server = SONDE_TRY(serve::HttpServer::start(config.server, router));
  CaptureLoop capture_loop({.sensors = sensors,
                            .pipeline = pipeline,
                            .snapshots = snapshots,
                            .alerting = judging.alerting,
                            .queue = judging.queue,
                            .host = host_loop,
                            .host_families = host_families,
                            .probe_families = probe_families,
                            .events = events,
                            .store = past.loop(),
                            .clock = clock,
                            .ring_bytes = config.capture.ring_bytes});
  log_info("serving", {{"address", server->address()}, {"version", std::string(kVersion)}});
  run_threads({capture_loop, host_loop, probe_loop, past.loop(), judging.control, judging.queue, judging.reloads},
              signals);
  judging.alerting.stop();
  return capture_loop.outcome();
}

}  // namespace sonde::app
