#pragma once

#include <cstddef>
#include <span>

#include "cli/verbs.h"

namespace sonde::cli {

inline constexpr std::size_t kRoutesVerbCount = 3;

/// `sonde routes ...`, in the order of the help.
std::span<const VerbSpec> routes_verbs();

}  // namespace sonde::cli
