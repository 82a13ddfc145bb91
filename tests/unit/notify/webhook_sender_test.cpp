#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/hmac.h"
#include "notify/digest.h"
#include "support/fake_transports.h"
#include "support/sample_notification.h"

namespace sonde::notify {
namespace {

using namespace std::chrono_literals;

std::map<std::string, std::string> headers_of(const HttpPost& post) {
  std::map<std::string, std::string> headers;
  for (const HttpHeader& header : post.headers) headers[header.name] = header.value;
  return headers;
}

/// RFC 4231, test case 2; FIPS 180-2, B.1.
TEST(Digest, is_what_the_standards_say) {
  EXPECT_EQ(hmac_sha256_hex("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, names_a_delivery_the_same_each_time_and_no_other_alike) {
  const std::string id = delivery_id(firing(), "hub");
  EXPECT_EQ(id.size(), 32u);
  EXPECT_EQ(delivery_id(firing(), "hub"), id);
  EXPECT_NE(delivery_id(firing(), "ops"), id);
  EXPECT_NE(delivery_id(resolved(), "hub"), id);
  Notification raised = firing();
  raised.reason = "severity raised";
  EXPECT_NE(delivery_id(raised, "hub"), id);
}

class WebhookSenderTest : public testing::Test {
 protected:
  HttpPost sent_by(const Webhook& webhook, unsigned attempt = 1) {
    const Channel channel{"hub", webhook};
    const Notification notification = firing();
    Outgoing outgoing = first_attempt(notification);
    outgoing.attempt = attempt;
    EXPECT_EQ(make_sender(channel, fake.all(), 1s)->send(outgoing).outcome, Outcome::kDelivered);
    return fake.http.sent.back();
  }

  FakeTransports fake;
};

TEST_F(WebhookSenderTest, P18_keeps_the_id_over_attempts_and_counts_them) {
  const auto first = headers_of(sent_by({.url = "http://hub/"}, 1));
  const auto second = headers_of(sent_by({.url = "http://hub/"}, 2));
  EXPECT_EQ(first.at("Idempotency-Key"), second.at("Idempotency-Key"));
  EXPECT_EQ(first.at("X-Sonde-Attempt"), "1");
  EXPECT_EQ(second.at("X-Sonde-Attempt"), "2");
  EXPECT_FALSE(first.contains("Authorization") || first.contains("X-Sonde-Signature"));
}

TEST_F(WebhookSenderTest, P18_signs_time_and_body_with_every_secret) {
  const HttpPost post = sent_by({.url = "http://hub/", .token = "t0", .signing_secrets = {"new", "old"}});
  const auto headers = headers_of(post);
  EXPECT_EQ(headers.at("Authorization"), "Bearer t0");
  EXPECT_EQ(headers.at("X-Sonde-Timestamp"), "1800000000");
  const std::string text = "1800000000:" + post.body;
  EXPECT_EQ(headers.at("X-Sonde-Signature"),
            "v1=" + hmac_sha256_hex("new", text) + ",v1=" + hmac_sha256_hex("old", text));
}

TEST(ProgramSender, hands_over_the_message_and_judges_by_the_exit_code) {
  struct Row {
    const char* name;
    Result<ProgramEnd> end;
    Outcome outcome;
    bool may_have_arrived;
    const char* says;
  };
  for (const Row& row :
       {Row{"done", ProgramEnd{.exit_code = 0}, Outcome::kDelivered, false, ""},
        Row{"later", ProgramEnd{.exit_code = 75, .said = "line is busy\nand more"}, Outcome::kRetry, false,
            "exit code 75: line is busy"},
        Row{"refuses", ProgramEnd{.exit_code = 1}, Outcome::kRefused, false, "exit code 1"},
        Row{"crashes", ProgramEnd{.signal = 11}, Outcome::kRetry, true, "signal 11"},
        Row{"hangs", ProgramEnd{}, Outcome::kRetry, true, "killed"},
        Row{"not there", Error{Code::kBadConfig, "start '/x': No such file"}, Outcome::kRefused, false, "No such file"},
        Row{"no memory", Error{Code::kIo, "start '/x': no memory"}, Outcome::kRetry, false, "no memory"}}) {
    FakeTransports fake;
    fake.programs.script = {row.end};
    const Channel channel{"siren", Program{{"/x"}}};
    const Notification notification = with_evidence();
    const Attempt attempt = make_sender(channel, fake.all(), 1s)->send(first_attempt(notification));
    EXPECT_EQ(attempt.outcome, row.outcome) << row.name;
    EXPECT_EQ(attempt.may_have_arrived, row.may_have_arrived) << row.name;
    EXPECT_NE(attempt.error.find(row.says), std::string::npos) << row.name << ": " << attempt.error;
    const auto message = nlohmann::json::parse(fake.programs.inputs.at(0));
    EXPECT_EQ(message.at("version"), "4");
    EXPECT_EQ(message.at("receiver"), "siren");
    EXPECT_EQ(message.at("headline"), "FIRING critical: HighErrorRate on checkout");
    EXPECT_EQ(message.at("may_be_repeat"), false);
    EXPECT_EQ(message.at("id").get<std::string>().size(), 32u);
  }
}

}  // namespace
}  // namespace sonde::notify
