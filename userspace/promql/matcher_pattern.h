#pragma once

#include <string>

#include "base/result.h"
#include "store/types.h"

namespace sonde::promql {

/// Refuses a regular expression that is none; other matchers pass.
/// errors: worded as Go's regexp/syntax does: "error parsing regexp: missing closing ): `...`".
Expected<Ok, std::string> check_pattern(const store::Matcher& matcher);

/// True if it holds for series that do not have the label.
bool matches_empty(const store::Matcher& matcher);

}  // namespace sonde::promql
