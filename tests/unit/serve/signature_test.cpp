#include "serve/signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "serve/base64url.h"

namespace sonde::serve {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// The example of Slack's own documentation.
const std::string kSecret = "8f742231b10e8888abcd99yyyzzz85a5";
const std::string kTimestamp = "1531420618";
const std::string kSignature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
const std::string kBody =
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&"
    "user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
    "%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a1"
    "4d10d2c447fce8b6703c";
const WallTime kThen{1'531'420'618s};

struct SlackRow {
  const char* name;
  std::string signature = kSignature;
  std::string timestamp = kTimestamp;
  std::string body = kBody;
  std::vector<std::string> secrets = {kSecret};
  WallTime now = kThen;
  const char* fault = nullptr;
};

class SlackCase : public testing::TestWithParam<SlackRow> {};

TEST_P(SlackCase, is_judged) {
  const SlackRow& row = GetParam();
  const auto checked = check_slack_signature({row.signature, row.timestamp}, row.body, row.secrets, row.now);
  ASSERT_EQ(checked.has_value(), row.fault == nullptr);
  if (row.fault == nullptr) return;
  EXPECT_EQ(checked.error().code, Code::kPermission);
  EXPECT_THAT(checked.error().what, HasSubstr(row.fault));
}

INSTANTIATE_TEST_SUITE_P(
    Signatures, SlackCase,
    testing::Values(SlackRow{.name = "true_one"}, SlackRow{.name = "of_one_of_two", .secrets = {"another", kSecret}},
                    SlackRow{.name = "five_minutes_old", .now = kThen + 5min},
                    SlackRow{.name = "five_minutes_ahead", .now = kThen - 5min},
                    SlackRow{.name = "older", .now = kThen + 301s, .fault = "five minutes"},
                    SlackRow{.name = "further_ahead", .now = kThen - 301s, .fault = "five minutes"},
                    SlackRow{.name = "of_another_body", .body = kBody + "x", .fault = "not that of this body"},
                    SlackRow{.name = "of_another_time", .timestamp = "1531420619", .fault = "not that of this body"},
                    SlackRow{.name = "of_another_secret", .secrets = {"another"}, .fault = "not that of this body"},
                    SlackRow{.name = "without_secrets", .secrets = {}, .fault = "not that of this body"},
                    SlackRow{.name = "empty", .signature = "", .fault = "not that of this body"},
                    SlackRow{.name = "cut", .signature = kSignature.substr(0, 40), .fault = "not that of this body"},
                    SlackRow{
                        .name = "without_version", .signature = kSignature.substr(3), .fault = "not that of this body"},
                    SlackRow{.name = "no_time", .timestamp = "", .fault = "missing"},
                    SlackRow{.name = "words_for_time", .timestamp = "now", .fault = "no number"},
                    SlackRow{.name = "time_with_a_rest", .timestamp = kTimestamp + " ", .fault = "no number"},
                    SlackRow{.name = "time_beyond_all", .timestamp = "99999999999999999999", .fault = "no number"},
                    SlackRow{.name = "least_time", .timestamp = "-9223372036854775808", .fault = "five minutes"},
                    SlackRow{.name = "most_time", .timestamp = "9223372036854775807", .fault = "five minutes"}),
    [](const auto& row) { return row.param.name; });

// printf '{"a":1}' | openssl dgst -sha256 -hmac pd-secret
const std::string kPagerDuty = "v1=6993d5d98f05234a4e130bb06ea42b9a74cad3cfff6d36798fd7d57382cc48f3";

struct PagerDutyRow {
  const char* name;
  std::string signatures;
  std::string body = R"({"a":1})";
  bool is_true = false;
};

class PagerDutyCase : public testing::TestWithParam<PagerDutyRow> {};

TEST_P(PagerDutyCase, is_judged) {
  const std::vector<std::string> secrets{"pd-secret", "other"};
  const auto checked = check_pagerduty_signature(GetParam().signatures, GetParam().body, secrets);
  ASSERT_EQ(checked.has_value(), GetParam().is_true);
  if (!checked) {
    EXPECT_EQ(checked.error().code, Code::kPermission);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Signatures, PagerDutyCase,
    testing::Values(PagerDutyRow{.name = "true_one", .signatures = kPagerDuty, .is_true = true},
                    PagerDutyRow{.name = "second", .signatures = "v1=00," + kPagerDuty, .is_true = true},
                    PagerDutyRow{.name = "first", .signatures = kPagerDuty + ", v1=00", .is_true = true},
                    PagerDutyRow{.name = "after_a_blank", .signatures = "v1=00, " + kPagerDuty, .is_true = true},
                    PagerDutyRow{.name = "of_another_body", .signatures = kPagerDuty, .body = R"({"a":2})"},
                    PagerDutyRow{.name = "of_another_version", .signatures = "v2" + kPagerDuty.substr(2)},
                    PagerDutyRow{.name = "cut", .signatures = kPagerDuty.substr(0, 20)},
                    PagerDutyRow{.name = "empty", .signatures = ""},
                    PagerDutyRow{.name = "commas", .signatures = ",,,,,,,,,,,,,,"},
                    PagerDutyRow{.name = "behind_too_many", .signatures = ",,,,,,,,,,,," + kPagerDuty}),
    [](const auto& row) { return row.param.name; });

TEST(Base64Url, has_one_spelling_for_each_text) {
  for (const std::string& text : {std::string(), std::string("f"), std::string("fo"), std::string("foo"),
                                  std::string("\xff\xfe\xfd"), std::string("\0\1", 2)}) {
    const auto back = decode_base64url(encode_base64url(text));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, text);
  }
  EXPECT_EQ(encode_base64url("\xfb\xff"), "-_8");
  for (const char* wrong : {"-_9", "A", "Zg==", "Z g", "+/8", "Zm9vY"}) EXPECT_FALSE(decode_base64url(wrong)) << wrong;
}

}  // namespace
}  // namespace sonde::serve
