#include "app/heartbeat_sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/fake_transports.h"

namespace sonde::app {
namespace {

TEST(HeartbeatSender, it_calls_as_long_as_all_works) {
  notify::FakeHttpClient http;
  HeartbeatSender sender({.url = "http://checks.example/abc"}, http, [] { return std::string(); });
  EXPECT_EQ(sender.call(), "");
  ASSERT_EQ(http.sent.size(), 1u);
  EXPECT_EQ(http.sent[0].url, "http://checks.example/abc");
}

TEST(HeartbeatSender, what_does_not_work_is_said_and_nobody_is_called) {
  notify::FakeHttpClient http;
  HeartbeatSender sender({.url = "http://checks.example/abc"}, http, [] { return std::string("the disk is full"); });
  EXPECT_EQ(sender.call(), "the disk is full");
  EXPECT_TRUE(http.sent.empty());
}

TEST(HeartbeatSender, an_answer_that_is_none_is_said) {
  notify::FakeHttpClient http;
  http.script["http://checks.example/abc"] = {notify::HttpReply{404, "", std::nullopt}};
  HeartbeatSender sender({.url = "http://checks.example/abc"}, http, [] { return std::string(); });
  EXPECT_EQ(sender.call(), "the receiver answers 404");
}

}  // namespace
}  // namespace sonde::app
