#pragma once

#include <string>

#include "base/result.h"
#include "cli/alert_answers.h"
#include "cli/notes.h"
#include "cli/types.h"

namespace sonde::cli {

/// `watched until 2026-03-08T14:04:00Z`, of a review of an answer; empty if nobody says that it is fixed.
/// errors: throws what JSON does.
std::string state_of_fix(const AnswerJson& review);

/// `incident 12 is reviewed: noise; fixed: watched until ...`.  errors: throws what JSON does.
std::string tell_review(const AnswerJson& incident);

/// The body of a review.
std::string review_body(const IncidentReviewCommand& command);

/// Tells the daemon, and prints what it answers.  errors: of ask_alerting and of the stream.
Result<> run_incident_review(const IncidentReviewCommand& command, const AnswerStreams& streams = {});

}  // namespace sonde::cli
