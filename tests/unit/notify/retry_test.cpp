#include "notify/retry.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace sonde::notify {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr WallTime kNow{1'800'000'000s};  // Fri, 15 Jan 2027 08:00:00 GMT

struct StatusRow {
  int status;
  Outcome outcome;
};

TEST(Judge, sorts_statuses_into_delivered_worth_retrying_pausing_and_refused) {
  for (const StatusRow& row :
       {StatusRow{200, Outcome::kDelivered}, StatusRow{202, Outcome::kDelivered}, StatusRow{204, Outcome::kDelivered},
        StatusRow{301, Outcome::kRefused}, StatusRow{302, Outcome::kRefused}, StatusRow{400, Outcome::kRefused},
        StatusRow{403, Outcome::kRefused}, StatusRow{404, Outcome::kRefused}, StatusRow{410, Outcome::kRefused},
        StatusRow{413, Outcome::kRefused}, StatusRow{408, Outcome::kRetry}, StatusRow{425, Outcome::kRetry},
        StatusRow{429, Outcome::kPause}, StatusRow{500, Outcome::kRetry}, StatusRow{503, Outcome::kRetry}}) {
    const Attempt attempt = judge_http(HttpReply{row.status, "", std::nullopt}, kNow);
    EXPECT_EQ(attempt.outcome, row.outcome) << row.status;
    EXPECT_EQ(attempt.error.empty(), row.outcome == Outcome::kDelivered) << row.status;
  }
}

TEST(Judge, retries_the_network_but_not_a_url_that_can_never_work) {
  const HttpFailure before{Error{Code::kIo, "no"}};
  const HttpFailure after{Error{Code::kIo, "no"}, true};
  EXPECT_EQ(judge_http(before, kNow).outcome, Outcome::kRetry);
  EXPECT_FALSE(judge_http(before, kNow).may_have_arrived);
  EXPECT_EQ(judge_http(after, kNow).outcome, Outcome::kRetry);
  EXPECT_TRUE(judge_http(after, kNow).may_have_arrived) << "the request had left";
  EXPECT_EQ(judge_http(HttpFailure{Error{Code::kBadConfig, "no"}}, kNow).outcome, Outcome::kRefused);
}

TEST(Judge, pauses_for_as_long_as_a_429_says_or_half_a_minute_or_an_hour_at_most) {
  const auto wait = [](std::optional<std::string> header) {
    return judge_http(HttpReply{429, "", std::move(header)}, kNow).wait;
  };
  EXPECT_EQ(wait("7"), 7s);
  EXPECT_EQ(wait(std::nullopt), 30s);
  EXPECT_EQ(wait("soon"), 30s);
  EXPECT_EQ(wait("86400"), 1h);
  EXPECT_EQ(judge_http(HttpReply{503, "", "7"}, kNow).wait, 7s);
  EXPECT_EQ(judge_http(HttpReply{503, "", std::nullopt}, kNow).wait, std::nullopt);
}

TEST(Judge, knows_that_a_gateway_without_an_answer_may_have_passed_it_on) {
  EXPECT_TRUE(judge_http(HttpReply{504, "", std::nullopt}, kNow).may_have_arrived);
  EXPECT_FALSE(judge_http(HttpReply{500, "", std::nullopt}, kNow).may_have_arrived);
}

TEST(Judge, does_not_take_a_login_page_for_the_answer_of_an_api) {
  const HttpReply page{200, "\n <!DOCTYPE html><title>Sign in</title>", std::nullopt};
  EXPECT_EQ(judge_api(page, kNow).outcome, Outcome::kRetry);
  EXPECT_NE(judge_api(page, kNow).error.find("login page"), std::string::npos);
  EXPECT_EQ(judge_http(page, kNow).outcome, Outcome::kDelivered) << "whoever takes a webhook may answer as it likes";
  EXPECT_EQ(judge_api(HttpReply{200, "ok", std::nullopt}, kNow).outcome, Outcome::kDelivered);
  EXPECT_EQ(judge_api(HttpReply{204, "", std::nullopt}, kNow).outcome, Outcome::kDelivered);
}

TEST(RetryAfter, is_seconds_or_a_date) {
  const std::optional<nanoseconds> nothing;
  struct Row {
    const char* text;
    std::optional<nanoseconds> wait;
  };
  for (const Row& row : {Row{"30", 30s}, Row{"0", 0s}, Row{"Fri, 15 Jan 2027 08:01:30 GMT", 90s},
                         Row{"Friday, 15-Jan-27 08:01:30 GMT", 90s}, Row{"Fri Jan 15 08:01:30 2027", 90s},
                         Row{"Fri, 15 Jan 2027 07:00:00 GMT", 0s}, Row{"99999999999", std::chrono::hours{24 * 365}},
                         Row{"-1", nothing}, Row{"soon", nothing}, Row{"", nothing}, Row{"1.5 apples", nothing}}) {
    EXPECT_EQ(parse_retry_after(row.text, kNow), row.wait) << row.text;
  }
}

TEST(Backoff, doubles_up_to_the_longest_give_or_take_a_fifth) {
  NotifyOptions options;
  options.first_retry = 1s;
  options.longest_retry = 5min;
  EXPECT_EQ(backoff(options, 1, 0.5), 1s);
  EXPECT_EQ(backoff(options, 2, 0.5), 2s);
  EXPECT_EQ(backoff(options, 9, 0.5), 256s);
  EXPECT_EQ(backoff(options, 10, 0.5), 5min);
  EXPECT_EQ(backoff(options, 4'000'000'000U, 0.5), 5min);
  EXPECT_EQ(backoff(options, 4, 0), 6400ms);
  EXPECT_LT(backoff(options, 4, 0.999), 9600ms);
  EXPECT_GT(backoff(options, 4, 0.999), 9500ms);
}

}  // namespace
}  // namespace sonde::notify
