#include "app/alertmanager_silences.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "alerts/silence_book.h"
#include "app/alertmanager_answers.h"
#include "base/uuid.h"
#include "serve/alertmanager_bodies.h"

namespace sonde::app {
namespace {

using nlohmann::json;
using serve::HttpRequest;
using serve::HttpResponse;

/// As Alertmanager answers: what is wrong with a silence, also that there are too many, is the request's fault.
HttpResponse refuse_silence(const Error& error) {
  return error.code == Code::kLimit ? refuse(400, error.what) : refuse(error);
}

}  // namespace

HttpResponse show_silences(const AlertmanagerSources& sources, const HttpRequest& request) {
  const auto filter = read_filter(request.query);
  if (!filter) return refuse(filter.error());
  const WallTime now = sources.clock.now();
  alerts::SilenceBook book;
  const auto view = sources.desk.view();
  // What is in the view has been asked for once, so that nothing of it can be refused.
  static_cast<void>(book.restore(view->silences, now));
  const auto found = book.query(*filter, {}, now);
  if (!found) return refuse(found.error());
  json rows = json::array();
  for (const alerts::Silence& silence : *found) rows.push_back(silence_object(silence, now));
  return answer(rows);
}

HttpResponse set_silence(const AlertmanagerSources& sources, const HttpRequest& request) {
  if (auto wrong = refuse_type(request)) return *std::move(wrong);
  auto posted = serve::parse_silence(request.body);
  if (!posted) return refuse(posted.error());
  const auto change =
      sources.desk.set_silence({.id = std::move(posted->id),
                                .matchers = std::move(posted->matchers),
                                .starts_at = posted->starts_at,
                                .ends_at = posted->ends_at,
                                .author = request.user.empty() ? std::move(posted->author) : request.user,
                                .comment = std::move(posted->comment)});
  if (!change) return refuse_silence(change.error());
  return answer({{"silenceID", change->id}});
}

HttpResponse one_silence(const AlertmanagerSources& sources, const HttpRequest& request, const std::string& id) {
  if (!is_uuid(id)) return refuse(422, "the id of a silence is a UUID, such as 4b1c1c9e-6a2f-4d3b-9c11-0242ac120002");
  if (request.method == "DELETE") {
    const auto change = sources.desk.expire_silence(id);
    return change ? serve::text_response(200, "") : refuse(change.error());
  }
  const auto view = sources.desk.view();
  const auto found = std::ranges::find(view->silences, id, &alerts::Silence::id);
  if (found == view->silences.end()) return refuse(404, "there is no silence with this id");
  return answer(silence_object(*found, sources.clock.now()));
}

}  // namespace sonde::app
