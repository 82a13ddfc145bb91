#include <gtest/gtest.h>

#include <algorithm>

#include "unit/protocol/tape.h"

namespace sonde::protocol {
namespace {

struct Recording {
  const char* name;
  std::vector<Move> moves;
  bool one_head_each = true;  // a system call never holds more than one, and no trailers
};

std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: example.org\r\n\r\n"; }

const std::string kChunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const std::string kHeadOnly = "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n";
const std::string kNoContent = "HTTP/1.1 204 No Content\r\n\r\n";
const std::string kPost = "POST /p?x HTTP/1.1\r\nContent-Length: 11\r\n\r\nname=sonde&";
const std::string kUpload = "PUT /u HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwxyz\r\n0\r\n\r\n";

// What nginx and its clients send, one element for each system call.
std::vector<Recording> recordings() {
  return {
      {"keep_alive", {in(get("/a"), 10, 5), out(ok("hello"), 20), in(get("/b"), 30, 25), out(ok("world!"), 40)}},
      {"chunked",
       {in(get("/a"), 10, 5), out(kChunkedHead + "5\r\nhello\r\n0\r\n\r\n", 20), in(get("/b"), 30, 25),
        out(kChunkedHead + "3;x\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", 40)}},
      {"trailers",
       {in(get("/a"), 10), out(kChunkedHead + "1\r\nx\r\n0\r\nDigest: abc\r\n\r\n", 20), in(get("/b"), 30),
        out(ok("x"), 40)},
       false},
      {"bodies_sent",
       {in(kPost, 10, 5), out(ok("1"), 20), in(kUpload, 30, 25), out(kNoContent, 40), in(kPost, 50, 45),
        out(ok(""), 60)}},
      {"head_and_no_content",
       {in("HEAD /h HTTP/1.1\r\n\r\n", 10), out(kHeadOnly, 20), in("DELETE /d HTTP/1.1\r\n\r\n", 30),
        out(kNoContent, 40), in(get("/a"), 50), out(ok("x"), 60)}},
      {"pipelined",
       {in(get("/1") + kPost + "HEAD /3 HTTP/1.1\r\n\r\n", 10, 5), out(ok("one") + ok("") + kHeadOnly, 20),
        in(get("/4") + get("/5"), 30), out(ok("four"), 40), out(ok("five"), 50)},
       false},
      {"interim",
       {in("PUT /e HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n", 10),
        out("HTTP/1.1 100 Continue\r\n\r\n", 20), in("data", 30), out(ok("done"), 40)}},
      {"upgrade",
       {in(get("/ws"), 10), out("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n", 20),
        in("\x81\x85mask hello", 30), out("\x81\x05hello", 40)}},
      {"until_close", {in(get("/old"), 10), out("HTTP/1.0 200 OK\r\n\r\nsome text", 20)}},
      {"client", {out(get("/a"), 10), in(ok("hello"), 20, 15), out(get("/b"), 30), in(ok("world!"), 40, 35)}},
  };
}

Tape played(const std::vector<Move>& moves) {
  Tape tape;
  tape.play(moves).hint().end(100);
  return tape;
}

class SplitCase : public testing::TestWithParam<Recording> {};

TEST_P(SplitCase, changes_nothing_wherever_one_system_call_becomes_two) {
  const Tape whole = played(GetParam().moves);
  ASSERT_FALSE(whole.lines.empty());
  ASSERT_EQ(whole.lost(), 0u);
  for (std::size_t i = 0; i < GetParam().moves.size(); ++i) {
    const Move& move = GetParam().moves[i];
    for (std::size_t cut = 1; cut < move.bytes.size(); ++cut) {
      std::vector<Move> moves = GetParam().moves;
      moves[i].bytes.resize(cut);
      Move rest = move;
      rest.bytes.erase(0, cut);
      moves.insert(moves.begin() + static_cast<std::ptrdiff_t>(i) + 1, rest);
      const Tape split = played(moves);
      EXPECT_EQ(split.lines, whole.lines) << "system call " << i << " cut at " << cut;
      EXPECT_EQ(split.lost(), 0u) << "system call " << i << " cut at " << cut;
    }
  }
}

TEST_P(SplitCase, changes_nothing_where_every_byte_is_a_system_call) {
  std::vector<Move> moves;
  for (const Move& move : GetParam().moves) {
    for (const char c : move.bytes) {
      moves.push_back(move);
      moves.back().bytes = std::string(1, c);
    }
  }
  EXPECT_EQ(played(moves).lines, played(GetParam().moves).lines);
}

class HiddenBodyCase : public testing::TestWithParam<Recording> {};

TEST_P(HiddenBodyCase, changes_nothing_wherever_the_copy_of_a_body_ends) {
  const Tape whole = played(GetParam().moves);
  for (std::size_t i = 0; i < GetParam().moves.size(); ++i) {
    const std::size_t head_end = GetParam().moves[i].bytes.find("\r\n\r\n");
    if (head_end == std::string::npos) continue;
    for (std::size_t size = head_end + 4; size < GetParam().moves[i].bytes.size(); ++size) {
      std::vector<Move> moves = GetParam().moves;
      moves[i].captured = size;
      EXPECT_EQ(played(moves).lines, whole.lines) << "system call " << i << " captured up to " << size;
    }
  }
}

/// How many of `titles` are not in `of`, each counted as often as it occurs.
std::size_t missing(std::vector<std::string> titles, const std::vector<std::string>& of) {
  for (const std::string& title : of) {
    const auto found = std::find(titles.begin(), titles.end(), title);
    if (found != titles.end()) titles.erase(found);
  }
  return titles.size();
}

TEST_P(SplitCase, loses_nothing_uncounted_and_invents_nothing_wherever_the_copy_ends) {
  const Tape whole = played(GetParam().moves);
  for (std::size_t i = 0; i < GetParam().moves.size(); ++i) {
    // With fewer bytes than a request line, not even the start of a connection can be told.
    for (std::size_t size = i == 0 ? 8 : 1; size < GetParam().moves[i].bytes.size(); ++size) {
      std::vector<Move> moves = GetParam().moves;
      moves[i].captured = size;
      const Tape cut = played(moves);
      EXPECT_EQ(missing(cut.titles, whole.titles), 0u)
          << testing::PrintToString(cut.titles) << "system call " << i << " captured up to " << size;
      EXPECT_LE(missing(whole.titles, cut.titles), cut.lost()) << "system call " << i << " captured up to " << size;
    }
  }
}

std::vector<Recording> recordings_of_one_head_each() {
  std::vector<Recording> result = recordings();
  std::erase_if(result, [](const Recording& recording) { return !recording.one_head_each; });
  return result;
}

INSTANTIATE_TEST_SUITE_P(Recordings, HiddenBodyCase, testing::ValuesIn(recordings_of_one_head_each()),
                         [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(Recordings, SplitCase, testing::ValuesIn(recordings()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::protocol
