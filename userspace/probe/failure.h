#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "probe/types.h"

namespace sonde::probe {

/// How far an attempt came.
enum class Reached : std::uint8_t { kNothing, kResolved, kConnected, kSecured, kAnswered };

/// What libcurl knows of an attempt that failed.
struct Failure {
  int code = 0;  ///< a CURLcode
  Reached reached = Reached::kNothing;
  int os_error = 0;        ///< errno of connect(2); 0: none
  long verify_result = 0;  ///< X509_STORE_CTX_get_error(3); 0: the chain is fine
  std::chrono::nanoseconds timeout{0};
  std::string host;
};

/// Why an attempt failed, in plain words: "connection refused", "the certificate has expired".
std::string describe(const Failure& failure);

}  // namespace sonde::probe
