#pragma once

#include <cstddef>
#include <span>

#include "cli/verbs.h"

namespace sonde::cli {

inline constexpr std::size_t kRulesVerbCount = 7;

/// `sonde rules ...`, in the order of the help.
std::span<const VerbSpec> rules_verbs();

}  // namespace sonde::cli
