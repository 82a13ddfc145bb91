#pragma once

#include <memory>
#include <string>
#include <utility>

#include "app/acknowledge_links.h"
#include "app/answer_book.h"
#include "app/answer_tally.h"
#include "app/live_config.h"
#include "base/clock.h"
#include "base/result.h"
#include "history/alert_history.h"
#include "serve/used_links.h"

namespace sonde::app {

/// What people answer messages with: links, and what counts answers; and what requests were answered.
struct Answering {
  /// `directory`: of the daemon's state; empty: nothing is kept on disk. If its key is of no use, links end with this
  /// process, and that is logged. `history` null: which links were used, and what was answered, is forgotten with the
  /// process.  errors: kIo if there are no random numbers.  owner: as AcknowledgeLinks.
  static Result<std::unique_ptr<Answering>> create(const std::string& directory, const LiveConfig& config,
                                                   const Clock& clock, history::AlertHistory* history);

  Answering(AcknowledgeLinks made, std::unique_ptr<serve::UsedLinks> used_links, const Clock& clock,
            history::AlertHistory* history)
      : links(std::move(made)),
        used_of(std::move(used_links)),
        used(*used_of),
        answers(clock, history == nullptr ? nullptr : &history->answers()) {}

  AcknowledgeLinks links;
  const std::unique_ptr<serve::UsedLinks> used_of;
  serve::UsedLinks& used;
  AnswerTally tally;
  AnswerBook answers;
};

}  // namespace sonde::app
