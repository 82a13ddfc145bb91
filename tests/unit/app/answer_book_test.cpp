#include "app/answer_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>

#include "support/fake_clock.h"
#include "unit/history/history_place.h"

namespace sonde::app {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

serve::HttpRequest request(const std::string& key, const std::string& body = "{}", const std::string& user = "") {
  serve::HttpRequest made{"POST", "/incidents/1/resolve", {}};
  made.idempotency_key = key;
  made.body = body;
  made.user = user;
  return made;
}

class Answers : public testing::Test {
 protected:
  serve::HttpResponse ask(const serve::HttpRequest& asked, unsigned status = 200) {
    return book_.answer(
        asked, [&](const serve::HttpRequest&) { return serve::text_response(status, std::to_string(++calls_)); });
  }

  test::FakeClock clock_;
  AnswerBook book_{clock_, nullptr, {.keep = 24h, .max_answers = 3, .max_bytes = 1000}};
  int calls_ = 0;
};

TEST_F(Answers, are_given_once_more_for_the_same_request) {
  EXPECT_EQ(*ask(request("k")).body, "1");
  EXPECT_EQ(*ask(request("k")).body, "1");
  EXPECT_EQ(calls_, 1);
  EXPECT_EQ(*ask(request("other")).body, "2");
}

TEST_F(Answers, without_a_key_are_made_each_time) {
  ask(request(""));
  ask(request(""));
  EXPECT_EQ(calls_, 2);
  EXPECT_EQ(book_.size(), 0u);
}

TEST_F(Answers, are_refused_to_another_request_with_the_same_key) {
  ask(request("k"));
  const auto refused = ask(request("k", R"({"note":"x"})"));
  EXPECT_EQ(refused.status, 422u);
  EXPECT_THAT(*refused.body, HasSubstr("Idempotency-Key"));
  serve::HttpRequest other_version = request("k");
  other_version.if_match = "\"2\"";
  EXPECT_EQ(ask(other_version).status, 422u);
  EXPECT_EQ(calls_, 1);
}

TEST_F(Answers, are_each_users_own) {
  EXPECT_EQ(*ask(request("k", "{}", "ann")).body, "1");
  EXPECT_EQ(*ask(request("k", "{}", "ben")).body, "2");
}

TEST_F(Answers, of_refusals_are_kept_and_of_failures_are_not) {
  EXPECT_EQ(ask(request("a"), 409).status, 409u);
  EXPECT_EQ(ask(request("a"), 200).status, 409u);
  EXPECT_EQ(ask(request("b"), 500).status, 500u);
  EXPECT_EQ(ask(request("b"), 200).status, 200u);
}

TEST_F(Answers, are_kept_for_a_day) {
  ask(request("k"));
  clock_.advance(23h);
  EXPECT_EQ(*ask(request("k")).body, "1");
  clock_.advance(1h);
  EXPECT_EQ(*ask(request("k")).body, "2");
}

TEST_F(Answers, make_room_for_newer_ones) {
  for (const char* key : {"a", "b", "c", "d"}) ask(request(key));
  EXPECT_EQ(book_.size(), 3u);
  EXPECT_EQ(*ask(request("d")).body, "4");
  EXPECT_EQ(*ask(request("a")).body, "5");
}

TEST_F(Answers, take_no_more_memory_than_they_may) {
  book_.answer(request("long"), [](const auto&) { return serve::text_response(200, std::string(2000, 'x')); });
  EXPECT_EQ(book_.size(), 0u);
  ask(request("k"));
  EXPECT_EQ(book_.size(), 1u);
}

TEST_F(Answers, of_a_request_that_still_runs_are_no_second_run) {
  const auto outer = book_.answer(request("k"), [&](const serve::HttpRequest&) { return ask(request("k")); });
  EXPECT_EQ(outer.status, 409u);
  EXPECT_EQ(calls_, 0);
}

TEST_F(Answers, of_a_handler_that_throws_are_tried_again) {
  EXPECT_THROW(book_.answer(request("k"),
                            [](const serve::HttpRequest&) -> serve::HttpResponse { throw std::runtime_error("no"); }),
               std::runtime_error);
  EXPECT_EQ(*ask(request("k")).body, "1");
}

class AnswersOverRestarts : public testing::Test {
 protected:
  /// A process of its own.
  serve::HttpResponse ask(const serve::HttpRequest& asked, unsigned status = 200) {
    const auto history = place_.open();
    AnswerBook book(clock_, &history->answers(), {.keep = 24h, .max_answers = 3, .max_bytes = 1000});
    return book.answer(asked, [&](const serve::HttpRequest&) {
      auto made = serve::text_response(status, std::to_string(++calls_));
      made.headers = {{"ETag", "\"7\""}};
      return made;
    });
  }

  const history::HistoryPlace place_;
  test::FakeClock clock_;
  int calls_ = 0;
};

TEST_F(AnswersOverRestarts, A10_are_the_first_one) {
  ask(request("k"), 409);
  const auto again = ask(request("k"));
  EXPECT_EQ(again.status, 409u);
  EXPECT_EQ(*again.body, "1");
  EXPECT_EQ(again.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(again.headers, (serve::HttpResponse{.body = {}, .headers = {{"ETag", "\"7\""}}}).headers);
  EXPECT_EQ(ask(request("k", "{}", "ben")).status, 200u);
  EXPECT_EQ(ask(request("k", R"({"note":"x"})")).status, 422u);
  EXPECT_EQ(calls_, 2);
}

TEST_F(AnswersOverRestarts, are_kept_for_a_day_and_gone_from_the_disk_with_the_next_one) {
  ask(request("k"));
  clock_.advance(23h);
  EXPECT_EQ(*ask(request("k")).body, "1");
  clock_.advance(1h);
  EXPECT_EQ(*ask(request("k")).body, "2");
  clock_.advance(25h);
  ask(request("other"));
  EXPECT_EQ(*place_.other_connection().ask_number("SELECT count(*) FROM kept_answer"), 1);
}

TEST_F(AnswersOverRestarts, of_the_past_are_bounded) {
  for (const char* key : {"a", "b", "c", "d"}) {
    ask(request(key));
    clock_.advance(1s);
  }
  EXPECT_EQ(*ask(request("d")).body, "4");
  EXPECT_EQ(*ask(request("a")).body, "5");
}

TEST_F(AnswersOverRestarts, are_no_older_than_they_are_where_the_clock_was_set_back) {
  ask(request("k"));
  clock_.step_wall(-1h);
  EXPECT_EQ(*ask(request("k")).body, "1");
}

TEST_F(AnswersOverRestarts, of_failures_are_not_kept) {
  ask(request("k"), 500);
  EXPECT_EQ(*ask(request("k")).body, "2");
}

TEST_F(Answers, have_keys_of_some_length_at_most) { EXPECT_EQ(ask(request(std::string(300, 'k'))).status, 400u); }

}  // namespace
}  // namespace sonde::app
