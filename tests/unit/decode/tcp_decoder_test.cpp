#include "decode/tcp_decoder.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "decode/record_decoder.h"
#include "wire/tcp.h"

namespace sonde::decode {
namespace {

using Bytes = std::vector<std::byte>;

Bytes to_bytes(const sonde_tcp_record& wire) {
  Bytes bytes(sizeof(wire));
  std::memcpy(bytes.data(), &wire, sizeof(wire));
  return bytes;
}

/// A client's connection that came about and ended within one record.
sonde_tcp_record client_record() {
  sonde_tcp_record wire{};
  wire.flags = SONDE_TCP_ATTEMPTED | SONDE_TCP_CONNECTED | SONDE_TCP_CLOSED;
  wire.tgid = 4711;
  wire.cookie = 9;
  wire.at_ns = 1'000'000;
  wire.cgroup_id = 77;
  wire.connect_ns = 250'000;
  wire.sent_bytes = 1'000;
  wire.received_bytes = 2'000;
  wire.sent_segments = 11;
  wire.received_segments = 12;
  wire.retransmits = 13;
  wire.drops = 14;
  wire.memory_drops = 15;
  wire.rtt_us = 300;
  wire.rtt_var_us = 40;
  wire.unread_bytes = 16;
  wire.unacked_bytes = 17;
  wire.local_port = 50'000;
  wire.remote_port = 5'432;
  wire.local_address[15] = 1;
  wire.remote_address[15] = 2;
  wire.side = SONDE_TCP_SIDE_CLIENT;
  wire.state = 7;
  std::strcpy(wire.process_name, "psql");
  return wire;
}

sonde_tcp_record failed_record(std::int32_t error, std::uint8_t failure) {
  sonde_tcp_record wire = client_record();
  wire.flags = SONDE_TCP_ATTEMPTED | SONDE_TCP_FAILED | SONDE_TCP_CLOSED;
  wire.error = error;
  wire.failure = failure;
  return wire;
}

TEST(TcpDecoder, reads_every_field_of_a_connection) {
  TcpSample sample;
  ASSERT_FALSE(decode_tcp(to_bytes(client_record()), sample));
  EXPECT_TRUE(sample.has(TcpFlag::kAttempted) && sample.has(TcpFlag::kConnected) && sample.has(TcpFlag::kClosed));
  EXPECT_FALSE(sample.has(TcpFlag::kFailed) || sample.has(TcpFlag::kOlder));
  EXPECT_EQ(sample.cookie, SocketCookie{9});
  EXPECT_EQ(sample.pid, 4711);
  EXPECT_EQ(sample.cgroup_id, 77u);
  EXPECT_EQ(sample.process_name, "psql");
  EXPECT_EQ(sample.side, TcpSide::kClient);
  EXPECT_EQ(sample.state, 7);
  EXPECT_EQ(sample.local.port, 50'000);
  EXPECT_EQ(sample.remote.port, 5'432);
  EXPECT_EQ(sample.local.address[15], 1);
  EXPECT_EQ(sample.remote.address[15], 2);
  EXPECT_EQ(sample.at, kernel_time(1'000'000));
  EXPECT_EQ(sample.connect_time, std::chrono::microseconds{250});
  EXPECT_EQ(sample.sent_bytes, 1'000u);
  EXPECT_EQ(sample.received_bytes, 2'000u);
  EXPECT_EQ(sample.sent_segments, 11u);
  EXPECT_EQ(sample.received_segments, 12u);
  EXPECT_EQ(sample.retransmits, 13u);
  EXPECT_EQ(sample.drops, 14u);
  EXPECT_EQ(sample.memory_drops, 15u);
  EXPECT_EQ(sample.rtt, std::chrono::microseconds{300});
  EXPECT_EQ(sample.rtt_var, std::chrono::microseconds{40});
  EXPECT_EQ(sample.unread_bytes, 16u);
  EXPECT_EQ(sample.unacknowledged_bytes, 17u);
}

TEST(TcpDecoder, reads_an_accepted_connection_that_is_broken_off) {
  sonde_tcp_record wire = client_record();
  wire.side = SONDE_TCP_SIDE_SERVER;
  wire.flags = SONDE_TCP_ACCEPTABLE | SONDE_TCP_FIRST_USE | SONDE_TCP_RESET_SENT;
  wire.accept_wait_ns = 5'000;
  wire.reset_reason = 19;
  wire.peer_window_closed = 1;
  TcpSample sample;
  ASSERT_FALSE(decode_tcp(to_bytes(wire), sample));
  EXPECT_TRUE(sample.has(TcpFlag::kAcceptable) && sample.has(TcpFlag::kFirstUse) && sample.has(TcpFlag::kResetSent));
  EXPECT_EQ(sample.accept_wait, std::chrono::microseconds{5});
  EXPECT_EQ(sample.reset_reason, 19);
  EXPECT_TRUE(sample.peer_window_closed);
  EXPECT_FALSE(sample.own_window_closed);
}

TEST(TcpDecoder, reads_a_listener_which_has_no_remote_end) {
  sonde_tcp_record wire = client_record();
  wire.side = SONDE_TCP_SIDE_LISTENER;
  wire.flags = SONDE_TCP_OLDER;
  wire.state = 10;
  wire.remote_port = 0;
  TcpSample sample;
  ASSERT_FALSE(decode_tcp(to_bytes(wire), sample));
  EXPECT_EQ(sample.side, TcpSide::kListener);
}

TEST(TcpDecoder, forgets_what_it_decoded_before) {
  TcpSample sample;
  ASSERT_FALSE(decode_tcp(to_bytes(failed_record(ECONNREFUSED, 0)), sample));
  ASSERT_FALSE(decode_tcp(to_bytes(client_record()), sample));
  EXPECT_EQ(sample.failure, ConnectFailure::kOther);
  EXPECT_EQ(sample.error, 0);
  EXPECT_FALSE(sample.has(TcpFlag::kFailed));
}

TEST(TcpDecoder, reads_a_process_name_that_fills_its_field) {
  sonde_tcp_record wire = client_record();
  std::memset(wire.process_name, 'x', sizeof(wire.process_name));
  TcpSample sample;
  ASSERT_FALSE(decode_tcp(to_bytes(wire), sample));
  EXPECT_EQ(sample.process_name, std::string(16, 'x'));
}

struct Cause {
  const char* name;
  std::int32_t error;
  std::uint8_t failure;
  ConnectFailure means;
};

class FailedAttempt : public testing::TestWithParam<Cause> {};

TEST_P(FailedAttempt, has_a_cause) {
  TcpSample sample;
  ASSERT_FALSE(decode_tcp(to_bytes(failed_record(GetParam().error, GetParam().failure)), sample));
  EXPECT_EQ(name_of(sample.failure), name_of(GetParam().means));
  EXPECT_EQ(sample.error, GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(Causes, FailedAttempt,
                         testing::Values(Cause{"refused", ECONNREFUSED, 0, ConnectFailure::kRefused},
                                         Cause{"timed_out", ETIMEDOUT, 0, ConnectFailure::kTimedOut},
                                         Cause{"host_unreachable", EHOSTUNREACH, 0, ConnectFailure::kUnreachable},
                                         Cause{"network_unreachable", ENETUNREACH, 0, ConnectFailure::kUnreachable},
                                         Cause{"host_down", EHOSTDOWN, 0, ConnectFailure::kUnreachable},
                                         Cause{"network_down", ENETDOWN, 0, ConnectFailure::kUnreachable},
                                         Cause{"reset", ECONNRESET, 0, ConnectFailure::kReset},
                                         Cause{"broken_pipe", EPIPE, 0, ConnectFailure::kReset},
                                         Cause{"address_not_available", EADDRNOTAVAIL, 0, ConnectFailure::kNoPort},
                                         Cause{"anything_else", EPERM, 0, ConnectFailure::kOther},
                                         Cause{"no_error_at_all", 0, 0, ConnectFailure::kOther},
                                         Cause{"no_answer", 0, 1, ConnectFailure::kTimedOut},
                                         Cause{"cancelled", 0, 2, ConnectFailure::kCancelled},
                                         Cause{"no_port", 0, 3, ConnectFailure::kNoPort}),
                         [](const auto& row) { return row.param.name; });

TEST(TcpDecoder, names_every_failure) {
  EXPECT_EQ(name_of(ConnectFailure::kRefused), "refused");
  EXPECT_EQ(name_of(ConnectFailure::kTimedOut), "timed_out");
  EXPECT_EQ(name_of(ConnectFailure::kUnreachable), "unreachable");
  EXPECT_EQ(name_of(ConnectFailure::kReset), "reset");
  EXPECT_EQ(name_of(ConnectFailure::kCancelled), "cancelled");
  EXPECT_EQ(name_of(ConnectFailure::kNoPort), "no_port");
  EXPECT_EQ(name_of(ConnectFailure::kOther), "other");
  EXPECT_EQ(name_of(ConnectFailure::kCount), "");
}

TEST(TcpDecoder, takes_a_client_without_a_local_port) {
  sonde_tcp_record wire = failed_record(0, SONDE_TCP_FAILURE_NO_PORT);
  wire.local_port = 0;
  TcpSample sample;
  EXPECT_FALSE(decode_tcp(to_bytes(wire), sample));
}

TEST(TcpDecoder, refuses_every_record_cut_short_and_every_byte_too_many) {
  const Bytes whole = to_bytes(client_record());
  TcpSample sample;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(decode_tcp(std::span(whole).first(size), sample), Reject::kTruncated) << size;
  }
  Bytes longer = whole;
  longer.push_back(std::byte{0});
  EXPECT_EQ(decode_tcp(longer, sample), Reject::kBadLength);
}

struct Lie {
  const char* name;
  void (*tell)(sonde_tcp_record&);
};

class LyingTcpRecord : public testing::TestWithParam<Lie> {};

TEST_P(LyingTcpRecord, is_refused_and_changes_nothing) {
  sonde_tcp_record wire = client_record();
  GetParam().tell(wire);
  TcpSample sample;
  sample.pid = 1;
  EXPECT_EQ(decode_tcp(to_bytes(wire), sample), Reject::kBadValue);
  EXPECT_EQ(sample.pid, 1);
  EXPECT_EQ(sample.flags, 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Fields, LyingTcpRecord,
    testing::Values(Lie{"flag", [](sonde_tcp_record& wire) { wire.flags |= 1U << 9U; }},
                    Lie{"side", [](sonde_tcp_record& wire) { wire.side = 4; }},
                    Lie{"state_none", [](sonde_tcp_record& wire) { wire.state = 0; }},
                    Lie{"state_beyond", [](sonde_tcp_record& wire) { wire.state = 13; }},
                    Lie{"failure", [](sonde_tcp_record& wire) { wire.failure = 4; }},
                    Lie{"window", [](sonde_tcp_record& wire) { wire.peer_window_closed = 2; }},
                    Lie{"own_window", [](sonde_tcp_record& wire) { wire.own_window_closed = 2; }},
                    Lie{"process", [](sonde_tcp_record& wire) { wire.tgid = ~0U; }},
                    Lie{"negative_error", [](sonde_tcp_record& wire) { wire.error = -ECONNRESET; }},
                    Lie{"error_beyond", [](sonde_tcp_record& wire) { wire.error = 4'096; }},
                    Lie{"sent_bytes", [](sonde_tcp_record& wire) { wire.sent_bytes = ~0ULL; }},
                    Lie{"received_bytes", [](sonde_tcp_record& wire) { wire.received_bytes = ~0ULL; }},
                    Lie{"time", [](sonde_tcp_record& wire) { wire.at_ns = ~0ULL; }},
                    Lie{"connect_time", [](sonde_tcp_record& wire) { wire.connect_ns = ~0ULL; }},
                    Lie{"accept_wait", [](sonde_tcp_record& wire) { wire.accept_wait_ns = ~0ULL; }},
                    Lie{"no_remote_port", [](sonde_tcp_record& wire) { wire.remote_port = 0; }},
                    Lie{"connected_server", [](sonde_tcp_record& wire) { wire.side = SONDE_TCP_SIDE_SERVER; }},
                    Lie{"acceptable_client", [](sonde_tcp_record& wire) { wire.flags = SONDE_TCP_ACCEPTABLE; }},
                    Lie{"connected_and_failed", [](sonde_tcp_record& wire) { wire.flags |= SONDE_TCP_FAILED; }},
                    Lie{"listener_without_port",
                        [](sonde_tcp_record& wire) {
                          wire.flags = 0;
                          wire.side = SONDE_TCP_SIDE_LISTENER;
                          wire.local_port = 0;
                        }},
                    Lie{"server_without_port",
                        [](sonde_tcp_record& wire) {
                          wire.flags = 0;
                          wire.side = SONDE_TCP_SIDE_SERVER;
                          wire.local_port = 0;
                        }}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace sonde::decode
