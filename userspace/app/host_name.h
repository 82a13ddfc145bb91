#pragma once

#include <string>

namespace sonde::app {

/// What this host calls itself (gethostname(2)); "localhost" if it does not say.
std::string host_name();

}  // namespace sonde::app
