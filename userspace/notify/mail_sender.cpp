#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "notify/mail_answer.h"
#include "notify/mail_message.h"
#include "notify/sender_kinds.h"

namespace sonde::notify {
namespace {

class MailSender final : public Sender {
 public:
  MailSender(const Email& to, const SenderParts& parts)
      : to_(to), mail_(parts.transports.mail), timeout_(parts.timeout) {}

  Attempt send(const Outgoing& outgoing) override {
    std::vector<std::string> recipients = outgoing.remaining;
    if (recipients.empty()) {
      for (const Mailbox& mailbox : to_.to) recipients.push_back(mailbox.address);
    }
    const MailRequest request{to_, recipients, mail_message(to_, outgoing), timeout_};
    Attempt attempt = judge_mail(mail_.send(request), recipients);
    attempt.receipt.id = message_id(outgoing);
    return attempt;
  }

  /// It has the same Message-ID, which few programs look at.
  [[nodiscard]] bool is_idempotent() const override { return false; }

 private:
  const Email& to_;
  MailClient& mail_;
  const std::chrono::nanoseconds timeout_;
};

}  // namespace

std::unique_ptr<Sender> new_sender(const Email& to, const SenderParts& parts) {
  return std::make_unique<MailSender>(to, parts);
}

}  // namespace sonde::notify
