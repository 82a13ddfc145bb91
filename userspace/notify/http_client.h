#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/result.h"

namespace sonde::notify {

struct HttpPost {
  std::string url;  ///< a secret
  std::string content_type;
  std::string body;
  std::chrono::nanoseconds timeout = std::chrono::seconds{10};
};

struct HttpReply {
  int status = 0;
  std::string body;                        ///< its first 4 KiB
  std::optional<std::string> retry_after;  ///< the header as it came
};

/// The edge to the network.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  /// Sends and waits for the answer; any status is an answer. Redirects are answers too, they are not followed.
  /// errors: kBadConfig if the URL can never work, kIo for everything of the network; never with the URL in the text.
  /// threads: any.
  [[nodiscard]] virtual Result<HttpReply> post(const HttpPost& request) = 0;
};

}  // namespace sonde::notify
