#include "notify/retry.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace sonde::notify {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr WallTime kNow{1'800'000'000s};  // Fri, 15 Jan 2027 08:00:00 GMT

struct StatusRow {
  int status;
  Outcome outcome;
};

TEST(Judge, sorts_statuses_into_delivered_worth_retrying_and_refused) {
  for (const StatusRow& row :
       {StatusRow{200, Outcome::kDelivered}, StatusRow{202, Outcome::kDelivered}, StatusRow{204, Outcome::kDelivered},
        StatusRow{301, Outcome::kRefused}, StatusRow{302, Outcome::kRefused}, StatusRow{400, Outcome::kRefused},
        StatusRow{403, Outcome::kRefused}, StatusRow{404, Outcome::kRefused}, StatusRow{410, Outcome::kRefused},
        StatusRow{413, Outcome::kRefused}, StatusRow{408, Outcome::kRetry}, StatusRow{425, Outcome::kRetry},
        StatusRow{429, Outcome::kRetry}, StatusRow{500, Outcome::kRetry}, StatusRow{503, Outcome::kRetry}}) {
    const Attempt attempt = judge(HttpReply{row.status, "", std::nullopt}, ChannelKind::kWebhook, kNow);
    EXPECT_EQ(attempt.outcome, row.outcome) << row.status;
    EXPECT_EQ(attempt.error.empty(), row.outcome == Outcome::kDelivered) << row.status;
  }
}

TEST(Judge, retries_the_network_but_not_a_url_that_can_never_work) {
  EXPECT_EQ(judge(Error{Code::kIo, "no"}, ChannelKind::kSlack, kNow).outcome, Outcome::kRetry);
  EXPECT_EQ(judge(Error{Code::kBadConfig, "no"}, ChannelKind::kSlack, kNow).outcome, Outcome::kRefused);
}

TEST(Judge, repeats_the_one_word_slack_says_and_nothing_that_could_hold_the_url) {
  const auto error = [](ChannelKind kind, const std::string& body) {
    return judge(HttpReply{404, body, std::nullopt}, kind, kNow).error;
  };
  EXPECT_NE(error(ChannelKind::kSlack, "no_service").find("HTTP 404 (no_service); check"), std::string::npos);
  const std::string bare = error(ChannelKind::kSlack, "");
  EXPECT_EQ(error(ChannelKind::kSlack, "/services/T0/B0/secret not found"), bare);
  EXPECT_EQ(error(ChannelKind::kSlack, "SECRET0"), bare);
  EXPECT_EQ(error(ChannelKind::kWebhook, "no_service"), bare);
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

TEST(Backoff, doubles_up_to_the_longest_and_jitter_takes_at_most_half) {
  NotifyOptions options;
  options.first_retry = 1s;
  options.longest_retry = 5min;
  EXPECT_EQ(backoff(options, 1, 0), 1s);
  EXPECT_EQ(backoff(options, 2, 0), 2s);
  EXPECT_EQ(backoff(options, 9, 0), 256s);
  EXPECT_EQ(backoff(options, 10, 0), 5min);
  EXPECT_EQ(backoff(options, 4'000'000'000U, 0), 5min);
  EXPECT_EQ(backoff(options, 3, 0.5), 3s);
  EXPECT_GT(backoff(options, 3, 0.999), 2s);
}

}  // namespace
}  // namespace sonde::notify
