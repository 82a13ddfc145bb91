#include "notify/mail_answer.h"

#include <vector>

#include "notify/several.h"
#include "notify/wording.h"

namespace sonde::notify {
namespace {

bool is_yes(int code) { return code >= 200 && code < 300; }
bool is_final_no(int code) { return code >= 500 && code < 600; }

std::string words_of(const SmtpReply& reply) {
  constexpr std::size_t kLongestText = 200;
  return "SMTP " + std::to_string(reply.code) + (reply.text.empty() ? "" : " " + shorten(reply.text, kLongestText));
}

/// RFC 4954, 6: the server wants other credentials, or some.
std::string remedy(const SmtpReply& reply) {
  const bool is_about_login = reply.code == 530 || reply.code == 534 || reply.code == 535 || reply.code == 538;
  return is_about_login ? "; check the channel's user and password" : "";
}

Attempt no(const SmtpReply& reply) {
  return {.outcome = is_final_no(reply.code) ? Outcome::kRefused : Outcome::kRetry,
          .error = words_of(reply) + remedy(reply)};
}

/// It ended before anything was said of this recipient or of the message.
Attempt unanswered(const MailOutcome& outcome) {
  const bool said_no = outcome.last.code >= 400;
  if (said_no) return no(outcome.last);
  return {.error = outcome.failure.empty() ? "the mail server said nothing" : outcome.failure,
          .may_have_arrived = outcome.body_sent};
}

Attempt judge(const MailOutcome& outcome, std::size_t index) {
  const SmtpReply recipient = index < outcome.recipients.size() ? outcome.recipients[index] : SmtpReply{};
  if (recipient.code != 0 && !is_yes(recipient.code)) return no(recipient);
  if (recipient.code == 0 || outcome.message.code == 0) return unanswered(outcome);
  if (!is_yes(outcome.message.code)) return no(outcome.message);
  return {.outcome = Outcome::kDelivered, .receipt = {"", "", words_of(outcome.message)}};
}

}  // namespace

Attempt judge_mail(const MailOutcome& outcome, std::span<const std::string> recipients) {
  std::vector<TargetAttempt> attempts;
  for (std::size_t i = 0; i < recipients.size(); ++i) attempts.push_back({recipients[i], judge(outcome, i)});
  return combine(attempts);
}

}  // namespace sonde::notify
