#include "app/endpoints.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "app/acknowledge_pages.h"
#include "app/alertmanager_api.h"
#include "app/heartbeat_pages.h"
#include "app/host_name.h"
#include "app/incident_pages.h"
#include "app/interaction_pages.h"
#include "app/oncall_pages.h"
#include "app/rule_pages.h"
#include "app/service_windows.h"
#include "base/quantity.h"
#include "measure/probe_families.h"
#include "serve/access.h"
#include "serve/api.h"
#include "serve/probe_answers.h"

namespace sonde::app {
namespace {

using serve::HttpRequest;
using serve::HttpResponse;

/// The capture thread answers within a round of reading; beyond this, what there is has to do.
constexpr std::chrono::milliseconds kSnapshotPatience{500};

HttpResponse metrics(const EndpointSources& sources) {
  const auto snapshot = sources.snapshots.fresh(kSnapshotPatience);
  if (!snapshot) return serve::text_response(503, "nothing has been measured yet; try again in a moment\n");
  return {200, "text/plain; version=0.0.4; charset=utf-8", sources.renderer.render(snapshot)};
}

HttpResponse ready(const EndpointSources& sources) {
  if (!sources.snapshots.fresh(kSnapshotPatience)) return serve::text_response(503, "Sonde is starting.\n");
  return serve::text_response(200, "Sonde is ready.\n");
}

HttpResponse services(const EndpointSources& sources, const HttpRequest& request) {
  const std::string* const asked = request.query.find("window");
  const auto window = parse_duration(asked == nullptr ? "1m" : *asked);
  if (!window) return serve::text_response(400, "window: " + window.error().what + "\n");
  if (window->count() <= 0) return serve::text_response(400, "window: it must be longer than nothing, such as 1m\n");
  const WallTime now = sources.clock.now();
  if (*window <= sources.prometheus.store_options.keep) {
    return serve::json_response(200, serve::services_json(sources.alerting.services(*window, now), *window));
  }
  const auto windows = windows_of_store(sources.prometheus.database, *window, now);
  if (!windows) return serve::text_response(500, windows.error().what + "\n");
  return serve::json_response(200, serve::services_json(*windows, *window));
}

/// As Prometheus answers: 200 with nothing, or 500 with what is wrong.
HttpResponse reload(const EndpointSources& sources) {
  constexpr std::chrono::seconds kPatience{30};
  const Result<> outcome = sources.reloads.request(kPatience);
  if (!outcome) return serve::text_response(500, "failed to reload: " + outcome.error().what + "\n");
  return serve::text_response(200, "");
}

constexpr std::size_t kMostEvents = 10'000;

HttpResponse events(const EndpointSources& sources, const HttpRequest& request) {
  const auto parameter = [&](const char* name) {
    const std::string* const asked = request.query.find(name);
    return asked == nullptr ? std::optional<std::string>() : *asked;
  };
  const auto since = parse_duration(parameter("since").value_or("1h"));
  if (!since) return serve::text_response(400, "since: " + since.error().what + "\n");
  host::EventQuery query{.since = sources.clock.now() - *since, .service = parameter("service")};
  if (const auto limit = parameter("limit")) {
    const char* const end = limit->data() + limit->size();
    const auto [stopped, fault] = std::from_chars(limit->data(), end, query.limit);
    if (fault != std::errc() || stopped != end || query.limit == 0 || query.limit > kMostEvents) {
      return serve::text_response(400, "limit: it must be a number from 1 to 10000, such as 100\n");
    }
  }
  return serve::json_response(200, serve::events_json(sources.events.find(query)));
}

HttpResponse probes(const EndpointSources& sources) {
  const std::vector<probe::ProbeState> states = sources.prober.states();
  const std::vector<Testimony> testimonies = sources.witness.latest();
  std::vector<serve::ProbeRow> rows;
  for (std::size_t i = 0; i < states.size(); ++i) {
    const Testimony testimony = i < testimonies.size() ? testimonies[i] : Testimony::kNone;
    rows.push_back({states[i], measure::shown_address(*states[i].target), std::string(name_of(testimony))});
  }
  return serve::json_response(200, serve::probes_json(rows));
}

/// Over all sensors: which of them lost it is told by sonde_events_lost_total.
std::vector<capture::Loss> losses_by_reason(const Sensors& sensors) {
  std::vector<capture::Loss> losses;
  for (SensorLoss& lost : sensors.losses()) {
    const auto same = std::find_if(losses.begin(), losses.end(),
                                   [&](const capture::Loss& loss) { return loss.reason == lost.loss.reason; });
    if (same == losses.end()) {
      losses.push_back(std::move(lost.loss));
    } else {
      same->count += lost.loss.count;
    }
  }
  return losses;
}

}  // namespace

serve::Router make_router(const EndpointSources& sources) {
  serve::Router router;
  router.add("/metrics", "what Prometheus scrapes", [sources](const HttpRequest&) { return metrics(sources); });
  router.add("/api/sonde/v1/services", "requests, latency and errors of every service over ?window=1m",
             [sources](const HttpRequest& request) { return services(sources, request); });
  router.add(
      "/api/sonde/v1/sensors", "sensors, what they cost and what was not measured", [sources](const HttpRequest&) {
        return serve::json_response(200, serve::sensors_json(sources.sensors.reports, sources.sensors.hook_costs(),
                                                             losses_by_reason(sources.sensors)));
      });
  router.add("/api/sonde/v1/events", "what happened to services and the host over ?since=1h (&service=, &limit=)",
             [sources](const HttpRequest& request) { return events(sources, request); });
  router.add("/api/sonde/v1/alerts", "pending and firing alerts", [sources](const HttpRequest&) {
    return serve::json_response(200, serve::alerts_json(sources.alerting.view()->instances));
  });
  router.add("/api/sonde/v1/probes", "what probes found, and why",
             [sources](const HttpRequest&) { return probes(sources); });
  router.add("/-/healthy", "the process answers",
             [](const HttpRequest&) { return serve::text_response(200, "Sonde is healthy.\n"); });
  router.add("/-/ready", "sensors are attached and read", [sources](const HttpRequest&) { return ready(sources); });
  router.add("/-/reload", serve::Methods::kPost, [sources](const HttpRequest&) { return reload(sources); });
  add_rule_pages(router, sources.prometheus);
  add_prometheus_api(router, sources.prometheus);
  add_alertmanager_api(router, {.desk = sources.alerting,
                                .clock = sources.clock,
                                .config = sources.live,
                                .started = sources.prometheus.started});
  add_incident_pages(router, {.desk = sources.alerting,
                              .clock = sources.clock,
                              .answers = sources.answering.answers,
                              .stop = sources.prometheus.stop});
  add_heartbeat_pages(router, sources.heartbeats, sources.clock);
  add_oncall_pages(router,
                   {.desk = sources.alerting.oncall(), .clock = sources.clock, .answers = sources.answering.answers});
  add_acknowledge_pages(router, {.desk = sources.alerting,
                                 .clock = sources.clock,
                                 .links = sources.answering.links,
                                 .used = sources.answering.used,
                                 .tally = sources.answering.tally});
  add_interaction_pages(router, {.desk = sources.alerting,
                                 .clock = sources.clock,
                                 .tally = sources.answering.tally,
                                 .config = sources.live,
                                 .host = host_name()});
  return router;
}

serve::Handler make_pages(const EndpointSources& sources) {
  return serve::AccessGate(sources.live.get()->server.users, sources.clock, make_router(sources));
}

}  // namespace sonde::app
