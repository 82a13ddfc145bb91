#pragma once

#include <cstddef>
#include <span>

#include "cli/verbs.h"

namespace sonde::cli {

inline constexpr std::size_t kAlertsVerbCount = 10;

/// Of them, those that order something of an incident: they have one Command in common.
inline constexpr std::size_t kOrderVerbCount = 8;

/// `sonde alerts ...`, in the order of the help.
std::span<const VerbSpec> alerts_verbs();

}  // namespace sonde::cli
