#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "unit/protocol/tape.h"

namespace sonde::protocol {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const std::string kUntilClose = "HTTP/1.0 200 OK\r\n\r\nhello";

struct Row {
  const char* name;
  std::vector<Move> moves;
  std::int32_t socket_error;
  bool closed;
  std::vector<std::string> titles;
};

class EndCase : public testing::TestWithParam<Row> {};

TEST_P(EndCase, of_a_connection_settles_what_was_in_flight) {
  Tape tape;
  tape.play(GetParam().moves).end(100, GetParam().socket_error, GetParam().closed);
  EXPECT_EQ(tape.titles, GetParam().titles);
  EXPECT_EQ(tape.lost(), 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Connections, EndCase,
    testing::Values(
        Row{"a_close_ends_a_response_without_length",
            {in(kGet, 10), out(kUntilClose, 20)},
            0,
            true,
            {"server GET /a 200"}},
        Row{"so_does_the_servers_fin", {in(kGet, 10), out(kUntilClose, 20)}, 0, false, {"server GET /a 200"}},
        Row{"but_not_the_clients_fin", {out(kGet, 10), in(kUntilClose, 20)}, 0, false, {}},
        Row{"a_coding_other_than_chunked_ends_at_the_close",
            {in(kGet, 10), out("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nxx", 20)},
            0,
            true,
            {"server GET /a 200"}},
        Row{"a_reset_is_an_error_even_there",
            {in(kGet, 10), out(kUntilClose, 20)},
            ECONNRESET,
            true,
            {"server GET /a 200 connection_reset"}},
        Row{"closed_before_any_response",
            {in(kGet + kGet, 10)},
            0,
            true,
            {"server GET /a 0 connection_closed", "server GET /a 0 connection_closed"}},
        Row{"reset_before_any_response", {in(kGet, 10)}, ECONNRESET, true, {"server GET /a 0 connection_reset"}},
        Row{"timed_out", {out(kGet, 10)}, ETIMEDOUT, true, {"client GET /a 0 timeout"}},
        Row{"unreachable", {out(kGet, 10)}, EHOSTUNREACH, true, {"client GET /a 0 timeout"}},
        Row{"closed_in_the_middle",
            {in(kGet, 10), out(kOk.substr(0, 41), 20)},
            0,
            true,
            {"server GET /a 200 connection_closed"}},
        Row{"closed_in_the_middle_of_an_upload",
            {in("PUT /a HTTP/1.1\r\nContent-Length: 9\r\n\r\nab", 10)},
            0,
            true,
            {"server PUT /a 0 connection_closed"}},
        Row{"closed_between_exchanges", {in(kGet, 10), out(kOk, 20)}, ECONNRESET, true, {"server GET /a 200"}}),
    [](const auto& row) { return row.param.name; });

TEST(End, knows_when_the_last_byte_moved_and_when_the_failure_came) {
  Tape whole;
  whole.play({in(kGet, 10), out(kUntilClose, 20), hidden(out("more", 30))}).end(100);
  EXPECT_THAT(whole.lines, ElementsAre("server GET /a 200 start=10 queue=0 first=10 took=20 asked=28 answered=28"));
  Tape broken;
  broken.play({in("PUT /a HTTP/1.1\r\nContent-Length: 9\r\n\r\nab", 10)}).end(100, ECONNRESET);
  EXPECT_THAT(broken.lines,
              ElementsAre("server PUT /a 0 connection_reset start=10 queue=0 first=0 took=90 asked=40 answered=0"));
}

TEST(BadResponse, is_an_error_of_the_exchange) {
  for (const std::string bytes : {"SSH-2.0-x\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 abc\r\n\r\n",
                                  "HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nab"}) {
    Tape tape;
    tape.play({in(kGet, 10), out(bytes, 20)});
    ASSERT_EQ(tape.titles.size(), 1u) << bytes;
    EXPECT_THAT(tape.titles[0], HasSubstr("bad_response"));
    EXPECT_EQ(tape.lost(), 0u);
  }
  Tape chunks;
  chunks.play({in(kGet, 10), out("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 20)});
  EXPECT_THAT(chunks.titles, ElementsAre("server GET /a 200 bad_response"));
}

TEST(Joined, in_the_middle_it_reports_no_part_of_a_message_and_counts_none) {
  Tape tape(decode::Side::kUnknown);
  tape.play({out("lo wor", 5), in("user=x&y=z", 6), out(kOk, 8), out("ld", 9), in(kGet, 10), out(kOk, 20)});
  EXPECT_THAT(tape.titles, ElementsAre("server GET /a 200"));
  EXPECT_EQ(tape.lost(), 0u);
}

TEST(Joined, with_another_protocol_it_says_nothing) {
  Tape tape;
  tape.play({in("Q\0\0\0\x1cSELECT 1", 5), out("T\0\0\0", 6), in("EHLO me\r\n", 7), out("250 ok\r\n", 8),
             in("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 9), in("GET foo\r\n", 10)});
  tape.end(50);
  EXPECT_THAT(tape.titles, ElementsAre());
  EXPECT_EQ(tape.lost(), 0u);
  EXPECT_EQ(tape.table.coverage().understood_bytes, 0u);
  EXPECT_GT(tape.table.coverage().total_bytes, 50u);
}

TEST(Gap, gives_up_what_is_in_flight_and_goes_on_with_the_next_message) {
  Tape tape;
  tape.play({in(kGet, 10), out(kOk, 20), in(kGet + kGet, 30)}).lose_record();
  tape.play(out(kOk, 40)).together(in(kGet, 50), out(kOk, 60));
  EXPECT_THAT(tape.titles, ElementsAre("server GET /a 200", "server GET /a 200"));
  EXPECT_THAT(tape.lines[1], HasSubstr("start=50"));
  EXPECT_EQ(tape.lost(ProtocolLoss::kRecordGap), 1u);
  EXPECT_EQ(tape.lost(ProtocolLoss::kUnansweredRequest), 2u);
  EXPECT_EQ(tape.lost(ProtocolLoss::kUnmatchedResponse), 1u);
}

TEST(Gap, before_the_end_leaves_no_error_behind) {
  Tape tape;
  tape.play(in(kGet, 10)).lose_record().end(50, ECONNRESET);
  EXPECT_THAT(tape.titles, ElementsAre());
  EXPECT_EQ(tape.lost(ProtocolLoss::kUnansweredRequest), 1u);
}

TEST(LateRecord, is_read_only_if_its_bytes_are_not_behind) {
  decode::TrafficSeen late;
  late.cookie = Tape::kCookie;
  late.sequence = 1;
  late.segments[0] = {decode::Direction::kInbound, 0, kGet.size(), kernel_time(5), kernel_time(5), kGet};
  late.segment_count = 1;
  Tape behind;
  behind.lose_record().play({in(kGet, 10), out(kOk, 20)}).send(late).together(in(kGet, 30), out(kOk, 40));
  EXPECT_THAT(behind.titles, ElementsAre("server GET /a 200", "server GET /a 200"));
  Tape ahead;
  ahead.lose_record().play(in(kGet, 10));
  late.segments[0].offset_bytes = kGet.size();
  ahead.send(late).play(out(kOk + kOk, 20));
  EXPECT_EQ(ahead.titles.size(), 2u);
}

TEST(Truncated, request_head_is_still_a_request) {
  Tape tape;
  const std::string big = "GET /big?q HTTP/1.1\r\nCookie: " + std::string(3000, 'c') + "\r\n\r\n";
  for (std::uint64_t at = 10; at < 40; at += 10) tape.play(captured(in(big, at), 1024)).play(out(kOk, at + 5));
  EXPECT_THAT(tape.titles, ElementsAre("server GET /big 200", "server GET /big 200", "server GET /big 200"));
  EXPECT_THAT(tape.lines[2], HasSubstr("took=5 asked=3033"));
  EXPECT_EQ(tape.lost(), 0u);
}

TEST(Truncated, request_line_is_counted_and_costs_no_other_exchange) {
  Tape tape;
  const std::string big = "GET /" + std::string(3000, 'p') + " HTTP/1.1\r\n\r\n";
  tape.play(captured(in(big, 10), 1024)).play(out(kOk, 20)).together(in(kGet, 30), out(kOk, 40));
  EXPECT_THAT(tape.titles, ElementsAre("server GET /a 200"));
  EXPECT_THAT(tape.lines[0], HasSubstr("start=30"));
  EXPECT_EQ(tape.lost(ProtocolLoss::kHeadTruncated), 1u);
  EXPECT_EQ(tape.lost(), 1u);
}

TEST(Truncated, response_head_with_a_length_ends_when_that_much_went_by) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nCookie: " + std::string(600, 'c') + "\r\n\r\n";
  Tape at_once;
  at_once.together(in(kGet, 10), captured(out(head + std::string(100, 'x'), 20), 512));
  EXPECT_THAT(at_once.titles, ElementsAre("server GET /a 200"));
  Tape later;
  later.together(in(kGet, 10), captured(out(head, 20), 600)).hint();
  EXPECT_EQ(later.titles.size(), 0u);
  later.play(hidden(out(std::string(100, 'x'), 30))).hint().together(in(kGet, 50), out(kOk, 60));
  EXPECT_THAT(later.titles, ElementsAre("server GET /a 200", "server GET /a 200"));
  EXPECT_THAT(later.lines[0], HasSubstr("took=20"));
  EXPECT_EQ(later.lost(), 0u);
}

TEST(Truncated, response_head_without_a_length_ends_at_the_next_response_or_in_silence) {
  const std::string big = "HTTP/1.1 200 OK\r\nCookie: " + std::string(600, 'c') + "\r\nContent-Length: 1\r\n\r\nx";
  Tape tape;
  for (std::uint64_t at = 10; at < 40; at += 10) tape.together(in(kGet, at), captured(out(big, at + 3), 512));
  EXPECT_THAT(tape.titles, ElementsAre("server GET /a 200", "server GET /a 200"));
  EXPECT_THAT(tape.lines[1], HasSubstr("start=20 queue=0 first=3 took=3"));
  const auto keep = [&tape](const Exchange& e, const ConnectionContext&) { tape.titles.emplace_back(e.path); };
  tape.table.end_silent(kernel_time(1'000'000'032), keep);
  EXPECT_EQ(tape.titles.size(), 2u);
  tape.table.end_silent(kernel_time(1'000'000'033), keep);
  EXPECT_EQ(tape.titles.size(), 3u);
  EXPECT_EQ(tape.table.waiting_connections(), 0u);
  EXPECT_EQ(tape.lost(), 0u);
}

TEST(Truncated, pipeline_loses_what_is_out_of_sight_and_counts_it) {
  Tape tape;
  std::string batch, answers;
  for (int i = 0; i < 10; ++i) batch += kGet;
  for (int i = 0; i < 10; ++i) answers += kOk;
  tape.play(captured(in(batch, 10), 100)).play(out(answers, 20)).together(in(kGet, 30), out(kOk, 40));
  EXPECT_EQ(tape.titles.size() + tape.lost(), 11u);
  EXPECT_THAT(tape.lines.back(), HasSubstr("start=30 queue=0 first=10 took=10"));
}

TEST(Truncated, answers_to_a_pipeline_are_never_given_to_the_wrong_request) {
  Tape tape;
  tape.play(in(kGet + kGet + kGet, 10)).play(captured(out(kOk + kOk + kOk, 20), 50));
  tape.together(in(kGet, 30), out(kOk, 40));
  EXPECT_THAT(tape.titles, ElementsAre("server GET /a 200", "server GET /a 200"));
  EXPECT_THAT(tape.lines[1], HasSubstr("start=30"));
  EXPECT_EQ(tape.lost(ProtocolLoss::kHeadTruncated), 2u);
}

TEST(Hidden, response_is_counted_and_not_mistaken_for_the_next) {
  Tape tape;
  tape.play(in(kGet, 10)).play(hidden(out(kOk, 20))).together(in(kGet, 30), out(kOk, 40));
  EXPECT_THAT(tape.titles, ElementsAre("server GET /a 200"));
  EXPECT_THAT(tape.lines[0], HasSubstr("start=30"));
  EXPECT_EQ(tape.lost(ProtocolLoss::kHeadTruncated), 1u);
}

TEST(Malformed, bytes_between_messages_are_counted_once) {
  Tape tape;
  tape.play({in(kGet, 10), out(kOk, 20), in("\x16\x03\x01 what is this", 30), in("and this", 35), in(kGet, 40),
             out(kOk, 50)});
  EXPECT_THAT(tape.titles, ElementsAre("server GET /a 200", "server GET /a 200"));
  EXPECT_EQ(tape.lost(ProtocolLoss::kMalformed), 1u);
  EXPECT_EQ(tape.lost(), 1u);
}

TEST(Unmatched, response_nobody_asked_for_is_counted) {
  Tape tape;
  tape.play({in(kGet, 10), out(kOk, 20), out("HTTP/1.1 408 Request Timeout\r\n\r\n", 30)}).end(40);
  EXPECT_EQ(tape.titles.size(), 1u);
  EXPECT_EQ(tape.lost(ProtocolLoss::kUnmatchedResponse), 1u);
}

TEST(Unmatched, response_seen_before_its_request_does_not_shift_the_ones_after_it) {
  Tape tape(decode::Side::kClient);
  tape.play({out(kGet, 10), in(kOk, 20), in(kOk, 30), out(kGet, 31)});
  tape.play({out(kGet, 40), in(kOk, 50), out(kGet, 60), in(kOk, 70)});
  EXPECT_EQ(tape.titles.size(), 3u);
  EXPECT_THAT(tape.lines[2], HasSubstr("start=60"));
  EXPECT_EQ(tape.lost(), 1u);
}

TEST(Pending, more_requests_than_are_kept_are_counted_and_their_responses_skipped) {
  Tape tape;
  for (int i = 0; i < 300; ++i) tape.play(in(kGet, 10));
  for (int i = 0; i < 300; ++i) tape.play(out(kOk, 20));
  for (int i = 0; i < 300; ++i) tape.together(in(kGet, 30), out(kOk, 40));
  EXPECT_EQ(tape.titles.size(), 256u + 300u);
  EXPECT_THAT(tape.lines.back(), HasSubstr("start=30"));
  EXPECT_EQ(tape.lost(ProtocolLoss::kTooManyPending), 44u);
  EXPECT_EQ(tape.lost(), 44u);
}

}  // namespace
}  // namespace sonde::protocol
