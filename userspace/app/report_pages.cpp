#include "app/report_pages.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

#include "app/page_parameters.h"
#include "base/time_zone.h"
#include "base/utf8.h"
#include "serve/report_answers.h"
#include "serve/timestamp.h"

namespace sonde::app {
namespace {

using history::ReportBy;

/// What is looked at unless somebody says it.
constexpr std::chrono::hours kUsualPeriod{24 * 30};

constexpr std::array kGroupings{ReportBy::kRule, ReportBy::kService, ReportBy::kTeam,
                                ReportBy::kDay,  ReportBy::kWeek,    ReportBy::kMonth};
static_assert(kGroupings.size() == static_cast<std::size_t>(ReportBy::kMonth) + 1, "each can be asked for");

Result<WallTime> read_time(const serve::Parameters& query, std::string_view name, WallTime otherwise) {
  const std::string* const text = query.find(name);
  if (text == nullptr || text->empty()) return otherwise;
  auto at = serve::parse_rfc3339(*text);
  if (!at) return std::move(at).error().with(std::string(name));
  return at;
}

Result<ReportBy> read_grouping(const serve::Parameters& query) {
  const std::string* const word = query.find("by");
  if (word == nullptr || word->empty()) return ReportBy::kRule;
  std::string known;
  for (const ReportBy by : kGroupings) {
    if (name_of(by) == *word) return by;
    known += (known.empty() ? "" : ", ") + std::string(name_of(by));
  }
  return Error{Code::kBadInput, "by: '" + sanitise_utf8(*word) + "' is none of " + known};
}

Result<TimeZone> read_zone(const serve::Parameters& query) {
  const std::string* const name = query.find("zone");
  auto zone = TimeZone::load(name == nullptr ? "" : *name);
  if (!zone && zone.error().code == Code::kNotFound) {
    return Error{Code::kBadInput, "zone: " + sanitise_utf8(zone.error().what)};
  }
  return zone;
}

Result<history::ReportQuery> read_query(const serve::Parameters& parameters, WallTime now) {
  history::ReportQuery query;
  query.to = SONDE_TRY(read_time(parameters, "to", now));
  query.from = SONDE_TRY(read_time(parameters, "from", query.to - kUsualPeriod));
  if (query.from >= query.to) return Error{Code::kBadInput, "from: must be before `to`"};
  query.by = SONDE_TRY(read_grouping(parameters));
  query.zone = SONDE_TRY(read_zone(parameters));
  return query;
}

Result<std::string> report_text(const IncidentSources& sources, const serve::HttpRequest& request) {
  const auto query = SONDE_TRY(read_query(request.query, sources.clock.now()));
  return serve::report_json(SONDE_TRY(sources.desk.report(query)));
}

}  // namespace

void add_report_pages(serve::Router& router, const IncidentSources& sources) {
  router.add("/api/sonde/v1/reports/incidents", serve::Methods::kGet, [sources](const serve::HttpRequest& request) {
    const auto text = report_text(sources, request);
    if (!text) return problem_of(text.error());
    serve::HttpResponse response = serve::json_response(200, *text);
    response.compressible = true;
    return response;
  });
}

}  // namespace sonde::app
