#include "app/alertmanager_api.h"

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>

#include "app/alertmanager_alerts.h"
#include "app/alertmanager_answers.h"
#include "app/alertmanager_config.h"
#include "app/alertmanager_silences.h"
#include "app/version.h"
#include "base/utf8.h"
#include "serve/timestamp.h"

namespace sonde::app {
namespace {

using nlohmann::json;
using serve::HttpRequest;
using serve::HttpResponse;
using serve::Methods;

constexpr const char* kPrefix = "/api/v2/";

/// The Alertmanager that this answers as: the first whose alerts say what mutes them.
constexpr const char* kAlertmanagerVersion = "0.28.0";

HttpResponse show_status(const AlertmanagerSources& sources) {
  const auto config = sources.config.get();
  return answer({{"cluster", {{"peers", json::array()}, {"status", "disabled"}}},
                 {"config", {{"original", alertmanager_config(config->routing, config->notify)}}},
                 {"uptime", serve::rfc3339_ms(sources.started)},
                 {"versionInfo",
                  {{"branch", ""},
                   {"buildDate", ""},
                   {"buildUser", ""},
                   {"goVersion", ""},
                   {"revision", "sonde " + std::string(kVersion)},
                   {"version", kAlertmanagerVersion}}}});
}

/// Those of the configuration, and whoever alerts are routed to besides: without routes, every channel is.
HttpResponse show_receivers(const AlertmanagerSources& sources) {
  std::set<std::string> names;
  const auto config = sources.config.get();
  for (const notify::Receiver& receiver : config->notify.receivers) names.insert(receiver.name);
  const auto view = sources.desk.view();
  for (const ActiveAlert& alert : view->active) names.insert(alert.receivers.begin(), alert.receivers.end());
  json rows = json::array();
  for (const std::string& name : names) rows.push_back({{"name", name}});
  return answer(rows);
}

/// What has no endpoint; also every OPTIONS. No page of another origin is allowed anything: that would let it silence
/// what its visitor is allowed to.
HttpResponse respond_rest(const HttpRequest& request) {
  if (request.method != "OPTIONS") return refuse(404, "there is no endpoint " + sanitise_utf8(request.path));
  HttpResponse response;
  response.status = 204;
  response.headers.emplace_back("Allow", "GET, HEAD, POST, DELETE, OPTIONS");
  return response;
}

}  // namespace

void add_alertmanager_api(serve::Router& router, const AlertmanagerSources& sources) {
  const std::string prefix = kPrefix;
  router.add(prefix + "alerts", Methods::kGetAndPost, [sources](const HttpRequest& request) {
    if (request.method != "POST") return show_active_alerts(sources, request);
    return take_alerts(request, sources.clock.now(), [&sources](std::vector<alerts::ExternalAlert> alerts) {
      return sources.desk.receive(std::move(alerts));
    });
  });
  router.add(prefix + "alerts/groups", Methods::kGet,
             [sources](const HttpRequest& request) { return show_alert_groups(sources, request); });
  router.add(prefix + "silences", Methods::kGetAndPost, [sources](const HttpRequest& request) {
    return request.method == "POST" ? set_silence(sources, request) : show_silences(sources, request);
  });
  router.add_pattern(
      prefix + "silence/*", Methods::kGetAndDelete,
      [sources](const HttpRequest& request, const std::string& id) { return one_silence(sources, request, id); });
  router.add(prefix + "receivers", Methods::kGet, [sources](const HttpRequest&) { return show_receivers(sources); });
  router.add(prefix + "status", Methods::kGet, [sources](const HttpRequest&) { return show_status(sources); });
  router.add_rest(prefix, &respond_rest);
}

}  // namespace sonde::app
