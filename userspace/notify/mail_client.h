#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"
#include "notify/types.h"

namespace sonde::notify {

/// One message for a mail server.
struct MailRequest {
  const Email& server;                  ///< owner: the caller
  std::vector<std::string> recipients;  ///< addresses
  std::string message;                  ///< RFC 5322, lines end in CRLF
  std::chrono::nanoseconds timeout = std::chrono::seconds{10};
};

/// One answer of a mail server.  shape: code 0 if none came.
struct SmtpReply {
  int code = 0;
  std::string text{};  ///< its last line without the code

  bool operator==(const SmtpReply&) const = default;
};

/// How far a message came.
struct MailOutcome {
  std::vector<SmtpReply> recipients{};  ///< of each recipient, in their order
  SmtpReply message{};                  ///< of the message itself: 2xx, and the server has it
  SmtpReply last{};                     ///< the last answer before the attempt ended
  bool body_sent = false;               ///< the whole message had left
  std::string failure{};                ///< why it ended early, without a secret; empty if it did not
};

/// The edge to mail servers.
class MailClient {
 public:
  virtual ~MailClient() = default;

  /// Hands a message over to a server. A recipient that is refused does not keep it from the others.
  /// threads: any.
  [[nodiscard]] virtual MailOutcome send(const MailRequest& request) = 0;
};

}  // namespace sonde::notify
