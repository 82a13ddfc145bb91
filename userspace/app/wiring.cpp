#include "app/wiring.h"

#include <pthread.h>
#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/alerting.h"
#include "app/answering.h"
#include "app/capture_loop.h"
#include "app/carriers.h"
#include "app/control_loop.h"
#include "app/endpoints.h"
#include "app/heartbeat_desk.h"
#include "app/heartbeat_sender.h"
#include "app/host_loop.h"
#include "app/host_name.h"
#include "app/log.h"
#include "app/outbox_journal.h"
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
#include "serve/metrics_renderer.h"

namespace sonde::app {
namespace {

/// Waits for the signal to stop; SIGHUP has the configuration and the rules read anew. Every thread has these signals
/// blocked.
Ending wait_for_stop(const sigset_t& signals, ReloadRequests& reloads) {
  int received = 0;
  while (sigwait(&signals, &received) == 0 && received == SIGHUP) {
    log_info("reading the configuration and the rules anew", {{"signal", "SIGHUP"}});
    reloads.post();
  }
  if (received == kDeposedSignal) return Ending::kDeposed;
  log_info("stopping", {{"signal", received == SIGINT ? "SIGINT" : "SIGTERM"}});
  return Ending::kStopped;
}

/// Where everything is kept; empty: in memory.
std::string state_directory(const config::Config& config) {
  return store_options(config, std::getenv("STATE_DIRECTORY")).directory;
}

/// Where the state of alerts is kept: beside the store, and in memory where that is. What cannot be opened is told.
std::unique_ptr<history::AlertHistory> open_history(const config::Config& config, WallTime now) {
  const std::string directory = state_directory(config);
  if (directory.empty()) return nullptr;
  std::vector<std::string> notices;
  auto opened = history::AlertHistory::open(directory + "/alerts.db", now, notices);
  for (const std::string& notice : notices) log_warning("history", {{"what", notice}});
  if (opened) return *std::move(opened);
  log_error("alerts are kept in memory only and forgotten with the daemon", {{"why", opened.error().what}});
  return nullptr;
}

/// How probes answered before this process.
std::vector<probe::UptimeStep> past_uptime(const history::AlertHistory* history) {
  if (history == nullptr) return {};
  auto steps = history->uptime();
  if (steps) return *std::move(steps);
  log_error("the uptime of probes begins anew", {{"why", steps.error().what}});
  return {};
}

/// What is asked whether it is there: what the probe thread works with.
struct Probing {
  static Result<std::unique_ptr<Probing>> create(const config::Config& config, const history::AlertHistory* history,
                                                 const Clock& clock) {
    return std::make_unique<Probing>(
        SONDE_TRY(probe::Prober::create(config.probes, user_agent(), clock, past_uptime(history))), clock);
  }
  Probing(std::unique_ptr<probe::Prober> asker, const Clock& clock)
      : prober(std::move(asker)), loop(*prober, families, clock) {}

  const std::unique_ptr<probe::Prober> prober;
  SharedFamilies families;
  ProbeLoop loop;
};

/// What the judging threads are given.  owner: the caller keeps everything alive.
struct JudgingParts {
  const config::Config& config;  // of the start
  LiveConfig& live;
  ConfigReader read;
  Past& past;
  const host::EventLog& events;
  Probing& probing;
  history::AlertHistory* history;
  const notify::Transports& transports;
  const Answering& answering;
  const Clock& clock;
};

/// Rules, alerts and who is told: what the control and delivery threads work with.
struct Judging {
  explicit Judging(const JudgingParts& parts)
      : journal(parts.history == nullptr ? nullptr : std::make_unique<OutboxJournal>(*parts.history)),
        queue(parts.config.notify, notify::make_senders(parts.config.notify, parts.transports), parts.clock,
              std::random_device{}(), journal.get()),
        alerting({.config = parts.config,
                  .engine = parts.past.engine(),
                  .database = parts.past.database(),
                  .events = parts.events,
                  .history = parts.history,
                  .queue = &queue,
                  .links = parts.answering.links.maker(),
                  .host = host_name()}),
        witness(
            *parts.probing.prober,
            [this](std::chrono::nanoseconds window, WallTime now) { return alerting.services(window, now); },
            contradictions),
        uptime(*parts.probing.prober, parts.history),
        heartbeats(parts.config.heartbeats.expected, parts.history == nullptr ? nullptr : &parts.history->oncall(),
                   parts.clock.now()),
        config({.read = parts.read,
                .live = parts.live,
                .alerting = alerting,
                .transports = parts.transports,
                .clock = parts.clock}),
        control({.store = parts.past.loop(),
                 .alerting = alerting,
                 .queue = queue,
                 .config = config,
                 .reloads = reloads,
                 .witness = witness,
                 .uptime = uptime,
                 .heartbeats = heartbeats,
                 .clock = parts.clock,
                 .tick = parts.config.store.tick}) {
    const auto& sent = parts.config.heartbeats.sent;
    if (sent) sender.emplace(*sent, parts.transports.http, [this, &clock = parts.clock] { return ailment(clock); });
  }

  /// What of judging and telling does not work; empty: all does.
  [[nodiscard]] std::string ailment(const Clock& clock) const {
    constexpr std::chrono::seconds kLate{60};
    if (clock.kernel_now() - control.looked_at() > kLate) return "rules have not been looked at for a minute";
    if (queue.longest_overdue() > kLate) return "a message has been due for a minute and was not tried";
    if (alerting.facts().history_is_failing) return "what happens is not kept on disk";
    return queue.journal_error();
  }

