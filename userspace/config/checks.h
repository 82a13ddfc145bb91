#pragma once

#include "config/fault_log.h"
#include "config/types.h"

namespace sonde::config {

/// Compares values that must agree with each other. A fault stands at a key that the file gives; keys that could not
/// be read are left alone, since they have their fault.
void check_agreement(const Config& config, FaultLog& log);

}  // namespace sonde::config
