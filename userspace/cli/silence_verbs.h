#pragma once

#include <cstddef>
#include <span>

#include "cli/verbs.h"

namespace sonde::cli {

inline constexpr std::size_t kSilenceVerbCount = 4;

/// `sonde silence ...`, in the order of the help.
std::span<const VerbSpec> silence_verbs();

}  // namespace sonde::cli
