#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "probe/kinds.h"
#include "support/conversation_driver.h"
#include "support/dns_message.h"
#include "support/fake_clock.h"
#include "support/loopback_peer.h"

namespace sonde::probe {
namespace {

using test::answer_a;
using test::dns_record;
using test::DnsReply;
using test::LoopbackSocket;
using test::two_bytes;
using namespace std::chrono_literals;
using namespace std::string_literals;

ProbeTarget dns_target(DnsTransport transport = DnsTransport::kUdp) {
  ProbeTarget target;
  target.name = "names";
  target.kind = ProbeKind::kDns;
  target.timeout = 5s;
  target.dns.query = "shop.example";
  target.dns.transport = transport;
  return target;
}

std::string framed(const std::string& message) { return two_bytes(static_cast<unsigned>(message.size())) + message; }

std::string receive_framed(const UniqueFd& connection) {
  const std::string length = LoopbackSocket::receive_from(connection, 2);
  return LoopbackSocket::receive_from(
      connection, static_cast<unsigned char>(length[0]) * 256U + static_cast<unsigned char>(length[1]));
}

class Dns : public testing::Test {
 protected:
  void begin(const LoopbackSocket& server) {
    ASSERT_TRUE(server.is_open());
    conversation_ = talk_dns(target_, server.peer(), clock_);
    ASSERT_FALSE(conversation_->advance());
  }

  /// The question of a conversation that begins now.
  std::string ask(LoopbackSocket& server) {
    begin(server);
    return server.receive();
  }

  /// The connection of a conversation that begins now, and its question.
  UniqueFd ask_over_tcp(const LoopbackSocket& server) {
    target_.dns.transport = DnsTransport::kTcp;
    begin(server);
    UniqueFd connection = server.accept();
    EXPECT_FALSE(conversation_->advance());
    question_ = receive_framed(connection);
    return connection;
  }

  ProbeResult finished() {
    EXPECT_TRUE(test::finish(*conversation_));
    return conversation_->result();
  }

