#pragma once

#include <string>

#include "app/acknowledge_links.h"
#include "app/alert_desk.h"
#include "app/answer_tally.h"
#include "base/clock.h"
#include "notify/types.h"
#include "serve/router.h"
#include "serve/used_links.h"

namespace sonde::app {

/// What the pages are made of.  owner: the caller keeps everything alive as long as the router serves.
struct AcknowledgeSources {
  AlertDesk& desk;
  const Clock& clock;
  const AcknowledgeLinks& links;
  serve::UsedLinks& used;
  AnswerTally& tally;
};

/// `/ack/TOKEN`: what somebody sees who opens the link of a message. GET shows the incident and changes nothing, since
/// programs open links, too; POST acknowledges it as the token says, once. docs/incidents.md describes it.
void add_acknowledge_pages(serve::Router& router, const AcknowledgeSources& sources);

}  // namespace sonde::app
