#pragma once

#include <string_view>

#include "base/result.h"
#include "capture/types.h"

namespace sonde::config {

/// Adds one of `port:8080`, `pid:123`, `cgroup:/sys/fs/cgroup/DIRECTORY`, `process:nginx` to the filter, as in
/// targets.only and `--only`. An item that is already there is not added again.
/// errors: kBadInput, saying what is allowed; the filter stays as it was.
Result<> parse_target(std::string_view item, capture::TargetFilter& into);

}  // namespace sonde::config
