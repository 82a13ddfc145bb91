#pragma once

#include <cstddef>
#include <span>

#include "cli/verbs.h"

namespace sonde::cli {

inline constexpr std::size_t kOncallVerbCount = 5;

/// `sonde oncall ...`, in the order of the help.
std::span<const VerbSpec> oncall_verbs();

}  // namespace sonde::cli
