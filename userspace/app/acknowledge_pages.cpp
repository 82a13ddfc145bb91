#include "app/acknowledge_pages.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "app/page_parameters.h"
#include "notify/notification.h"
#include "notify/wording.h"
#include "serve/acknowledge_page.h"
#include "serve/timestamp.h"

namespace sonde::app {
namespace {

using serve::AcknowledgePage;
using serve::HttpResponse;

/// A page, and what is counted of it.
struct Answer {
  AcknowledgePage page;
  AnswerOutcome outcome = AnswerOutcome::kTooLate;
};

/// A link that may be followed now, and the incident as it is.
struct OpenLink {
  serve::LinkClaim claim;
  alerts::Incident incident;
};

std::string moment(WallTime at) {
  constexpr std::size_t kDay = std::string_view("2026-11-23").size();
  constexpr std::size_t kTime = std::string_view("16:38:00").size();
  const std::string text = serve::rfc3339_ms(at);
  return text.substr(0, kDay) + " " + text.substr(kDay + 1, kTime) + " UTC";
}

std::string named(std::int64_t incident) { return "incident #" + std::to_string(incident); }

std::string names_of(const std::vector<std::string>& people) {
  std::string text;
  for (const std::string& name : people) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string state_of(const alerts::Incident& incident) {
  const std::string by = " by " + names_of(incident.acknowledged_by);
  const std::string until = incident.until ? " until " + moment(incident.until->wall) : "";
  switch (incident.status) {
    case alerts::IncidentStatus::kTriggered:
      return "nobody has taken it on";
    case alerts::IncidentStatus::kAcknowledged:
      return "acknowledged" + by + until;
    case alerts::IncidentStatus::kSnoozed:
      return "snoozed" + by + until;
    case alerts::IncidentStatus::kResolved:
      return "resolved at " + moment(incident.resolved_at.wall);
  }
  std::abort();
}

notify::Notification notification_of(const alerts::Incident& incident) {
  alerts::Page page;
  page.kind =
      incident.status == alerts::IncidentStatus::kResolved ? alerts::PageKind::kResolved : alerts::PageKind::kFiring;
  page.incident = incident;
  return notify::make_notification(page, "this host", {}, notify::NotifyOptions{});
}

std::vector<std::pair<std::string, std::string>> facts_of(const alerts::Incident& incident) {
  const notify::Notification told = notification_of(incident);
  std::vector<std::pair<std::string, std::string>> facts{
      {"What", notify::headline(told)},
      {"Severity", std::string(rules::name_of(incident.severity))},
      {"Since", moment(told.started_at)},
      {"State", state_of(incident)},
  };
  if (!told.summary.empty()) facts.insert(facts.begin() + 1, {"Summary", told.summary});
  if (!told.service.empty()) facts.insert(facts.begin() + 1, {"Service", told.service});
  return facts;
}

/// How it is done without a link.
std::string other_way(std::int64_t incident) {
  return "You can acknowledge on the host itself: sonde alerts ack " +
         (incident == 0 ? std::string("NUMBER") : std::to_string(incident));
}

Answer unreadable(const Error& error) {
  if (error.code == Code::kPermission) {
    return {{403,
             "This link is not valid",
             {"It was not made by this daemon, or its key has changed since. Nothing was changed.", other_way(0)}},
            AnswerOutcome::kRefused};
  }
  return {{400,
           "This link is damaged",
           {"It was cut off or changed on its way, as some programs do with long links. Nothing was changed.",
            "Copy all of it from the message. " + other_way(0)}},
          AnswerOutcome::kRefused};
}

Answer expired(const serve::LinkClaim& claim) {
  return {
      {410,
       "This link has expired",
       {"It was valid until " + moment(claim.expires_at) + ". Newer messages have newer links. Nothing was changed.",
        other_way(claim.incident)}}};
}

Answer unknown(const serve::LinkClaim& claim) {
  return {{404, "There is no " + named(claim.incident), {"This daemon does not know it any more."}}};
}

Answer over(const alerts::Incident& incident) {
  return {{409,
           "It is over",
           {"There is nothing to acknowledge any more: " + named(incident.id) + " was " + state_of(incident) + "."},
           facts_of(incident)}};
}

Answer of_earlier_time(const alerts::Incident& incident) {
  return {{409,
           "This link is about an earlier time",
           {"What it was about is over. Since then " + named(incident.id) +
                " has been opened again: newer messages have newer links. Nothing was changed.",
            other_way(incident.id)},
           facts_of(incident)}};
}

Answer used(const serve::LinkUse& use, const std::optional<alerts::Incident>& incident) {
  Answer answer{{409,
                 "This link was used already",
                 {"It was used at " + moment(use.at) + ", as " + use.actor +
                  ". A link works once; this time nothing was changed."}},
                AnswerOutcome::kRepeated};
  if (incident) answer.page.facts = facts_of(*incident);
  return answer;
}

Answer failed(const Error& error) {
  return {{http_status(error.code), "That did not work", {error.what, "Nothing was changed."}}, AnswerOutcome::kFailed};
}

using Opened = std::variant<OpenLink, Answer>;

Opened open_link(const AcknowledgeSources& sources, const std::string& token) {
  const auto claim = sources.links.read(token);
  if (!claim) return unreadable(claim.error());
  const auto incident = sources.desk.incident(claim->incident);
  const auto use = sources.used.find(claim->id);
  if (!use) return failed(use.error());
  if (*use) return used(**use, incident ? std::optional(*incident) : std::nullopt);
  if (claim->expires_at <= sources.clock.now()) return expired(*claim);
  if (!incident) return incident.error().code == Code::kNotFound ? unknown(*claim) : failed(incident.error());
  if (incident->status == alerts::IncidentStatus::kResolved) return over(*incident);
  if (incident->occurrence != claim->occurrence) return of_earlier_time(*incident);
  return OpenLink{*claim, *incident};
}

HttpResponse show(const AcknowledgeSources& sources, const std::string& token) {
  const Opened opened = open_link(sources, token);
  if (const Answer* const answer = std::get_if<Answer>(&opened)) return serve::acknowledge_response(answer->page);
  const auto& link = std::get<OpenLink>(opened);
  return serve::acknowledge_response({.status = 200,
                                      .title = "Acknowledge " + named(link.claim.incident) + "?",
                                      .sentences = {"With this button you take it on, as " + link.claim.actor + "."},
                                      .facts = facts_of(link.incident),
                                      .has_button = true});
}

/// Of the incident as it was seen: one that has been opened again meanwhile is another matter. Of one that changes all
/// the time, as it is then.
Result<alerts::Incident> acknowledge(const AcknowledgeSources& sources, const OpenLink& link) {
  constexpr int kMostLooks = 4;
  alerts::IncidentOrder order{.action = link.claim.action, .actor = link.claim.actor, .version = link.incident.version};
  for (int looks = 1; looks <= kMostLooks; ++looks) {
    auto done = sources.desk.order(link.claim.incident, order);
    if (done || done.error().code != Code::kStale) return done;
    const alerts::Incident now = SONDE_TRY(sources.desk.incident(link.claim.incident));
    if (now.occurrence != link.claim.occurrence) {
      return Error{Code::kConflict, named(link.claim.incident) + " has been opened again meanwhile"};
    }
    order.version = now.version;
  }
  order.version.reset();
  return sources.desk.order(link.claim.incident, order);
}

Answer not_acknowledged(const AcknowledgeSources& sources, const OpenLink& link, const Error& error) {
  const auto now = sources.desk.incident(link.claim.incident);
  const bool is_over = now && now->status == alerts::IncidentStatus::kResolved;
  return error.code == Code::kConflict && is_over ? over(*now) : failed(error);
}

/// The link is marked first: an order that is lost with the daemon can be given by other ways, one that is followed
/// twice cannot be taken back.
Answer follow(const AcknowledgeSources& sources, const std::string& token) {
  Opened opened = open_link(sources, token);
  if (Answer* const answer = std::get_if<Answer>(&opened)) return std::move(*answer);
  const auto& link = std::get<OpenLink>(opened);
  const WallTime now = sources.clock.now();
  const auto first = sources.used.claim(link.claim.id, link.claim.actor, now);
  if (!first) return failed(first.error());
  if (!*first) return used({link.claim.actor, now}, link.incident);
  const auto done = acknowledge(sources, link);
  if (!done) return not_acknowledged(sources, link, done.error());
  return {{.status = 200,
           .title = "Acknowledged",
           .sentences = {"You have taken on " + named(done->id) + ", as " + link.claim.actor + "."},
           .facts = facts_of(*done)},
          AnswerOutcome::kDone};
}

}  // namespace

void add_acknowledge_pages(serve::Router& router, const AcknowledgeSources& sources) {
  router.add_pattern(std::string(kLinkPath) + "*", serve::Methods::kGetAndPost,
                     [sources](const serve::HttpRequest& request, const std::string& token) {
                       if (request.method != "POST") return show(sources, token);
                       const Answer answer = follow(sources, token);
                       sources.tally.add(AnswerWay::kLink, answer.outcome);
                       return serve::acknowledge_response(answer.page);
                     });
}

}  // namespace sonde::app
