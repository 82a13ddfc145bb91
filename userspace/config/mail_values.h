#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "notify/types.h"

namespace sonde::config {

/// Where a mail server listens.
struct MailServer {
  std::string host;  ///< a name, an IPv4 address, or an IPv6 address without brackets
  std::uint16_t port = 587;
  bool is_implicit_tls = false;  ///< smtps://; of a smarthost: port 465
};

/// Reads `smtp://HOST`, `smtps://HOST` or either with a port.  errors: kBadInput, never repeating the text.
Result<MailServer> parse_mail_server(std::string_view text);

/// Reads `user@example.com` or `Name <user@example.com>`.  errors: kBadInput, never repeating the text.
Result<notify::Mailbox> parse_mailbox(std::string_view text);

/// Reads HOST:PORT as Alertmanager's smarthost, where the port may have a name, such as smtp.
/// errors: kBadInput, never repeating the text.
Result<MailServer> parse_smarthost(std::string_view text);

/// Reads mailboxes with commas between them, at least one.  errors: kBadInput, never repeating the text.
Result<std::vector<notify::Mailbox>> parse_mailboxes(std::string_view text);

}  // namespace sonde::config
