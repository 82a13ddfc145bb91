#pragma once

#include <cstddef>
#include <span>

#include "cli/verbs.h"

namespace sonde::cli {

inline constexpr std::size_t kNotifyVerbCount = 2;

/// `sonde notify ...`, in the order of the help.
std::span<const VerbSpec> notify_verbs();

}  // namespace sonde::cli
