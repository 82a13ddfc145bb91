#pragma once

#include <span>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "cli/alert_answers.h"
#include "cli/notes.h"
#include "cli/types.h"
#include "store/types.h"

namespace sonde::cli {

/// A line for each silence of an answer of /api/v2/silences; those that have expired only if `all`.
/// errors: throws what JSON does.
std::string render_silences(const AnswerJson& silences, bool all, bool colour);

/// What a silence would have held back, of an answer of /api/sonde/v1/silences/preview.  errors: throws what JSON does.
std::string render_preview(const AnswerJson& answer);

using Matchers = std::span<const store::Matcher>;

/// Each asks the daemon and prints what it answers; `matchers` are those of the command, read.
/// errors: of ask_alerting and of the stream.
Result<> run_silence_add(const SilenceAddCommand& command, Matchers matchers, WallTime now,
                         const AnswerStreams& streams = {});
Result<> run_silence_list(const SilenceListCommand& command, const AnswerStreams& streams = {});
Result<> run_silence_expire(const SilenceExpireCommand& command, const AnswerStreams& streams = {});
Result<> run_silence_preview(const SilencePreviewCommand& command, Matchers matchers,
                             const AnswerStreams& streams = {});

}  // namespace sonde::cli
