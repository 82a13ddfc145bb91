#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/protocol/tape.h"

namespace sonde::protocol {
namespace {

using testing::ElementsAre;
using Lines = std::vector<std::string>;

const std::string kGet = "GET /a?secret=1 HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

struct Row {
  const char* name;
  std::vector<Move> moves;
  Lines titles;
};

class ExchangeCase : public testing::TestWithParam<Row> {};

TEST_P(ExchangeCase, is_reported_once_and_nothing_is_lost) {
  Tape tape;
  tape.play(GetParam().moves);
  EXPECT_EQ(tape.titles, GetParam().titles);
  EXPECT_EQ(tape.lost(), 0u);
  EXPECT_EQ(tape.table.waiting_connections(), 0u);
}

std::string request(const std::string& line, const std::string& fields = "", const std::string& body = "") {
  return line + " HTTP/1.1\r\nHost: example.org\r\n" + fields + "\r\n" + body;
}

std::string response(const std::string& status, const std::string& fields = "", const std::string& body = "") {
  return "HTTP/1.1 " + status + "\r\nServer: nginx/1.22.1\r\n" + fields + "\r\n" + body;
}

const std::string kEmpty = response("200 OK", "Content-Length: 0\r\n");

INSTANTIATE_TEST_SUITE_P(
    Http1, ExchangeCase,
    testing::Values(
        Row{"a_request_and_its_response", {in(kGet, 10), out(kOk, 20)}, {"server GET /a 200"}},
        Row{"two_over_one_connection",
            {in(kGet, 10), out(kOk, 20), in(request("DELETE /b"), 30), out(response("204 No Content"), 40)},
            {"server GET /a 200", "server DELETE /b 204"}},
        Row{"a_client", {out(kGet, 10), in(kOk, 20)}, {"client GET /a 200"}},
        Row{"requests_that_do_not_wait_for_the_response",
            {in(kGet + request("HEAD /b") + request("GET /c"), 10),
             out(kOk + response("200 OK", "Content-Length: 99\r\n") +
                     response("404 Not Found", "Content-Length: 0\r\n"),
                 20)},
            {"server GET /a 200", "server HEAD /b 200", "server GET /c 404"}},
        Row{"pipelined_requests_answered_one_by_one",
            {in(kGet + request("PUT /b", "Content-Length: 3\r\n", "abc"), 10), out(kOk, 20), in(request("GET /c"), 25),
             out(kEmpty, 30), out(kOk, 40)},
            {"server GET /a 200", "server PUT /b 200", "server GET /c 200"}},
        Row{"chunks",
            {in(request("POST /a", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n"), 10), in("0\r\n\r\n", 11),
             out(response("200 OK", "Transfer-Encoding: chunked\r\n", "A;x=y\r\n0123456789\r\n"), 20),
             out("1\r\nx\r\n0\r\nDigest: z\r\n\r\n", 30), in(kGet, 40), out(kOk, 50)},
            {"server POST /a 200", "server GET /a 200"}},
        Row{"a_coding_list_that_ends_in_chunked",
            {in(kGet, 10), out(response("200 OK", "Transfer-Encoding: gzip\r\ntransfer-encoding: Chunked\r\n",
                                        "2\r\nab\r\n0\r\n\r\n"),
                               20)},
            {"server GET /a 200"}},
        Row{"a_length_that_a_coding_overrides",
            {in(kGet, 10),
             out(response("200 OK", "Content-Length: 9999\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 20)},
            {"server GET /a 200"}},
        Row{"a_length_said_twice",
            {in(kGet, 10), out(response("200 OK", "Content-Length: 2\r\nContent-Length: 2, 2\r\n", "ab"), 20)},
            {"server GET /a 200"}},
        Row{"a_folded_length",
            {in(kGet, 10), out(response("200 OK", "Content-Length:\r\n  2\r\n", "ab"), 20)},
            {"server GET /a 200"}},
        Row{"bare_line_feeds_and_odd_case",
            {in("POST /a HTTP/1.0\ncontent-LENGTH : 2\n\nab", 10), out("HTTP/1.0 200 \nCONTENT-length:1\n\nx", 20)},
            {"server POST /a 200"}},
        Row{"an_empty_line_before_a_request",
            {in(request("POST /a", "Content-Length: 2\r\n", "ab") + "\r\n", 10), out(kEmpty, 20), in(kGet, 90),
             out(kOk, 95)},
            {"server POST /a 200", "server GET /a 200"}},
        Row{"interim_responses",
            {in(request("POST /a", "Expect: 100-continue\r\nContent-Length: 3\r\n"), 10),
             out("HTTP/1.1 100 Continue\r\n\r\n", 20), in("abc", 30),
             out("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", 40), out(kOk, 50)},
            {"server POST /a 200"}},
        Row{"an_early_refusal_of_an_upload",
            {in(request("POST /up", "Content-Length: 1000\r\n", "abc"), 10),
             out(response("413 Too Large", "Content-Length: 0\r\n"), 20)},
            {"server POST /up 413"}},
        Row{"a_refusal_of_an_unfinished_head",
            {in("GET /slow HTTP/1.1\r\nHost: h\r\n", 10), out(response("408 Timeout", "Content-Length: 0\r\n"), 20)},
            {"server GET /slow 408"}},
        Row{"not_modified_with_a_length",
            {in(kGet, 10), out(response("304 Not Modified", "Content-Length: 5\r\n"), 20), in(kGet, 30), out(kOk, 40)},
            {"server GET /a 304", "server GET /a 200"}},
        Row{"a_websocket",
            {in(request("GET /ws", "Upgrade: websocket\r\nConnection: Upgrade\r\n"), 10),
             out(response("101 Switching Protocols"), 20), in("\x81\x05hello", 30), out(kOk, 40)},
            {"server GET /ws 101 upgraded"}},
        Row{"a_tunnel",
            {in("CONNECT db.internal:5432 HTTP/1.1\r\n\r\n", 10), out("HTTP/1.1 200 Established\r\n\r\n", 20),
             in(kGet, 30), out(kOk, 40)},
            {"server CONNECT  200 upgraded"}},
        Row{"a_refused_tunnel",
            {in("CONNECT db:1 HTTP/1.1\r\n\r\n", 10), out(response("403 No", "Content-Length: 2\r\n", "no"), 20)},
            {"server CONNECT  403"}},
        Row{"a_refused_upgrade",
            {in(request("GET /ws", "Upgrade: websocket\r\n"), 10), out(kOk, 20), in(kGet, 30), out(kOk, 40)},
            {"server GET /ws 200", "server GET /a 200"}},
        Row{"a_method_of_its_own", {in(request("PURGE /x"), 10), out(kEmpty, 20)}, {"server _OTHER /x 200"}},
        Row{"a_request_the_server_must_refuse",
            {in(request("POST /a", "Content-Length: 1\r\nContent-Length: 2\r\n", "ab"), 10),
             out(response("400 Bad Request", "Content-Length: 0\r\n"), 20)},
            {"server POST /a 400"}}),
    [](const auto& row) { return row.param.name; });

TEST(ServerTimes, begin_when_the_request_arrives_and_end_with_the_last_byte) {
  Tape tape;
  tape.play({in(request("POST /a", "Content-Length: 3\r\n"), 130, 100), in("abc", 140, 135)});
  tape.play(out("HTTP/1.1 100 Continue\r\n\r\n", 145));
  tape.play(out(response("200 OK", "Content-Length: 6\r\n", "abc"), 150)).play(hidden(out("def", 170)));
  EXPECT_THAT(tape.lines, ElementsAre());
  EXPECT_EQ(tape.table.waiting_connections(), 1u);
  tape.hint();
  EXPECT_THAT(tape.lines, ElementsAre("server POST /a 200 start=100 queue=30 first=50 took=70 asked=61 answered=91"));
  EXPECT_EQ(tape.table.waiting_connections(), 0u);
}

TEST(ClientTimes, begin_when_the_request_is_sent_and_end_when_the_last_byte_is_read) {
  Tape tape(decode::Side::kClient);
  tape.together(out(kGet, 100), in(kOk, 190, 150));
  EXPECT_THAT(tape.lines, ElementsAre("client GET /a 200 start=100 queue=0 first=50 took=90 asked=37 answered=43"));
}

TEST(KeepAlive, idle_time_never_counts) {
  Tape tape;
  tape.play(in(kGet, 10)).play(captured(out(kOk, 20), 40));
  tape.together(in(kGet, 9'000'000'000), out(kOk, 9'000'000'005));
  EXPECT_THAT(tape.lines,
              ElementsAre("server GET /a 200 start=10 queue=0 first=10 took=10 asked=37 answered=43",
                          "server GET /a 200 start=9000000000 queue=0 first=5 took=5 asked=37 answered=43"));
}

TEST(Body, sent_from_the_page_cache_ends_by_its_length_when_a_sweep_says_so) {
  Tape tape;
  tape.knows_tails = false;
  tape.together(in(kGet, 10), out(response("200 OK", "Content-Length: 100000\r\n"), 20));
  tape.play(hidden(out(std::string(60'000, 'x'), 30))).hint();
  EXPECT_THAT(tape.lines, ElementsAre());
  EXPECT_EQ(tape.table.waiting_connections(), 1u);
  tape.play(hidden(out(std::string(40'000, 'x'), 40))).hint().hint();
  EXPECT_THAT(tape.lines, ElementsAre("server GET /a 200 start=10 queue=0 first=10 took=30 asked=37 answered=100065"));
  EXPECT_EQ(tape.table.waiting_connections(), 0u);
}

TEST(Body, in_chunks_nobody_copied_ends_by_its_last_bytes) {
  Tape tape;
  tape.together(in(kGet, 10), out(response("200 OK", "Transfer-Encoding: chunked\r\n"), 20));
  tape.play(hidden(out("5\r\nhello\r\n", 30))).hint();
  EXPECT_THAT(tape.titles, ElementsAre());
  tape.play(hidden(out("0\r\n\r\n", 40))).hint();
  EXPECT_THAT(tape.lines, ElementsAre("server GET /a 200 start=10 queue=0 first=10 took=30 asked=37 answered=84"));
}

TEST(Body, in_one_chunk_is_over_when_just_a_last_chunk_is_out_of_sight) {
  Tape tape;
  tape.knows_tails = false;
  const std::string head = response("200 OK", "Transfer-Encoding: chunked\r\n");
  tape.together(in(kGet, 10),
                captured(out(head + "64\r\n" + std::string(100, 'x') + "\r\n0\r\n\r\n", 20), head.size() + 10));
  EXPECT_THAT(tape.titles, ElementsAre("server GET /a 200"));
}

TEST(Body, in_chunks_with_an_unseen_trailer_ends_where_the_next_response_starts) {
  Tape tape;
  tape.together(in(kGet, 10), out(response("200 OK", "Transfer-Encoding: chunked\r\n"), 20));
  tape.play(hidden(out("5\r\nhello\r\n0\r\nDigest: z\r\n\r\n", 30)));
  tape.together(in(kGet, 80), out(kOk, 90));
  EXPECT_THAT(tape.titles, ElementsAre("server GET /a 200", "server GET /a 200"));
  EXPECT_THAT(tape.lines[0], testing::HasSubstr("took=20"));
  EXPECT_EQ(tape.lost(), 0u);
}

TEST(Body, of_a_request_that_shows_only_later_counts_as_announced) {
  Tape tape;
  tape.together(in(request("POST /a", "Content-Length: 5000\r\n"), 10), out(kOk, 20));
  EXPECT_THAT(tape.lines[0], testing::HasSubstr("asked=5061"));
  tape.play(hidden(in(std::string(5000, 'x'), 15))).together(in(kGet, 30), out(kOk, 40));
  EXPECT_THAT(tape.titles, ElementsAre("server POST /a 200", "server GET /a 200"));
  EXPECT_EQ(tape.lost(), 0u);
}

TEST(Hint, that_already_counts_a_waiting_request_does_not_hide_it) {
  Tape tape;
  tape.together(in(kGet, 10), out(response("200 OK", "Content-Length: 10\r\n"), 20));
  decode::TrafficSeen hint;
  hint.cookie = Tape::kCookie;
  hint.before[0] = {kGet.size() * 2, kernel_time(50), 0};
  hint.before[1] = {61 + 10, kernel_time(30), 0};
  tape.send(hint).play(hidden(out("0123456789", 30))).together(in(kGet, 50), out(kOk, 60));
  EXPECT_THAT(tape.titles, ElementsAre("server GET /a 200", "server GET /a 200"));
}

}  // namespace
}  // namespace sonde::protocol
