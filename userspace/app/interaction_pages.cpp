#include "app/interaction_pages.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "app/page_parameters.h"
#include "app/recent_keys.h"
#include "notify/notification.h"
#include "notify/payload.h"
#include "serve/access.h"
#include "serve/pagerduty_event.h"
#include "serve/signature.h"
#include "serve/slack_interaction.h"

namespace sonde::app {
namespace {

using alerts::IncidentAction;
using alerts::IncidentStatus;
using serve::HttpRequest;
using serve::HttpResponse;

/// Slack signs anew what it sends again, so long as it does; of PagerDuty it is known to be two days.
constexpr std::chrono::hours kRepeats{48};

/// By how much the clocks of two hosts that keep time may differ.
constexpr std::chrono::minutes kClockSkew{1};

constexpr unsigned kUnauthorized = 401;

template <class Kind>
std::vector<std::string> secrets_of(const LiveConfig& config, std::string Kind::*secret) {
  std::vector<std::string> secrets;
  const auto present = config.get();
  for (const notify::Channel& channel : present->notify.channels) {
    const Kind* const kind = std::get_if<Kind>(&channel.to);
    if (kind != nullptr && !(kind->*secret).empty()) secrets.push_back(kind->*secret);
  }
  return secrets;
}

/// The pages with what they share.
struct Pages {
  explicit Pages(const InteractionSources& given) : sources(given), recent(given.clock, kRepeats) {}

  const InteractionSources sources;
  RecentKeys recent;
};

/// What is answered, and what is counted.
struct Reply {
  AnswerOutcome outcome;
  HttpResponse response;
};

Reply fine(AnswerOutcome outcome) { return {outcome, serve::text_response(200, "")}; }

/// As where there never is a page.
Reply no_page() {
  return {AnswerOutcome::kIgnored,
          serve::text_response(404, "no channel has the secret by which this would be signed\n")};
}

Reply refused(unsigned status, const Error& error) {
  return {AnswerOutcome::kRefused, serve::problem_response(status, error.what)};
}

/// Whoever sends it can do nothing about an incident that is over or gone, so that is no fault of theirs.
Reply follow(Pages& pages, const std::string& key, std::int64_t incident, const alerts::IncidentOrder& order) {
  if (!pages.recent.take(key)) return fine(AnswerOutcome::kRepeated);
  const auto done = pages.sources.desk.order(incident, order);
  if (done) return fine(AnswerOutcome::kDone);
  const Code code = done.error().code;
  if (code == Code::kConflict || code == Code::kNotFound) return fine(AnswerOutcome::kTooLate);
  pages.recent.forget(key);
  return {AnswerOutcome::kFailed, problem_of(done.error())};
}

Reply answer_slack(Pages& pages, const HttpRequest& request) {
  const std::string& body = request.form.empty() ? request.body : request.form;
  const auto secrets = secrets_of(pages.sources.config, &notify::SlackBot::signing_secret);
  if (secrets.empty()) return no_page();
  const auto is_signed = serve::check_slack_signature({request.slack_signature, request.slack_timestamp}, body, secrets,
                                                      pages.sources.clock.now());
  if (!is_signed) return refused(kUnauthorized, is_signed.error());
  const auto pressed = serve::parse_slack_interaction(body);
  if (!pressed) return refused(400, pressed.error());
  if (!*pressed) return fine(AnswerOutcome::kIgnored);
  const serve::SlackInteraction& button = **pressed;
  return follow(pages, "slack " + button.id, button.incident,
                {.action = button.action, .actor = "slack:" + button.user});
}

/// The incident that PagerDuty knows by that key.
std::optional<alerts::Incident> find_incident(const InteractionSources& sources, const std::string& key) {
  const auto view = sources.desk.view();
  const auto found = std::ranges::find_if(view->incidents, [&](const alerts::Incident& incident) {
    return notify::pagerduty_key(notify::dedup_key_of(incident, sources.host)) == key;
  });
  return found == view->incidents.end() ? std::nullopt : std::optional(*found);
}

/// Also of what PagerDuty repeats to us because we have told it.
bool is_done(const alerts::Incident& incident, IncidentAction action) {
  const bool is_taken = incident.status == IncidentStatus::kAcknowledged || incident.status == IncidentStatus::kSnoozed;
  if (action == IncidentAction::kAcknowledge) return is_taken;
  if (action == IncidentAction::kUnacknowledge) return incident.status == IncidentStatus::kTriggered;
  return incident.status == IncidentStatus::kResolved;
}

Reply answer_pagerduty(Pages& pages, const HttpRequest& request) {
  const auto secrets = secrets_of(pages.sources.config, &notify::PagerDuty::webhook_secret);
  if (secrets.empty()) return no_page();
  const auto is_signed = serve::check_pagerduty_signature(request.pagerduty_signature, request.body, secrets);
  if (!is_signed) return refused(kUnauthorized, is_signed.error());
  const auto read = serve::parse_pagerduty_event(request.body);
  if (!read) return refused(400, read.error());
  if (!*read) return fine(AnswerOutcome::kIgnored);
  const serve::PagerDutyEvent& event = **read;
  const auto incident = find_incident(pages.sources, event.incident_key);
  if (!incident || is_done(*incident, event.action)) return fine(AnswerOutcome::kIgnored);
  // Opened again since: what happened there was about the time before.
  if (event.at && *event.at + kClockSkew < incident->opened_at.wall) return fine(AnswerOutcome::kTooLate);
  return follow(pages, "pagerduty " + event.id, incident->id,
                {.action = event.action, .actor = event.user.empty() ? "pagerduty" : "pagerduty:" + event.user});
}

}  // namespace

void add_interaction_pages(serve::Router& router, const InteractionSources& sources) {
  const auto pages = std::make_shared<Pages>(sources);
  const auto add = [&](std::string_view path, AnswerWay way, Reply (*answer)(Pages&, const HttpRequest&)) {
    router.add(std::string(path), serve::Methods::kPost, [pages, way, answer](const HttpRequest& request) {
      Reply reply = answer(*pages, request);
      pages->sources.tally.add(way, reply.outcome);
      return std::move(reply.response);
    });
  };
  add(serve::kSlackPath, AnswerWay::kSlack, &answer_slack);
  add(serve::kPagerDutyPath, AnswerWay::kPagerDuty, &answer_pagerduty);
}

}  // namespace sonde::app
