#include "notify/mail_answer.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "notify/smtp_transcript.h"
#include "support/fake_transports.h"
#include "support/sample_notification.h"

namespace sonde::notify {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> kThree{"a@x", "b@x", "c@x"};
const SmtpReply kYes{250, "2.0.0 Ok: queued as 7"};

TEST(JudgeMail, M01_does_not_fail_the_others_over_one_refused_recipient) {
  const Attempt attempt =
      judge_mail({.recipients = {kYes, {550, "5.1.1 no such person"}, kYes}, .message = kYes, .last = kYes}, kThree);
  EXPECT_EQ(attempt.outcome, Outcome::kDelivered);
  EXPECT_EQ(attempt.error, "b@x: SMTP 550 5.1.1 no such person");
  EXPECT_EQ(attempt.receipt.reply, "SMTP 250 2.0.0 Ok: queued as 7");
  EXPECT_TRUE(attempt.remaining.empty());
}

TEST(JudgeMail, tries_again_for_those_alone_who_are_put_off) {
  const Attempt attempt = judge_mail(
      {.recipients = {kYes, {450, "greylisted"}, {550, "no"}}, .message = kYes, .last = kYes, .body_sent = true},
      kThree);
  EXPECT_EQ(attempt.outcome, Outcome::kRetry);
  EXPECT_EQ(attempt.remaining, std::vector<std::string>{"b@x"});
  EXPECT_FALSE(attempt.may_have_arrived);
}

TEST(JudgeMail, is_delivered_with_the_answer_to_the_message_whatever_comes_after) {
  const Attempt attempt = judge_mail(
      {.recipients = {kYes}, .message = kYes, .last = kYes, .body_sent = true, .failure = "Timeout was reached"},
      std::vector<std::string>{"a@x"});
  EXPECT_EQ(attempt.outcome, Outcome::kDelivered);
  EXPECT_EQ(attempt.error, "");
}

TEST(JudgeMail, M05_may_have_arrived_if_the_connection_is_cut_after_the_message) {
  const std::vector<std::string> one{"a@x"};
  const MailOutcome cut{.recipients = {kYes}, .last = {354, "go on"}, .body_sent = true, .failure = "cut"};
  EXPECT_EQ(judge_mail(cut, one).outcome, Outcome::kRetry);
  EXPECT_TRUE(judge_mail(cut, one).may_have_arrived);
  const MailOutcome before{.recipients = {}, .last = {220, "hi"}, .failure = "cut"};
  EXPECT_EQ(judge_mail(before, one).outcome, Outcome::kRetry);
  EXPECT_FALSE(judge_mail(before, one).may_have_arrived);
}

TEST(JudgeMail, takes_the_servers_word_for_whether_to_try_again) {
  const std::vector<std::string> one{"a@x"};
  const auto after = [&](int code) {
    return judge_mail({.recipients = {}, .last = {code, "words"}, .failure = "Login denied"}, one);
  };
  EXPECT_EQ(after(421).outcome, Outcome::kRetry);
  EXPECT_EQ(after(454).outcome, Outcome::kRetry);
  EXPECT_EQ(after(554).outcome, Outcome::kRefused);
  EXPECT_EQ(after(535).outcome, Outcome::kRefused);
  EXPECT_EQ(after(535).error, "SMTP 535 words; check the channel's user and password");
  const MailOutcome later{.recipients = {kYes}, .message = {451, "later"}, .last = {451, "later"}};
  EXPECT_EQ(judge_mail(later, one).outcome, Outcome::kRetry);
  const MailOutcome never{.recipients = {kYes}, .message = {552, "too large"}, .last = {552, "too large"}};
  EXPECT_EQ(judge_mail(never, one).outcome, Outcome::kRefused);
}

TEST(MailSender, sends_again_to_those_who_are_left_under_the_same_id) {
  FakeTransports fake;
  Email email{.host = "mail.test"};
  email.to = {{"", "a@x"}, {"", "b@x"}};
  const Channel channel{"team", email};
  fake.mail.script = {{.recipients = {kYes, {450, "later"}}, .message = kYes, .last = kYes}};
  const auto sender = make_sender(channel, fake.all(), 1s);
  const Notification notification = firing();
  Outgoing outgoing = first_attempt(notification);
  const Attempt first = sender->send(outgoing);
  outgoing.remaining = first.remaining;
  const Attempt second = sender->send(outgoing);
  EXPECT_EQ(second.outcome, Outcome::kDelivered);
  EXPECT_EQ(fake.mail.recipients.at(0), (std::vector<std::string>{"a@x", "b@x"}));
  EXPECT_EQ(fake.mail.recipients.at(1), std::vector<std::string>{"b@x"});
  EXPECT_EQ(fake.mail.messages.at(0), fake.mail.messages.at(1));
  EXPECT_EQ(first.receipt.id, second.receipt.id);
  EXPECT_EQ(second.receipt.id, "<0123456789abcdef0123456789abcdef@web-1>");
}

/// What a client says stands behind `C: `, what a server says behind `S: `.
MailOutcome follow(const std::vector<std::string>& lines) {
  SmtpTranscript transcript(2);
  for (const std::string& line : lines) {
    const std::string text = line.substr(3) + "\r\n";
    if (line.starts_with("C: ")) {
      transcript.sent(text);
    } else {
      transcript.received(text.substr(0, 2));
      transcript.received(text.substr(2));
    }
  }
  return transcript.outcome();
}

TEST(SmtpTranscript, finds_the_answer_to_each_recipient_and_to_the_message) {
  const MailOutcome outcome =
      follow({"S: 220 mail.test", "C: EHLO web-1", "S: 250-mail.test", "S: 250-SIZE 100", "S: 250 AUTH PLAIN",
              "C: AUTH PLAIN AGEAYg==", "S: 235 ok", "C: MAIL FROM:<s@x>", "S: 250 ok", "C: RCPT TO:<a@x>",
              "S: 250 yes", "C: RCPT TO:<b@x>", "S: 550-5.1.1 no", "S: 550 5.1.1 at all", "C: DATA", "S: 354 go on",
              "S: 250 2.0.0 queued", "C: QUIT", "S: 421 bye"});
  EXPECT_EQ(outcome.recipients, (std::vector<SmtpReply>{{250, "yes"}, {550, "5.1.1 at all"}}));
  EXPECT_EQ(outcome.message, (SmtpReply{250, "2.0.0 queued"}));
  EXPECT_EQ(outcome.last, (SmtpReply{250, "2.0.0 queued"}));
}

TEST(SmtpTranscript, knows_the_last_word_of_a_server_that_ends_it_early) {
  EXPECT_EQ(follow({"S: 554 go away"}).last.code, 554);
  EXPECT_EQ(follow({"S: 220 hi", "C: EHLO a", "S: 250 ok", "C: AUTH PLAIN AA==", "S: 535 no"}).last.code, 535);
  const MailOutcome refused = follow(
      {"S: 220 hi", "C: MAIL FROM:<s@x>", "S: 250 ok", "C: RCPT TO:<a@x>", "S: 550 no", "C: QUIT", "S: 221 bye"});
  EXPECT_EQ(refused.last.code, 250) << "of the session: what was said of a recipient is not about the others";
  EXPECT_EQ(refused.recipients.at(0).code, 550);
}

TEST(SmtpTranscript, takes_a_refusal_of_data_for_one_of_the_message) {
  const MailOutcome outcome = follow({"C: RCPT TO:<a@x>", "S: 250 yes", "C: DATA", "S: 554 no valid recipients"});
  EXPECT_EQ(outcome.message.code, 554);
}

TEST(SmtpTranscript, passes_over_what_is_no_answer) {
  const MailOutcome outcome = follow({"S: hello", "S: 25", "S: 2x0 no", "S: 250-more", "S: 250 done"});
  EXPECT_EQ(outcome.last, (SmtpReply{250, "done"}));
}

}  // namespace
}  // namespace sonde::notify
