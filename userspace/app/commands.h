#pragma once

#include "cli/types.h"

namespace sonde::app {

/// Each runs one verb and returns the exit code: 0 ok, 1 a negative answer or a failure that was told, 2 a word
/// of the command line that means nothing here, and of the verbs of alerting 3: no daemon answers.
int run(const cli::RunCommand& command);
int run(const cli::CheckCommand& command);
int run(const cli::DoctorCommand& command);
int run(const cli::TopCommand& command);
int run(const cli::QueryCommand& command);
int run(const cli::SeriesCommand& command);
int run(const cli::EventsCommand& command);
int run(const cli::RulesCheckCommand& command);
int run(const cli::RulesListCommand& command);
int run(const cli::RulesExplainCommand& command);
int run(const cli::RulesTestCommand& command);
int run(const cli::RulesBacktestCommand& command);
int run(const cli::RulesExportCommand& command);
int run(const cli::RulesParametersCommand& command);
int run(const cli::ProbeListCommand& command);
int run(const cli::ProbeRunCommand& command);
int run(const cli::RoutesCheckCommand& command);
int run(const cli::RoutesShowCommand& command);
int run(const cli::RoutesTestCommand& command);
int run(const cli::OncallNowCommand& command);
int run(const cli::OncallWhoCommand& command);
int run(const cli::OncallPreviewCommand& command);
int run(const cli::OncallExportCommand& command);
int run(const cli::OncallOverrideCommand& command);
int run(const cli::NotifyListCommand& command);
int run(const cli::NotifyTestCommand& command);
int run(const cli::AlertsListCommand& command);
int run(const cli::AlertsShowCommand& command);
int run(const cli::AlertsOrderCommand& command);
int run(const cli::IncidentReviewCommand& command);
int run(const cli::IncidentReportCommand& command);
int run(const cli::SilenceAddCommand& command);
int run(const cli::SilenceListCommand& command);
int run(const cli::SilenceExpireCommand& command);
int run(const cli::SilencePreviewCommand& command);
int run(const cli::DeliveriesListCommand& command);
int run(const cli::DeliveriesRetryCommand& command);
int run(const cli::VersionCommand& command);

}  // namespace sonde::app
