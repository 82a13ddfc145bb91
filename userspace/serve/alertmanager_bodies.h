#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/types.h"
#include "base/clock.h"
#include "base/result.h"
#include "store/types.h"

namespace sonde::serve {

/// The alerts of a body that are sound, and what is wrong with the others.
struct AlertBatch {
  std::vector<alerts::ExternalAlert> alerts;
  std::vector<std::string> faults;
};

/// Reads what is posted to Alertmanager's /api/v2/alerts. Times that are missing are filled in as its
/// api/v2/api.go does: an alert without an end fires for `resolve_timeout`, unless it is told again. Labels without a
/// value are dropped.
/// errors: kBadInput for a body of another shape; what is wrong with an alert's content is told among the faults.
Result<AlertBatch> parse_alerts(std::string_view body, WallTime now, std::chrono::nanoseconds resolve_timeout);

/// What is posted to /api/v2/silences.
struct PostedSilence {
  std::string id;  ///< empty: a new one
  std::vector<store::Matcher> matchers;
  std::optional<WallTime> starts_at;
  WallTime ends_at;
  std::string author;
  std::string comment;
};

/// errors: kBadInput, with the place.
Result<PostedSilence> parse_silence(std::string_view body);

}  // namespace sonde::serve
