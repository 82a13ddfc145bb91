#include "app/oncall_pages.h"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/answer_book.h"
#include "app/page_parameters.h"
#include "oncall/calendar_import.h"
#include "oncall/calendar_text.h"
#include "oncall/coverage.h"
#include "serve/oncall_answers.h"
#include "serve/oncall_bodies.h"
#include "serve/timestamp.h"

namespace sonde::app {
namespace {

using serve::HttpRequest;
using serve::HttpResponse;
using serve::Methods;

constexpr std::string_view kPrefix = "/api/sonde/v1/oncall";
constexpr std::chrono::weeks kUsualPreview{8};
constexpr std::chrono::days kLongestPreview{366};

Result<WallTime> read_time(const serve::Parameters& query, std::string_view name, WallTime otherwise) {
  const std::string* const text = query.find(name);
  if (text == nullptr || text->empty()) return otherwise;
  auto at = serve::parse_rfc3339(*text);
  if (!at) return std::move(at).error().with(std::string(name));
  return at;
}

/// What is asked for of one schedule.
struct Span {
  std::shared_ptr<const OncallView> view;
  const oncall::CompiledSchedule* schedule = nullptr;
  std::string name;
  WallTime from;
  WallTime to;
};

Result<Span> read_span(const OncallSources& sources, const serve::Parameters& query) {
  Span span;
  span.view = sources.desk.oncall();
  const std::string* const name = query.find("schedule");
  if (name == nullptr || name->empty()) return Error{Code::kBadInput, "schedule: is missing: which one"};
  span.name = *name;
  span.schedule = span.view->book.find(*name);
  if (span.schedule == nullptr) return Error{Code::kNotFound, "there is no schedule '" + *name + "'"};
  span.from = SONDE_TRY(read_time(query, "from", sources.clock.now()));
  span.to = SONDE_TRY(read_time(query, "until", span.from + kUsualPreview));
  if (span.to <= span.from) return Error{Code::kBadInput, "until: must be after `from`"};
  if (span.to - span.from > kLongestPreview) return Error{Code::kBadInput, "until: a year after `from` at most"};
  return span;
}

Result<std::string> duty_text(const OncallSources& sources, const HttpRequest& request) {
  const WallTime at = SONDE_TRY(read_time(request.query, "at", sources.clock.now()));
  const std::shared_ptr<const OncallView> view = sources.desk.oncall();
  std::vector<serve::OnDuty> duties;
  for (const oncall::Schedule& schedule : view->plan.schedules) {
    duties.push_back({schedule.name, schedule.location, view->book.shift_at(schedule.name, at)});
  }
  return serve::on_duty_json(duties, at);
}

Result<std::string> shifts_text(const OncallSources& sources, const HttpRequest& request) {
  const Span span = SONDE_TRY(read_span(sources, request.query));
  const std::vector<oncall::Shift> shifts = span.schedule->shifts(span.from, span.to);
  const oncall::Coverage coverage = oncall::coverage_of(shifts);
  const auto warning = oncall::warning_of(coverage, span.schedule->zone());
  return serve::shifts_json(span.name, shifts,
                            {.uncovered_ratio = coverage.uncovered_ratio, .warning = warning.value_or("")});
}

HttpResponse respond(Result<std::string> text) {
  return text ? serve::json_response(200, *std::move(text)) : problem_of(text.error());
}

HttpResponse calendar(const OncallSources& sources, const HttpRequest& request) {
  const auto span = read_span(sources, request.query);
  if (!span) return problem_of(span.error());
  const std::vector<oncall::Shift> shifts = span->view->book.whole_shifts(span->name, span->from, span->to);
  HttpResponse response = serve::text_response(
      200, oncall::write_calendar(
               shifts, {.schedule = span->name, .people = span->view->plan.people, .written_at = sources.clock.now()}));
  response.content_type = "text/calendar; charset=utf-8";
  return response;
}

HttpResponse import_calendar(const OncallSources& sources, const HttpRequest& request) {
  const auto span = read_span(sources, request.query);
  if (!span) return problem_of(span.error());
  const std::string* const author = request.query.find("author");
  const std::string who = !request.user.empty() || author == nullptr ? request.user : *author;
  if (who.empty()) return serve::problem_response(400, "author: is missing: who asks for it");
  auto shifts = oncall::read_calendar(
      request.body, {.plan = span->view->plan, .schedule = span->name, .from = span->from, .to = span->to});
  if (!shifts) return problem_of(shifts.error());
  shifts->author = who;
  shifts->comment = "from a calendar";
  const auto made = sources.desk.replace_shifts(*std::move(shifts));
  return made ? serve::json_response(200, serve::temporary_json(*made)) : problem_of(made.error());
}

HttpResponse add_override(const OncallSources& sources, const HttpRequest& request) {
  auto wanted = serve::parse_override(request.body, request.user, sources.clock.now());
  if (!wanted) return problem_of(wanted.error());
  const auto made = sources.desk.stand_in(*std::move(wanted));
  return made ? serve::json_response(200, serve::override_json(*made)) : problem_of(made.error());
}

HttpResponse swap(const OncallSources& sources, const HttpRequest& request) {
  const auto wanted = serve::parse_swap(request.body, request.user);
  if (!wanted) return problem_of(wanted.error());
  const auto side = [](const serve::SwapRequest::Side& asked) {
    return oncall::Swap::Side{.person = asked.person, .from = asked.from, .to = asked.until};
  };
  const auto made = sources.desk.swap_shifts({.schedule = wanted->schedule,
                                              .one = side(wanted->one),
                                              .other = side(wanted->other),
                                              .author = wanted->author,
                                              .comment = wanted->comment});
  if (!made) return problem_of(made.error());
  return serve::json_response(200, serve::changes_json({.overrides = {made->first, made->second}, .temporary = {}}));
}

HttpResponse take_back(const OncallSources& sources, const std::string& id) {
  const auto done = sources.desk.take_back(id);
  return done ? serve::json_response(200, "{}\n") : problem_of(done.error());
}

}  // namespace

void add_oncall_pages(serve::Router& router, const OncallSources& sources) {
  const std::string prefix(kPrefix);
  // Each order once, however often a client asks for it.
  const auto once = [sources](HttpResponse (*follow)(const OncallSources&, const HttpRequest&)) {
    return [sources, follow](const HttpRequest& request) {
      return sources.answers.answer(request, [&](const HttpRequest& first) { return follow(sources, first); });
    };
  };
  router.add(prefix, Methods::kGet,
             [sources](const HttpRequest& request) { return respond(duty_text(sources, request)); });
  router.add(prefix + "/shifts", Methods::kGet,
             [sources](const HttpRequest& request) { return respond(shifts_text(sources, request)); });
  router.add(prefix + "/calendar", Methods::kGetAndPost, [sources](const HttpRequest& request) {
    return request.method == "POST" ? import_calendar(sources, request) : calendar(sources, request);
  });
  router.add(prefix + "/changes", Methods::kGet, [sources](const HttpRequest&) {
    return serve::json_response(200, serve::changes_json(sources.desk.oncall()->changes));
  });
  router.add(prefix + "/overrides", Methods::kPost, once(&add_override));
  router.add(prefix + "/swaps", Methods::kPost, once(&swap));
  router.add_pattern(prefix + "/changes/*", Methods::kGetAndDelete,
                     [sources](const HttpRequest& request, const std::string& id) {
                       if (request.method == "DELETE") return take_back(sources, id);
                       return serve::problem_response(405, "only DELETE: the list is at /api/sonde/v1/oncall/changes");
                     });
}

}  // namespace sonde::app
