#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/protocol/tape.h"

namespace sonde::protocol {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const std::string kTooLong = " /" + std::string(2000, 'p') + " HTTP/1.1\r\n\r\n";

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\n\r\n"; }

TEST(Pipeline, keeps_its_order_while_it_grows_and_shrinks) {
  Tape tape;
  tape.play({in(get("/1") + get("/2"), 10), out(kOk, 20), in(get("/3") + get("/4") + get("/5"), 30)});
  tape.play({out(kOk + kOk, 40), in(get("/6"), 50), out(kOk + kOk, 60), out(kOk, 70)});
  EXPECT_THAT(tape.titles, ElementsAre("server GET /1 200", "server GET /2 200", "server GET /3 200",
                                       "server GET /4 200", "server GET /5 200", "server GET /6 200"));
}

TEST(Pipeline, starts_the_clock_of_each_request_with_its_own_segment) {
  Tape tape;
  tape.play({in(get("/1"), 10), in(get("/2"), 30, 25), out(kOk, 40), out(kOk, 60)});
  EXPECT_THAT(tape.lines[0], HasSubstr("start=10 queue=0 first=30 took=30"));
  EXPECT_THAT(tape.lines[1], HasSubstr("start=25 queue=5 first=35 took=35"));
}

TEST(LostRequest, leaves_its_response_to_nobody_else) {
  Tape tape;
  tape.play({captured(in("POST" + kTooLong, 10), 1024), in(get("/a"), 20), out(kOk, 30), out(kOk, 40)});
  EXPECT_THAT(tape.titles, ElementsAre("server GET /a 200"));
  EXPECT_THAT(tape.lines[0], HasSubstr("start=20 queue=0 first=20 took=20"));
  EXPECT_EQ(tape.lost(), 1u);
}

TEST(LostRequest, whose_response_breaks_off_says_nothing_about_the_next) {
  Tape tape;
  tape.play({captured(in("POST" + kTooLong, 10), 1024), in(get("/a"), 20), out(kOk.substr(0, 40), 30)}).end(50);
  EXPECT_THAT(tape.titles, ElementsAre("server GET /a 0 connection_closed"));
}

TEST(LostRequest, that_was_a_head_makes_no_error_of_the_response_it_swallows) {
  const std::string head_answer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
  Tape in_one_call;
  in_one_call.play({captured(in("HEAD" + kTooLong, 10), 1024), in(get("/a"), 20), out(head_answer + kOk, 30)});
  in_one_call.together(in(get("/b"), 40), out(kOk, 50));
  EXPECT_THAT(in_one_call.titles, ElementsAre("server GET /b 200"));
  EXPECT_EQ(in_one_call.lost(), 2u);
  Tape in_two;
  in_two.play({captured(in("HEAD" + kTooLong, 10), 1024), in(get("/a"), 20), out(head_answer, 30), out(kOk, 35)});
  in_two.together(in(get("/b"), 40), out(kOk, 50));
  EXPECT_THAT(in_two.titles, ElementsAre("server GET /b 200"));
  EXPECT_EQ(in_two.lost(), 3u);
}

TEST(Hint, that_is_ahead_of_the_next_response_does_not_hide_it) {
  Tape ahead;
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
  ahead.play(in(get("/a") + get("/b"), 10)).play(out(head, 20));
  decode::TrafficSeen hint;
  hint.cookie = Tape::kCookie;
  hint.before[1] = {head.size() + 10 + kOk.size(), kernel_time(40), 0};
  ahead.send(hint).play(hidden(out("0123456789", 30))).play(out(kOk, 40));
  EXPECT_THAT(ahead.titles, ElementsAre("server GET /a 200", "server GET /b 200"));
  EXPECT_EQ(ahead.lost(), 0u);
}

TEST(Gap, in_the_middle_of_a_head_counts_nothing_twice) {
  Tape tape;
  tape.play({in(get("/a"), 10), out(kOk, 20), in("GET /b HTT", 30)})
      .lose_record()
      .play(hidden(in("P/1.1\r\n\r\n", 31)));
  tape.together(in(get("/c"), 40), out(kOk, 50));
  EXPECT_THAT(tape.titles, ElementsAre("server GET /a 200", "server GET /c 200"));
  EXPECT_EQ(tape.lost(), 1u);
}

TEST(Joined, in_the_middle_with_a_response_out_of_sight_it_counts_the_request) {
  Tape tape(decode::Side::kUnknown);
  tape.play(in(get("/a"), 10)).play(hidden(out(kOk, 20))).together(in(get("/b"), 30), out(kOk, 40));
  EXPECT_THAT(tape.titles, ElementsAre("server GET /b 200"));
  EXPECT_EQ(tape.lost(ProtocolLoss::kHeadTruncated), 1u);
}

TEST(Truncated, response_head_that_ends_a_little_early_does_no_harm) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nCookie: " + std::string(800, 'c') + "\r\n\r\n";
  Tape tape;
  tape.together(in(get("/a"), 10), captured(out(head + std::string(50, 'x'), 20), 600));
  tape.play(hidden(out(std::string(50, 'x'), 30))).together(in(get("/b"), 40), out(kOk, 50));
  EXPECT_THAT(tape.titles, ElementsAre("server GET /a 200", "server GET /b 200"));
  EXPECT_EQ(tape.lost(), 0u);
}

}  // namespace
}  // namespace sonde::protocol
