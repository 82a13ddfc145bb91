#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/result.h"
#include "config/types.h"

// What verbs have in common.
namespace sonde::app {

/// On standard output, with a newline at its end.
void print(const std::string& text);

/// Says on standard error why, and returns the exit code.
int fail(const std::string& why);

/// The same for faults, a line each, that `place` has so many of.
int fail_with(const std::string& faults, const std::string& place, std::size_t count);

/// The configuration of a file, or the defaults without one.  errors: kBadConfig with all faults.
Result<config::Config> load_config(const std::optional<std::string>& path);

}  // namespace sonde::app
