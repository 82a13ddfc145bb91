#pragma once

#include <memory>

#include "notify/mail_client.h"

namespace sonde::notify {

/// MailClient over libcurl: verifies TLS, and sends neither a message nor a password in the clear unless the channel
/// says so.
class CurlMailClient final : public MailClient {
 public:
  /// errors: kUnsupported if libcurl cannot start.
  [[nodiscard]] static Result<std::unique_ptr<CurlMailClient>> create();

  [[nodiscard]] MailOutcome send(const MailRequest& request) override;

 private:
  CurlMailClient() = default;
};

}  // namespace sonde::notify
