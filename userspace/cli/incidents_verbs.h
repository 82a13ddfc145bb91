#pragma once

#include <cstddef>
#include <span>

#include "cli/verbs.h"

namespace sonde::cli {

inline constexpr std::size_t kIncidentsVerbCount = 4;

/// Of them, those that are the same as of `sonde alerts`.
inline constexpr std::size_t kSharedVerbCount = 2;

/// `sonde incidents ...`, in the order of the help.
std::span<const VerbSpec> incidents_verbs();

}  // namespace sonde::cli
