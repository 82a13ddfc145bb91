#include "alerts/review_book.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

#include "alerts/label_set.h"
#include "base/quantity.h"

namespace sonde::alerts {
namespace {

constexpr std::size_t kLongestText = 4096;
constexpr std::size_t kLongestName = 256;
constexpr std::size_t kLongestUrl = 2048;

std::string named(std::int64_t incident) { return "#" + std::to_string(incident); }

Error refuse(std::string why) { return {Code::kBadInput, std::move(why)}; }

/// RFC 3986 as far as it matters to a link that people follow: its scheme, a host, and nothing that ends it early.
bool is_link(std::string_view url) {
  const std::size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  if (scheme == 0 || url.size() > kLongestUrl) return false;
  if (url.size() == scheme || std::string_view("/?#:").find(url[scheme]) != std::string_view::npos) return false;
  return std::ranges::none_of(url, [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte <= 0x20 || byte >= 0x7F || std::string_view("\"<>\\^`{|}").find(letter) != std::string_view::npos;
  });
}

using FiringAlerts = std::map<store::Labels, std::int64_t, LabelsLess>;

/// Of incidents that have changed since.
FiringAlerts firing_in(const IncidentBook& incidents, std::chrono::nanoseconds since) {
  FiringAlerts firing;
  incidents.each([&](const Incident& incident) {
    if (incident.status == IncidentStatus::kResolved || incident.changed_at.elapsed < since) return;
    for (const IncidentAlert& alert : incident.alerts) {
      if (alert.firing) firing.emplace(without(alert.problem.labels, kSeverityLabel), incident.id);
    }
  });
  return firing;
}

/// Each once: alerts of other programs may differ in their severity alone.
std::set<store::Labels, LabelsLess> alerts_of(const Incident& incident) {
  std::set<store::Labels, LabelsLess> alerts;
  for (const IncidentAlert& alert : incident.alerts) alerts.insert(without(alert.problem.labels, kSeverityLabel));
  return alerts;
}

Result<> check(const ReviewOrder& order) {
  if (order.actor.empty()) return refuse("say who you are: the name of whoever acts is part of what happened");
  if (order.actor.size() > kLongestName) return refuse("a name has at most 256 bytes");
  if (!order.cause && !order.action && !order.verdict && !order.follow_up && !order.fixed) {
    return refuse("a review says something: a cause, an action, a verdict, a follow-up, or that it is fixed");
  }
  if (order.cause.value_or("").size() > kLongestText) return refuse("cause: has at most 4096 bytes");
  if (order.action.value_or("").size() > kLongestText) return refuse("action: has at most 4096 bytes");
  const std::string follow_up = order.follow_up.value_or("");
  if (!follow_up.empty() && !is_link(follow_up)) {
    return refuse(
        "follow_up: must be an http or https URL of at most 2048 bytes, such as https://tracker.example/4711");
  }
  return Ok{};
}

Result<> check_over(const Incident& incident, const FiringAlerts& firing) {
  if (incident.status != IncidentStatus::kResolved) {
    return Error{Code::kConflict, "incident " + named(incident.id) + " is " + std::string(name_of(incident.status)) +
                                      ": it can be called fixed once it is resolved"};
  }
  for (const store::Labels& labels : alerts_of(incident)) {
    const auto open = firing.find(labels);
    if (open == firing.end()) continue;
    return Error{Code::kConflict, std::string(value_of(labels, kAlertLabel)) + " fires in incident " +
                                      named(open->second) + ": it can be called fixed once that is resolved"};
  }
  return Ok{};
}

void add_part(std::string& text, const std::string& part) { text += (text.empty() ? "" : "; ") + part; }

/// What was said, for a line of the timeline.
std::string summary_of(const ReviewOrder& order, std::chrono::nanoseconds verify_after) {
  std::string text;
  if (order.verdict) add_part(text, std::string(name_of(*order.verdict)));
  if (order.cause) add_part(text, "cause: " + *order.cause);
  if (order.action) add_part(text, "action: " + *order.action);
  if (order.follow_up) add_part(text, "follow-up: " + *order.follow_up);
  if (order.fixed) {
    add_part(text, *order.fixed ? "fixed, if nothing fires again for " + format_duration(verify_after) : "not fixed");
  }
  return text;
}

}  // namespace

void ReviewBook::restore(std::vector<Review> watched) {
  for (Review& review : watched) {
    const std::int64_t incident = review.incident;
    watched_.insert_or_assign(incident, std::move(review));
  }
}

Result<Review> ReviewBook::order(const Incident& incident, const std::optional<Review>& before,
                                 const ReviewOrder& order, const IncidentBook& incidents, Moment now) {
  SONDE_TRY(check(order));
  if (order.fixed.value_or(false)) SONDE_TRY(check_over(incident, firing_in(incidents, {})));
  Review review = before.value_or(Review{});
  review.incident = incident.id;
  if (order.cause) review.cause = *order.cause;
  if (order.action) review.action = *order.action;
  if (order.verdict) review.verdict = *order.verdict;
  if (order.follow_up) review.follow_up = *order.follow_up;
  review.author = order.actor;
  review.at = now;
  if (order.fixed) {
    review.state = ReviewState::kOpen;
    review.fixed_at.reset();
    review.watch_until.reset();
    review.came_back_as = 0;
    review.watched.clear();
    if (*order.fixed) watch(review, incident, now);
  }
  watched_.erase(incident.id);
  if (review.state == ReviewState::kWatching) watched_.emplace(incident.id, review);
  note(incident.id, Change::kReviewed, summary_of(order, verify_after_), order.actor, now);
  changed_.push_back(review);
  return review;
}

void ReviewBook::watch(Review& review, const Incident& incident, Moment now) {
  review.state = ReviewState::kWatching;
  review.fixed_at = now;
  review.watch_until = Moment{now.wall + verify_after_, now.elapsed + verify_after_};
  for (const store::Labels& labels : alerts_of(incident)) review.watched.push_back(labels);
}

bool ReviewBook::advance(const IncidentBook& incidents, Moment now) {
  const std::size_t before = watched_.size();
  if (watched_.empty()) return false;
  // What had changed before fires no more, or has been judged.
  const FiringAlerts firing = firing_in(incidents, looked_at_);
  looked_at_ = now.elapsed;
  for (auto item = watched_.begin(); item != watched_.end();) {
    judge(item->second, firing, now);
    const bool is_decided = item->second.state != ReviewState::kWatching;
    if (is_decided) changed_.push_back(std::move(item->second));
    item = is_decided ? watched_.erase(item) : std::next(item);
  }
  return watched_.size() != before;
}

void ReviewBook::judge(Review& review, const FiringAlerts& firing, Moment now) {
  for (const store::Labels& labels : review.watched) {
    const auto found = firing.find(labels);
    if (found == firing.end()) continue;
    const std::int64_t open = found->second;
    review.state = ReviewState::kCameBack;
    review.came_back_as = open;
    note(review.incident, Change::kCameBack, std::string(value_of(labels, kAlertLabel)) + " fires in " + named(open),
         "", now);
    if (open != review.incident) note(open, Change::kCameBack, named(review.incident) + " was called fixed", "", now);
    return;
  }
  if (now.elapsed < review.watch_until->elapsed) return;
  review.state = ReviewState::kVerified;
  const auto clear = review.watch_until->elapsed - review.fixed_at->elapsed;
  note(review.incident, Change::kVerified, "nothing has fired again for " + format_duration(clear), "", now);
}

std::vector<Review> ReviewBook::watched() const {
  std::vector<Review> all;
  for (const auto& [incident, review] : watched_) all.push_back(review);
  return all;
}

void ReviewBook::note(std::int64_t incident, Change change, std::string reason, std::string actor, Moment now) {
  TimelineEntry entry{.at = now, .uid = {}, .labels = {}, .change = change, .reason = std::move(reason)};
  entry.incident = incident;
  entry.actor = std::move(actor);
  timeline_.push_back(std::move(entry));
}

}  // namespace sonde::alerts
