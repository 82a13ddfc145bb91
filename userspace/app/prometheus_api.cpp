#include "app/prometheus_api.h"

#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "app/prometheus_query.h"
#include "app/prometheus_rules.h"
#include "app/prometheus_series.h"
#include "app/prometheus_state.h"
#include "app/prometheus_status.h"
#include "base/utf8.h"

namespace sonde::app {
namespace {

using serve::HttpRequest;
using serve::HttpResponse;
using serve::Methods;

struct Endpoint {
  std::string_view path;  // below kPrefix
  Methods methods;
  ApiCall call;
};

constexpr std::string_view kPrefix = "/api/v1/";

constexpr std::array kEndpoints{
    Endpoint{"query", Methods::kGetAndPost, &instant_query},
    Endpoint{"query_range", Methods::kGetAndPost, &range_query},
    Endpoint{"query_exemplars", Methods::kGetAndPost, &query_exemplars},
    Endpoint{"format_query", Methods::kGetAndPost, &format_query},
    Endpoint{"parse_query", Methods::kGetAndPost, &parse_query},
    Endpoint{"series", Methods::kGetAndPost, &find_series},
    Endpoint{"labels", Methods::kGetAndPost, &label_names},
    Endpoint{"metadata", Methods::kGet, &metric_metadata},
    Endpoint{"rules", Methods::kGet, &show_rules},
    Endpoint{"alerts", Methods::kGet, &show_alerts},
    Endpoint{"targets", Methods::kGet, &show_targets},
    Endpoint{"status/buildinfo", Methods::kGet, &show_build_info},
    Endpoint{"status/config", Methods::kGet, &show_config},
    Endpoint{"status/flags", Methods::kGet, &show_flags},
    Endpoint{"status/runtimeinfo", Methods::kGet, &show_runtime_info},
    Endpoint{"status/tsdb", Methods::kGet, &show_tsdb},
};

/// Pages of any origin may ask, as Prometheus' --web.cors.origin allows by default (util/httputil/cors.go).
void allow_any_origin(HttpResponse& response) {
  response.headers.emplace_back("Access-Control-Allow-Origin", "*");
  response.headers.emplace_back("Access-Control-Allow-Headers", "Accept, Authorization, Content-Type, Origin");
  response.headers.emplace_back("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
  response.headers.emplace_back("Access-Control-Expose-Headers", "Date");
}

/// Takes the answer, which may be many megabytes.
HttpResponse respond(ApiAnswer answer) {
  HttpResponse response;
  allow_any_origin(response);
  response.content_type = "application/json";
  response.compressible = true;
  if (!answer) {
    response.status = serve::status_of(answer.error().type);
    response.body = std::make_shared<const std::string>(serve::error_json(answer.error().type, answer.error().what));
  } else if (answer->empty()) {
    response.status = 204;
  } else {
    response.body = std::make_shared<const std::string>(*std::move(answer));
  }
  return response;
}

/// What has no endpoint; also every OPTIONS, which asks only for the headers.
HttpResponse respond_rest(const HttpRequest& request) {
  if (request.method == "OPTIONS") return respond(std::string());
  return respond(ApiError{serve::ApiErrorType::kNotFound, "there is no endpoint " + sanitise_utf8(request.path)});
}

}  // namespace

void add_prometheus_api(serve::Router& router, const PrometheusSources& sources) {
  const auto state = std::make_shared<const PrometheusState>(sources);
  const std::string prefix(kPrefix);
  for (const Endpoint& endpoint : kEndpoints) {
    router.add(prefix + std::string(endpoint.path), endpoint.methods,
               [state, call = endpoint.call](const HttpRequest& request) { return respond(call(*state, request)); });
  }
  router.add_pattern(prefix + "label/*/values", Methods::kGet,
                     [state](const HttpRequest& request, const std::string& name) {
                       return respond(label_values(*state, request, name));
                     });
  router.add_rest(prefix, &respond_rest);
}

}  // namespace sonde::app
