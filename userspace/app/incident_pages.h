#pragma once

#include <stop_token>

#include "app/alert_desk.h"
#include "app/answer_book.h"
#include "base/clock.h"
#include "serve/router.h"

namespace sonde::app {

/// What the pages are made of.  owner: the caller keeps everything alive as long as the router serves.
struct IncidentSources {
  AlertDesk& desk;
  const Clock& clock;
  AnswerBook& answers;     ///< by Idempotency-Key
  std::stop_token stop{};  ///< ends waiting for news, so that the server need not wait for it
};

/// What Alertmanager's API does not have, at /api/sonde/v1/: incidents and what people do with them and say of them,
/// the timeline, reports, deliveries, and the preview of silences. docs/api.md describes it.
void add_incident_pages(serve::Router& router, const IncidentSources& sources);

}  // namespace sonde::app
