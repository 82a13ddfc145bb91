#pragma once

#include <string>

#include "base/result.h"
#include "cli/alert_answers.h"
#include "cli/notes.h"
#include "cli/types.h"

namespace sonde::cli {

/// A line for each incident of an answer of /api/sonde/v1/incidents.  errors: throws what JSON does.
std::string render_incidents(const AnswerJson& answer, bool colour);

/// Everything about one incident, then what has happened to it.  errors: throws what JSON does.
std::string render_incident(const AnswerJson& incident, const AnswerJson& timeline, bool colour);

/// `incident 12 is acknowledged by ann until 2026-03-01T14:32:10Z`.  errors: throws what JSON does.
std::string tell_incident(const AnswerJson& incident);

/// The body of an order.
std::string order_body(const AlertsOrderCommand& command);

/// Each asks the daemon and prints what it answers.  errors: of ask_alerting and of the stream.
Result<> run_alerts_list(const AlertsListCommand& command, const AnswerStreams& streams = {});
Result<> run_alerts_show(const AlertsShowCommand& command, const AnswerStreams& streams = {});
Result<> run_alerts_order(const AlertsOrderCommand& command, const AnswerStreams& streams = {});

}  // namespace sonde::cli
