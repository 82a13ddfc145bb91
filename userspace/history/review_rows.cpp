#include "history/review_rows.h"

#include <utility>

#include "history/row_fields.h"

namespace sonde::history {
namespace {

// The table of fields, as in alert_rows.cpp.

template <class T, class Visit>
void visit_review(T& review, Visit&& visit) {
  auto& [incident, cause, action, verdict, follow_up, author, at, state, fixed_at, watch_until, came_back_as, watched] =
      review;
  visit("verdict", verdict);
  visit("state", state);
  visit("cause", cause);
  visit("action", action);
  visit("follow_up", follow_up);
  visit("author", author);
  visit("at", at);
  visit("fixed_at", fixed_at);
  visit("watch_until", watch_until);
  visit("came_back_as", came_back_as);
  visit("watched", watched);
}

}  // namespace

std::string body_of(const alerts::Review& review) {
  FieldWriter writer;
  visit_review(review, writer);
  return std::move(writer).text();
}

Result<alerts::Review> review_of(std::int64_t incident, std::string_view body) {
  alerts::Review review;
  review.incident = incident;
  FieldReader reader(body);
  visit_review(review, reader);
  const bool is_watched = review.state == alerts::ReviewState::kWatching;
  if (is_watched && !(review.fixed_at && review.watch_until)) reader.fault = "it is watched, but not until when";
  return outcome(reader, std::move(review));
}

}  // namespace sonde::history