  ProbeTarget target_ = dns_target();
  test::FakeClock clock_;
  std::unique_ptr<Conversation> conversation_;
  std::string question_;
};

TEST_F(Dns, a_good_answer_over_udp) {
  LoopbackSocket server(SOCK_DGRAM);
  const std::string question = ask(server);
  EXPECT_EQ(question.substr(2), "\1\0\0\1\0\0\0\0\0\0"s + test::dns_name("shop.example") + "\0\1\0\1"s);
  clock_.advance(3ms);
  server.send(answer_a().to(question));
  const ProbeResult result = finished();
  EXPECT_TRUE(result.success);
  EXPECT_EQ(result.reason, "");
  EXPECT_EQ(result.ip_protocol, 4);
  ASSERT_TRUE(result.records.has_value());
  EXPECT_EQ(result.records->answer, 1U);
  ASSERT_EQ(result.phases.size(), 2U);
  EXPECT_EQ(result.phases[0].name, "connect");
  EXPECT_EQ(result.phases[1].name, "request");
  EXPECT_EQ(result.phases[1].took, 3ms);
}

TEST_F(Dns, works_with_ipv6) {
  LoopbackSocket server(SOCK_DGRAM, 6);
  if (!server.is_open()) GTEST_SKIP() << "this host has no ::1";
  server.send(answer_a().to(ask(server)));
  const ProbeResult result = finished();
  EXPECT_TRUE(result.success);
  EXPECT_EQ(result.ip_protocol, 6);
}

TEST_F(Dns, every_question_has_an_id_of_its_own) {
  std::set<std::string> ids;
  for (int i = 0; i < 4; ++i) {
    LoopbackSocket server(SOCK_DGRAM);
    ids.insert(ask(server).substr(0, 2));
  }
  // Four that are the same are a chance of one in 2^48.
  EXPECT_GT(ids.size(), 1U);
}

TEST_F(Dns, forged_answers_are_not_believed) {
  LoopbackSocket server(SOCK_DGRAM);
  const std::string question = ask(server);
  DnsReply forged{3};
  std::string other_id = question;
  other_id[0] = static_cast<char>(~other_id[0]);
  std::string other_name = question;
  other_name[13] = 'x';
  server.send(forged.to(other_id));
  server.send(forged.to(other_name));
  server.send("");
  EXPECT_FALSE(conversation_->advance());
  EXPECT_EQ(conversation_->result().reason, "no answer within 5s, only messages that do not belong to the question");
  server.send(answer_a().to(question));
  EXPECT_TRUE(finished().success);
}

TEST_F(Dns, a_flood_of_forged_answers_does_not_keep_the_thread) {
  LoopbackSocket server(SOCK_DGRAM);
  const std::string question = ask(server);
  for (int i = 0; i < 100; ++i) server.send("no");
  server.send(answer_a().to(question));
  EXPECT_FALSE(conversation_->advance()) << "it took more than its share";
  EXPECT_TRUE(finished().success);
}

TEST_F(Dns, nobody_there) {
  auto server = std::make_unique<LoopbackSocket>(SOCK_DGRAM);
  const Peer gone = server->peer();
  server.reset();
  conversation_ = talk_dns(target_, gone, clock_);
  EXPECT_EQ(finished().reason, "connection refused: nobody listens there");
}

TEST_F(Dns, silence) {
  LoopbackSocket server(SOCK_DGRAM);
  ask(server);
  clock_.advance(5s);
  const ProbeResult result = conversation_->result();
  EXPECT_FALSE(result.success);
  EXPECT_EQ(result.reason, "no answer within 5s");
  EXPECT_EQ(result.phases.back().took, 5s);
}

TEST_F(Dns, an_echo_is_no_answer) {
  LoopbackSocket server(SOCK_DGRAM);
  server.send(ask(server));
  EXPECT_EQ(finished().reason, "the answer is not DNS");
}

TEST_F(Dns, another_code_than_wanted) {
  LoopbackSocket server(SOCK_DGRAM);
  server.send(DnsReply{3}.to(ask(server)));
  const ProbeResult result = finished();
  EXPECT_EQ(result.reason, "the answer is NXDOMAIN, not NOERROR");
  EXPECT_FALSE(result.failed_by_body);
  EXPECT_TRUE(result.records.has_value());
}

TEST_F(Dns, a_code_that_is_wanted) {
  target_.dns.rcode = "NXDOMAIN";
  LoopbackSocket server(SOCK_DGRAM);
  server.send(DnsReply{3}.to(ask(server)));
  EXPECT_TRUE(finished().success);
}

TEST_F(Dns, no_record_is_well_if_none_is_wanted) {
  LoopbackSocket server(SOCK_DGRAM);
  server.send(DnsReply{}.to(ask(server)));
  EXPECT_TRUE(finished().success);
}

TEST_F(Dns, one_record_of_the_answer_must_match) {
  target_.dns.answer_matches = "IN\tA\t10\\.1\\.2\\.4$";
  LoopbackSocket server(SOCK_DGRAM);
  server.send(DnsReply{0, false, dns_record(1, "\x0A\1\2\3") + dns_record(1, "\x0A\1\2\4"), 2}.to(ask(server)));
  EXPECT_TRUE(finished().success);
}

TEST_F(Dns, no_record_matches) {
  target_.dns.answer_matches = "10\\.9\\.9\\.9";
  LoopbackSocket server(SOCK_DGRAM);
  server.send(answer_a().to(ask(server)));
  const ProbeResult result = finished();
  EXPECT_TRUE(result.failed_by_body);
  EXPECT_EQ(result.reason, "no record of the answer matches 10\\.9\\.9\\.9");
}

TEST_F(Dns, no_record_can_match_if_there_is_none) {
  target_.dns.answer_matches = ".";
  LoopbackSocket server(SOCK_DGRAM);
  server.send(DnsReply{}.to(ask(server)));
  const ProbeResult result = finished();
  EXPECT_TRUE(result.failed_by_body);
  EXPECT_EQ(result.reason, "the answer has no record");
}

TEST_F(Dns, what_is_too_long_for_udp_is_asked_again_over_tcp) {
  // Another may have the TCP port of the same number: then the next is tried.
  std::optional<LoopbackSocket> found;
  std::deque<LoopbackSocket> tried;
  do {
    tried.emplace_back(SOCK_DGRAM);
    found.emplace(SOCK_STREAM, 4, tried.back().port());
  } while (!found->is_open() && tried.size() < 100);
  ASSERT_TRUE(found->is_open());
  LoopbackSocket& datagrams = tried.back();
  const LoopbackSocket& connections = *found;
  const std::string question = ask(datagrams);
  datagrams.send(DnsReply{0, true}.to(question));
  test::wait_for(*conversation_, 30s);
  EXPECT_FALSE(conversation_->advance());
  const UniqueFd connection = connections.accept();
  EXPECT_FALSE(conversation_->advance());
  EXPECT_EQ(receive_framed(connection), question);
  LoopbackSocket::send_to(connection, framed(answer_a().to(question)));
  EXPECT_TRUE(finished().success);
}

TEST_F(Dns, a_name_that_cannot_be_is_not_asked_for) {
  target_.dns.query = "shop..example";
  conversation_ = talk_dns(target_, test::loopback(4, 1), clock_);
  EXPECT_EQ(finished().reason, "there can be no name shop..example");
}

class DnsOverTcp : public Dns {};

TEST_F(DnsOverTcp, a_good_answer) {
  const LoopbackSocket server(SOCK_STREAM);
  const UniqueFd connection = ask_over_tcp(server);
  LoopbackSocket::send_to(connection, framed(answer_a().to(question_)));
  EXPECT_TRUE(finished().success);
}

TEST_F(DnsOverTcp, one_byte_at_a_time) {
  const LoopbackSocket server(SOCK_STREAM);
  const UniqueFd connection = ask_over_tcp(server);
  const std::string answer = framed(answer_a().to(question_));
  for (std::size_t i = 0; i + 1 < answer.size(); ++i) {
    LoopbackSocket::send_to(connection, answer.substr(i, 1));
    test::wait_for(*conversation_, 30s);
    ASSERT_FALSE(conversation_->advance());
  }
  EXPECT_EQ(conversation_->result().reason, "the answer was not complete within 5s");
  LoopbackSocket::send_to(connection, answer.substr(answer.size() - 1));
  EXPECT_TRUE(finished().success);
}

TEST_F(DnsOverTcp, an_answer_of_the_greatest_length) {
  const LoopbackSocket server(SOCK_STREAM);
  const UniqueFd connection = ask_over_tcp(server);
  const std::string one = dns_record(16, "\xFF" + std::string(255, 'x'));
  DnsReply reply;
  while (reply.to(question_).size() + one.size() < 65536) {
    reply.answers += one;
    ++reply.answer_count;
  }
  LoopbackSocket::send_to(connection, framed(reply.to(question_)));
  const ProbeResult result = finished();
  EXPECT_TRUE(result.success) << result.reason;
  EXPECT_EQ(result.records->answer, reply.answer_count);
}

TEST_F(DnsOverTcp, nobody_there) {
  target_.dns.transport = DnsTransport::kTcp;
  auto server = std::make_unique<LoopbackSocket>(SOCK_STREAM);
  const Peer gone = server->peer();
  server.reset();
  conversation_ = talk_dns(target_, gone, clock_);
  EXPECT_EQ(finished().reason, "connection refused: nobody listens there");
}

TEST_F(DnsOverTcp, silence) {
  const LoopbackSocket server(SOCK_STREAM);
  const UniqueFd connection = ask_over_tcp(server);
  EXPECT_EQ(conversation_->result().reason, "connected, and no answer within 5s");
}

TEST_F(DnsOverTcp, closed_at_once) {
  const LoopbackSocket server(SOCK_STREAM);
  ask_over_tcp(server).reset();
  EXPECT_EQ(finished().reason, "the connection was closed without an answer");
}

TEST_F(DnsOverTcp, closed_halfway) {
  const LoopbackSocket server(SOCK_STREAM);
  UniqueFd connection = ask_over_tcp(server);
  LoopbackSocket::send_to(connection, framed(answer_a().to(question_)).substr(0, 20));
  connection.reset();
  EXPECT_EQ(finished().reason, "the connection was closed before the answer was complete");
}

TEST_F(DnsOverTcp, broken) {
  const LoopbackSocket server(SOCK_STREAM);
  UniqueFd connection = ask_over_tcp(server);
  const linger at_once{1, 0};
  ::setsockopt(connection.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  connection.reset();
  EXPECT_EQ(finished().reason, "the connection broke");
}

TEST_F(DnsOverTcp, another_protocol) {
  const LoopbackSocket server(SOCK_STREAM);
  UniqueFd connection = ask_over_tcp(server);
  LoopbackSocket::send_to(connection, "SSH-2.0-OpenSSH_9.2\r\n");
  connection.reset();
  EXPECT_EQ(finished().reason, "the connection was closed before the answer was complete");
}

TEST_F(DnsOverTcp, messages_of_no_question_are_passed_over) {
  const LoopbackSocket server(SOCK_STREAM);
  const UniqueFd connection = ask_over_tcp(server);
  std::string other = question_;
  other[1] = static_cast<char>(~other[1]);
  LoopbackSocket::send_to(connection, framed("") + framed(DnsReply{2}.to(other)) + framed(answer_a().to(question_)));
  EXPECT_TRUE(finished().success);
}

TEST_F(DnsOverTcp, truncated_there_too) {
  const LoopbackSocket server(SOCK_STREAM);
  const UniqueFd connection = ask_over_tcp(server);
  LoopbackSocket::send_to(connection, framed(DnsReply{0, true}.to(question_)));
  EXPECT_EQ(finished().reason, "the answer is cut off, over TCP too");
}

}  // namespace
}  // namespace sonde::probe
