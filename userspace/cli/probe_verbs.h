#pragma once

#include <cstddef>
#include <span>

#include "cli/verbs.h"

namespace sonde::cli {

inline constexpr std::size_t kProbeVerbCount = 2;

/// `sonde probe ...`, in the order of the help.
std::span<const VerbSpec> probe_verbs();

}  // namespace sonde::cli
