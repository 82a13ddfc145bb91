#pragma once

#include <cstddef>
#include <span>

#include "cli/verbs.h"

namespace sonde::cli {

inline constexpr std::size_t kDeliveriesVerbCount = 2;

/// `sonde deliveries ...`, in the order of the help.
std::span<const VerbSpec> deliveries_verbs();

}  // namespace sonde::cli
