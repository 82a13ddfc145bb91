#pragma once

#include <chrono>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "store/database.h"
#include "store/types.h"

namespace sonde::app {

/// What each service side did in the `window` before `now` as far as the store's samples tell, to the nearest sample;
/// by service, the server side first. For windows longer than store::RecentWindows keeps. errors: as Database::select.
Result<std::vector<store::ServiceWindow>> windows_of_store(const store::Database& database,
                                                           std::chrono::nanoseconds window, WallTime now);

}  // namespace sonde::app