  std::unique_ptr<OutboxJournal> journal;
  notify::DeliveryQueue queue;
  Alerting alerting;
  ReloadRequests reloads;
  SharedFamilies contradictions;
  ProbeWitness witness;
  UptimeKeeper uptime;
  HeartbeatDesk heartbeats;
  ConfigReload config;
  ControlLoop control;
  std::optional<HeartbeatSender> sender;  // nothing: nobody is called
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
  Role role;
  history::AlertHistory* history;  // null: nothing is kept
  CaptureLoop& capture;
  HostLoop& host;
  ProbeLoop& probes;
  StoreLoop& store;
  Judging& judging;
};

/// Runs until a signal to stop comes. Threads stop in the reverse order: whoever waits for a snapshot goes before the
/// capture thread.
Ending run_threads(const Loops& loops, const sigset_t& signals) {
  const std::jthread alive_thread([&](const std::stop_token& stop) { keep_alive(stop, loops.history); });
  const std::jthread capture_thread([&](const std::stop_token& stop) { loops.capture.run(stop); });
  const std::jthread host_thread([&](const std::stop_token& stop) {
    if (loops.role == Role::kHost) loops.host.run(stop);
  });
  const std::jthread probe_thread([&](const std::stop_token& stop) { loops.probes.run(stop); });
  const std::jthread store_thread([&](const std::stop_token& stop) { loops.store.run(stop); });
  const std::jthread delivery_thread([&](const std::stop_token& stop) { run_delivery(stop, loops.judging.queue); });
  const std::jthread heartbeat_thread([&](const std::stop_token& stop) {
    if (loops.judging.sender) loops.judging.sender->run(stop);
  });
  const std::jthread remedy_thread([&](const std::stop_token& stop) { loops.judging.alerting.remedies().run(stop); });
  const std::jthread control_thread([&](const std::stop_token& stop) { loops.judging.control.run(stop); });
  return wait_for_stop(signals, loops.judging.reloads);
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

Result<Sensors> start_sensors(const capture::CaptureOptions& options, Role role) {
  if (role == Role::kHub) {
    log_info("a hub: this host is not measured");
    return Sensors{};
  }
  Sensors sensors = open_sensors(options);
  log_sensors(sensors);
  if (!sensors.any()) return nothing_works(sensors);
  log_targets(options.targets);
  return sensors;
}

std::vector<const SharedFamilies*> with_seat(const Seat* seat, std::vector<const SharedFamilies*> families) {
  if (seat != nullptr) families.push_back(&seat->families);
  return families;
}

}  // namespace

Result<Ending> run_daemon(const config::Config& config, Role role, ConfigReader read, const Seat* seat) {
  const sigset_t signals = take_signals();
  const SystemClock clock;
  LiveConfig live(config, clock.now());
  const auto own_history = seat == nullptr ? open_history(config, clock.now()) : nullptr;
  history::AlertHistory* const history = seat == nullptr ? own_history.get() : &seat->history;
  // capture
  const Sensors sensors = SONDE_TRY(start_sensors(config.capture, role));
  // decode, inventory, protocol, host, probe, measure
  const inventory::ProcfsSource processes;
  Pipeline pipeline(config, SONDE_TRY(protocol::RouteTemplates::create(config.measure.routes)), processes);
  SharedFamilies host_families;
  host::EventLog events(config.host.keep_events);
  HostLoop host_loop({config, sensors, processes, events, host_families, clock}, SONDE_TRY(Wake::create()));
  const auto probing = SONDE_TRY(Probing::create(config, history, clock));
  SnapshotSource snapshots;
  // store, promql
  Past past(config, SONDE_TRY(open_store(config)), snapshots, clock);
  // rules, alerts; notify
  const auto carriers = SONDE_TRY(Carriers::create(user_agent()));
  const auto answering = SONDE_TRY(Answering::create(state_directory(config), live, clock, history));
  Judging judging(
      {config, live, std::move(read), past, events, *probing, history, carriers->transports(), *answering, clock});
  SONDE_TRY(judging.alerting.start(clock.now()));
  // serve
  const auto prometheus = past.sources(judging.alerting, live, judging.alerting.stop_token());
  serve::MetricsRenderer renderer;
  const serve::Handler pages = make_pages({.snapshots = snapshots,
                                           .renderer = renderer,
                                           .alerting = judging.alerting,
                                           .heartbeats = judging.heartbeats,
                                           .clock = clock,
                                           .sensors = sensors,
                                           .events = events,
                                           .reloads = judging.reloads,
                                           .prober = *probing->prober,
                                           .witness = judging.witness,
                                           .live = live,
                                           .prometheus = prometheus,
                                           .answering = *answering});
  const auto served = SONDE_TRY(Served::start(config.server, seat, pages));
  CaptureLoop capture_loop({.sensors = sensors,
                            .pipeline = pipeline,
                            .snapshots = snapshots,
                            .alerting = judging.alerting,
                            .config = live,
                            .queue = judging.queue,
                            .host = host_loop,
                            .families = with_seat(seat, {&host_families, &probing->families, &judging.contradictions,
                                                         &answering->tally.families()}),
                            .events = events,
                            .store = past.loop(),
                            .clock = clock,
                            .ring_bytes = config.capture.ring_bytes});
  const Ending ending =
      run_threads({role, history, capture_loop, host_loop, probing->loop, past.loop(), judging}, signals);
  judging.alerting.stop();
  SONDE_TRY(capture_loop.outcome());
  return ending;
}

}  // namespace sonde::app
