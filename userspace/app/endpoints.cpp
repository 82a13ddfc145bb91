#include "app/endpoints.h"

#include <chrono>
#include <string>
#include <utility>

#include "base/quantity.h"
#include "serve/api.h"

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
  const auto asked = request.query.find("window");
  const auto window = parse_duration(asked == request.query.end() ? "1m" : asked->second);
  if (!window) return serve::text_response(400, "window: " + window.error().what + "\n");
  if (window->count() <= 0) return serve::text_response(400, "window: it must be longer than nothing, such as 1m\n");
  return serve::json_response(200,
                              serve::services_json(sources.alerting.services(*window, sources.clock.now()), *window));
}

}  // namespace

serve::Router make_router(const EndpointSources& sources) {
  serve::Router router;
  router.add("/metrics", "what Prometheus scrapes", [sources](const HttpRequest&) { return metrics(sources); });
  router.add("/api/sonde/v1/services", "requests, latency and errors of every service over ?window=1m",
             [sources](const HttpRequest& request) { return services(sources, request); });
  router.add(
      "/api/sonde/v1/sensors", "sensors, what they cost and what was not measured", [sources](const HttpRequest&) {
        return serve::json_response(200, serve::sensors_json(sources.sensors(), sources.hooks(), sources.losses()));
      });
  router.add("/api/sonde/v1/alerts", "pending and firing alerts", [sources](const HttpRequest&) {
    return serve::json_response(200, serve::alerts_json(sources.alerting.active()));
  });
  router.add("/-/healthy", "the process answers",
             [](const HttpRequest&) { return serve::text_response(200, "Sonde is healthy.\n"); });
  router.add("/-/ready", "sensors are attached and read", [sources](const HttpRequest&) { return ready(sources); });
  return router;
}

}  // namespace sonde::app
