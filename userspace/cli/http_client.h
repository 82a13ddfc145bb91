#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "base/result.h"
#include "cli/types.h"

namespace sonde::cli {

struct HttpLimits {
  std::chrono::milliseconds timeout{5000};  ///< from name lookup to the last byte
  std::size_t body_bytes = 16U << 20U;
};

/// Asks the daemon, without proxies or redirects, and waits for the whole answer.
/// errors: kIo if nothing or something else answers, kNotFound for 404, kBadInput for other refusals, kLimit.
/// threads: any.
Result<std::string> http_get(const DaemonAddress& address, const std::string& path_and_query,
                             const HttpLimits& limits = {});

}  // namespace sonde::cli
