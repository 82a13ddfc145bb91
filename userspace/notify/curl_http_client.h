#pragma once

#include <memory>
#include <string>

#include "notify/http_client.h"

namespace sonde::notify {

/// HttpClient over libcurl: verifies TLS unless the channel says otherwise, uses the channel's proxy, or one that the
/// environment names (http_proxy, https_proxy).
class CurlHttpClient final : public HttpClient {
 public:
  /// `user_agent` is what receivers see, such as `sonde/1.2.3`.  errors: kUnsupported if libcurl cannot start.
  [[nodiscard]] static Result<std::unique_ptr<CurlHttpClient>> create(std::string user_agent);

  [[nodiscard]] HttpOutcome post(const HttpPost& request) override;

 private:
  explicit CurlHttpClient(std::string user_agent);

  const std::string user_agent_;
};

}  // namespace sonde::notify
