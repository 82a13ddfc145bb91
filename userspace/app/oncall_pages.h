#pragma once

#include "app/answer_book.h"
#include "app/oncall_desk.h"
#include "base/clock.h"
#include "serve/router.h"

namespace sonde::app {

/// What the pages are made of.  owner: the caller keeps everything alive as long as the router serves.
struct OncallSources {
  OncallDesk& desk;
  const Clock& clock;
  AnswerBook& answers;  ///< by Idempotency-Key
};

/// Who is on call, and changes of it, at /api/sonde/v1/oncall. docs/api.md describes it.
void add_oncall_pages(serve::Router& router, const OncallSources& sources);

}  // namespace sonde::app
