#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/types.h"
#include "base/program.h"

namespace sonde::app {

/// Of what a program writes so much is kept, and so much of it stands in the timeline.
inline constexpr std::size_t kKeptOutputBytes = 64U << 10U;
inline constexpr std::size_t kShownOutputBytes = 4U << 10U;

/// Between asking a program to end and ending it.
inline constexpr std::chrono::seconds kRemedyGrace{5};

/// What a program wrote as text that anybody can read: UTF-8 (RFC 3629) of lines without control characters, at most
/// `max_bytes` of it; what is cut off leaves an ellipsis.
std::string readable_output(std::string_view output, std::size_t max_bytes);

/// What is started for an order, with the incident as JSON for its input.
ProgramOrder program_of(const alerts::RemedyOrder& order);

/// How it ended.
alerts::RemedyOutcome outcome_of(const ProgramOutcome& ended);

/// The same in words: "exit code 1".
std::string words_of(const ProgramOutcome& ended, const alerts::RemedyRule& rule);

/// The line of the timeline about its end, with what it wrote.
alerts::TimelineEntry end_line(const alerts::RemedyRun& run, const alerts::Moment& at);

}  // namespace sonde::app
