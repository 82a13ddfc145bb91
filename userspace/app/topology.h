#pragma once

#include <cstdint>
#include <vector>

#include "alerts/types.h"
#include "rules/language.h"

namespace sonde::app {

/// Whom the services of this host are clients of, as their TCP connections say: each destination as ADDRESS:PORT, and
/// the service that listens on its port if the address is one of this host's.
std::vector<alerts::Dependency> find_dependencies(const rules::Language& language, std::int64_t at_ms);

}  // namespace sonde::app
