#pragma once

#include <string>

#include "app/alert_desk.h"
#include "app/answer_tally.h"
#include "app/live_config.h"
#include "base/clock.h"
#include "serve/router.h"

namespace sonde::app {

/// What the pages are made of.  owner: the caller keeps what is referred to alive as long as the router serves.
struct InteractionSources {
  AlertDesk& desk;
  const Clock& clock;
  AnswerTally& tally;
  const LiveConfig& config;  ///< whose channels have the secrets
  std::string host;          ///< as in messages
};

/// Where Slack tells of buttons and PagerDuty of what people did there, for channels with the secret that signs it:
/// without one, there is no such page. What is sent again does nothing more. docs/incidents.md describes it.
void add_interaction_pages(serve::Router& router, const InteractionSources& sources);

}  // namespace sonde::app
