#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "notify/mail_client.h"

namespace sonde::notify {

/// Follows what client and server say to each other (RFC 5321), and keeps which answer belongs to which command.
class SmtpTranscript {
 public:
  /// Of a message to so many recipients.
  explicit SmtpTranscript(std::size_t recipients) { outcome_.recipients.reserve(recipients); }

  /// A command, or some of one: only its first word is looked at, and none is kept.
  void sent(std::string_view bytes);

  /// Bytes of the server, cut anywhere.
  void received(std::string_view bytes);

  /// True once the server has said what becomes of the message.
  [[nodiscard]] bool is_answered() const { return outcome_.message.code != 0; }

  [[nodiscard]] const MailOutcome& outcome() const { return outcome_; }

 private:
  enum class Asked : std::uint8_t { kOther, kRecipient, kData, kMessage, kQuit };

  void take_line(std::string_view line);
  void take_reply(const SmtpReply& reply);

  MailOutcome outcome_;
  Asked asked_ = Asked::kOther;  // before the first command, the greeting
  std::string line_;
};

}  // namespace sonde::notify
