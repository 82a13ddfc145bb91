#include "app/incident_pages.h"

#include <array>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/answer_book.h"
#include "app/page_parameters.h"
#include "app/report_pages.h"
#include "app/timeline_pages.h"
#include "base/utf8.h"
#include "serve/incident_answers.h"
#include "serve/incident_bodies.h"
#include "serve/json_body.h"

namespace sonde::app {
namespace {

using serve::HttpRequest;
using serve::HttpResponse;
using serve::Methods;

constexpr std::string_view kPrefix = "/api/sonde/v1/";
constexpr std::size_t kUsualRows = 100;
constexpr std::size_t kMostRows = 1'000;

HttpResponse with_version(HttpResponse response, const alerts::Incident& incident) {
  response.headers.emplace_back("ETag", "\"" + std::to_string(incident.version) + "\"");
  return response;
}

Result<std::vector<alerts::Review>> review_of(const AlertDesk& desk, const alerts::Incident& incident) {
  return desk.reviews(std::span(&incident.id, 1));
}

HttpResponse page_of(const AlertDesk& desk, const alerts::Incident& incident) {
  const auto review = review_of(desk, incident);
  if (!review) return problem_of(review.error());
  return with_version(serve::json_response(200, serve::incident_json(incident, *review)), incident);
}

/// Where the next page of a list is; empty if there is none.
std::string next_page(const IncidentQuery& query, const std::vector<alerts::Incident>& found) {
  if (found.size() < query.limit) return "";
  return std::string(kPrefix) + "incidents?" + (query.open_only ? "open=true&" : "") +
         "limit=" + std::to_string(query.limit) + "&before=" + std::to_string(found.back().id);
}

Result<std::string> incidents_text(const AlertDesk& desk, const HttpRequest& request) {
  IncidentQuery query;
  query.open_only = SONDE_TRY(read_flag(request.query, "open"));
  query.before = SONDE_TRY(read_id(request.query, "before"));
  query.limit = SONDE_TRY(read_limit(request.query, kUsualRows, kMostRows));
  const auto found = SONDE_TRY(desk.incidents(query));
  std::vector<std::int64_t> ids;
  for (const alerts::Incident& incident : found) ids.push_back(incident.id);
  const auto reviews = SONDE_TRY(desk.reviews(ids));
  return serve::incidents_json(found, reviews, next_page(query, found));
}

HttpResponse respond(Result<std::string> text) {
  if (!text) return problem_of(text.error());
  HttpResponse response = serve::json_response(200, *std::move(text));
  response.compressible = true;
  return response;
}

/// JSON, or nothing at all.
std::optional<HttpResponse> refuse_body(const HttpRequest& request) {
  if (request.body.empty() || serve::is_json_type(request.content_type)) return std::nullopt;
  return serve::problem_response(415, "send JSON, with Content-Type: application/json");
}

HttpResponse refuse_order(const AlertDesk& desk, std::int64_t id, const Error& error) {
  if (error.code != Code::kConflict && error.code != Code::kStale) return problem_of(error);
  const auto now = desk.incident(id);
  if (!now) return problem_of(error);
  const auto review = review_of(desk, *now);
  if (!review) return problem_of(error);
  return with_version(serve::json_response(http_status(error.code), serve::refusal_json(error.what, *now, *review)),
                      *now);
}

HttpResponse follow_order(const IncidentSources& sources, const HttpRequest& request, std::int64_t id,
                          alerts::IncidentAction action) {
  if (auto wrong = refuse_body(request)) return *std::move(wrong);
  const auto order = serve::parse_order(
      action, request.body, {.user = request.user, .if_match = request.if_match, .now = sources.clock.now()});
  if (!order) return problem_of(order.error());
  const auto incident = sources.desk.order(id, *order);
  return incident ? page_of(sources.desk, *incident) : refuse_order(sources.desk, id, incident.error());
}

HttpResponse follow_review(const IncidentSources& sources, const HttpRequest& request, std::int64_t id) {
  if (auto wrong = refuse_body(request)) return *std::move(wrong);
  const auto order =
      serve::parse_review(request.body, {.user = request.user, .if_match = "", .now = sources.clock.now()});
  if (!order) return problem_of(order.error());
  const auto review = sources.desk.review(id, *order);
  if (!review) return refuse_order(sources.desk, id, review.error());
  const auto incident = sources.desk.incident(id);
  if (!incident) return problem_of(incident.error());
  return with_version(serve::json_response(200, serve::incident_json(*incident, std::span(&*review, 1))), *incident);
}

HttpResponse show_incident(const AlertDesk& desk, const std::string& part) {
  const auto id = id_of(part, "incident");
  if (!id) return problem_of(id.error());
  const auto incident = desk.incident(*id);
  return incident ? page_of(desk, *incident) : problem_of(incident.error());
}

constexpr std::array kStates{notify::DeliveryState::kQueued,    notify::DeliveryState::kLeased,
                             notify::DeliveryState::kRetryWait, notify::DeliveryState::kUnknown,
                             notify::DeliveryState::kSent,      notify::DeliveryState::kDead,
                             notify::DeliveryState::kCancelled, notify::DeliveryState::kSuperseded};
static_assert(kStates.size() == static_cast<std::size_t>(notify::DeliveryState::kSuperseded) + 1);

Result<std::optional<notify::DeliveryState>> read_state(const serve::Parameters& query) {
  const std::string* const word = query.find("state");
  if (word == nullptr || word->empty()) return std::optional<notify::DeliveryState>{};
  std::string known;
  for (const notify::DeliveryState state : kStates) {
    if (name_of(state) == *word) return std::optional{state};
    known += (known.empty() ? "" : ", ") + std::string(name_of(state));
  }
  return Error{Code::kBadInput, "state: '" + sanitise_utf8(*word) + "' is none of " + known};
}

Result<std::string> deliveries_text(const AlertDesk& desk, const HttpRequest& request) {
  DeliveryQuery query;
  query.state = SONDE_TRY(read_state(request.query));
  query.incident = SONDE_TRY(read_id(request.query, "incident"));
  query.limit = SONDE_TRY(read_limit(request.query, kUsualRows, kMostRows));
  return serve::deliveries_json(SONDE_TRY(desk.deliveries(query)));
}

HttpResponse preview(const AlertDesk& desk, const HttpRequest& request) {
  if (auto wrong = refuse_body(request)) return *std::move(wrong);
  const auto matchers = serve::parse_preview(request.body);
  if (!matchers) return problem_of(matchers.error());
  const auto past = desk.preview_silence(*matchers);
  return past ? serve::json_response(200, serve::past_alerts_json(*past)) : problem_of(past.error());
}

void add_orders(serve::Router& router, const IncidentSources& sources) {
  for (const std::string_view word : serve::action_words()) {
    const alerts::IncidentAction action = *serve::action_of(word);
    router.add_pattern(std::string(kPrefix) + "incidents/*/" + std::string(word), Methods::kPost,
                       [sources, action](const HttpRequest& request, const std::string& part) {
                         const auto id = id_of(part, "incident");
                         if (!id) return problem_of(id.error());
                         return sources.answers.answer(request, [&](const HttpRequest& first) {
                           return follow_order(sources, first, *id, action);
                         });
                       });
  }
}

void add_reviews(serve::Router& router, const IncidentSources& sources) {
  router.add_pattern(std::string(kPrefix) + "incidents/*/review", Methods::kPost,
                     [sources](const HttpRequest& request, const std::string& part) {
                       const auto id = id_of(part, "incident");
                       if (!id) return problem_of(id.error());
                       return sources.answers.answer(
                           request, [&](const HttpRequest& first) { return follow_review(sources, first, *id); });
                     });
}

void add_deliveries(serve::Router& router, const IncidentSources& sources) {
  const std::string prefix(kPrefix);
  router.add(prefix + "deliveries", Methods::kGet,
             [sources](const HttpRequest& request) { return respond(deliveries_text(sources.desk, request)); });
  router.add_pattern(
      prefix + "deliveries/*/retry", Methods::kPost, [sources](const HttpRequest& request, const std::string& id) {
        return sources.answers.answer(request, [&](const HttpRequest&) {
          const auto delivery = sources.desk.retry_delivery(id);
          return delivery ? serve::json_response(200, serve::delivery_json(*delivery)) : problem_of(delivery.error());
        });
      });
}

}  // namespace

void add_incident_pages(serve::Router& router, const IncidentSources& sources) {
  const std::string prefix(kPrefix);
  router.add(prefix + "incidents", Methods::kGet,
             [sources](const HttpRequest& request) { return respond(incidents_text(sources.desk, request)); });
  router.add_pattern(prefix + "incidents/*", Methods::kGet, [sources](const HttpRequest&, const std::string& part) {
    return show_incident(sources.desk, part);
  });
  add_orders(router, sources);
  add_reviews(router, sources);
  add_timeline_pages(router, sources);
  add_report_pages(router, sources);
  add_deliveries(router, sources);
  router.add(prefix + "silences/preview", Methods::kPost,
             [sources](const HttpRequest& request) { return preview(sources.desk, request); });
}

}  // namespace sonde::app
