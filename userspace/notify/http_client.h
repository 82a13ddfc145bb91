#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "notify/types.h"

namespace sonde::notify {

struct HttpHeader {
  std::string name;
  std::string value;
};

struct HttpPost {
  std::string url;  ///< a secret
  std::string content_type = "application/json";
  std::string body;
  std::vector<HttpHeader> headers{};  ///< besides Content-Type; secrets
  HttpOptions http{};
  std::chrono::nanoseconds timeout = std::chrono::seconds{10};
};

struct HttpReply {
  int status = 0;
  std::string body;                        ///< its first 64 KiB
  std::optional<std::string> retry_after;  ///< the header as it came
};

/// Why there is no answer.
struct HttpFailure {
  Error error;             ///< kBadConfig if it can never work, kIo for everything of the network; without the URL
  bool body_sent = false;  ///< the whole request had left: it may have been acted upon
};

using HttpOutcome = Expected<HttpReply, HttpFailure>;

/// The edge to the network.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  /// Sends and waits for the answer; any status is an answer. So is a redirect, unless the request follows them.
  /// threads: any.
  [[nodiscard]] virtual HttpOutcome post(const HttpPost& request) = 0;
};

}  // namespace sonde::notify
