#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/notes.h"
#include "cli/types.h"

namespace sonde::cli {

/// A probe as the daemon tells it. Texts are safe to print: no control characters.
struct ProbeLine {
  std::string name;
  std::string kind;
  std::string address;
  std::optional<bool> up;
  std::string since;            ///< RFC 3339; empty before there is a state
  std::string reason;           ///< why the last one failed; empty: it did not
  std::string contradicted_by;  ///< what real requests say, if that is the opposite
  std::optional<double> duration_seconds;
  std::array<std::optional<double>, 3> uptime_ratios;  ///< over 1 h, 24 h, 30 d
};

/// Reads the answer of /api/sonde/v1/probes.  errors: kBadInput.
Result<std::vector<ProbeLine>> parse_probes(std::string_view json);

/// A line for each probe, those that are down first, and how many there are.
std::string render_probes(std::span<const ProbeLine> probes);

/// Asks the daemon and prints its probes.  errors: of http_get, parse_probes and the streams.
Result<> run_probe_list(const ProbeListCommand& command, const AnswerStreams& streams = {});

}  // namespace sonde::cli
