#include <gtest/gtest.h>

#include "measure/tcp_book.h"
#include "unit/measure/tcp_fixture.h"

namespace sonde::measure {
namespace {

using namespace std::chrono_literals;
using decode::TcpFlag;
using decode::TcpSample;
using decode::TcpSide;

const std::string kClient = "{service_name=shop,role=client,server_address=10.0.0.1,server_port=5432}";
const std::string kEstablished =
    "sonde_tcp_connections{service_name=shop,role=client,server_address=10.0.0.1,server_port=5432,state=established}";

TcpSample in_state(std::uint8_t state) {
  TcpSample sample = to_database();
  sample.state = state;
  return sample;
}

TcpSample with_rtt(std::chrono::microseconds rtt, std::chrono::microseconds rtt_var, std::uint8_t state = 1) {
  TcpSample sample = in_state(state);
  sample.rtt = rtt;
  sample.rtt_var = rtt_var;
  return sample;
}

struct StateRow {
  const char* name;
  std::uint8_t state;
  const char* label;
};

class StateCase : public testing::TestWithParam<StateRow> {};

TEST_P(StateCase, is_exported_under_its_label) {
  TcpBook book({});
  sweep(book, {in_state(GetParam().state), in_state(GetParam().state)});
  std::string series = kEstablished;
  series.replace(series.find("established"), std::string("established").size(), GetParam().label);
  EXPECT_EQ(find(numbers_of(book), series), 2);
}

INSTANTIATE_TEST_SUITE_P(KernelStates, StateCase,
                         testing::Values(StateRow{"established", 1, "established"}, StateRow{"syn_sent", 2, "syn_sent"},
                                         StateRow{"syn_recv", 3, "other"}, StateRow{"fin_wait1", 4, "fin_wait"},
                                         StateRow{"fin_wait2", 5, "fin_wait"}, StateRow{"time_wait", 6, "time_wait"},
                                         StateRow{"close_wait", 8, "close_wait"}, StateRow{"last_ack", 9, "other"},
                                         StateRow{"closing", 11, "other"}, StateRow{"new_syn_recv", 12, "other"},
                                         StateRow{"one_nobody_knows", 200, "other"}),
                         [](const auto& row) { return row.param.name; });

TEST(Sweep, counts_a_connection_for_each_sample_it_finds) {
  TcpBook book({});
  sweep(book, {to_database(), to_database(), to_database()});
  EXPECT_EQ(find(numbers_of(book), kEstablished), 3);
}

TEST(Sweep, changes_gauges_only_when_it_has_ended) {
  TcpBook book({});
  sweep(book, {to_database(), to_database()});
  book.begin_sweep();
  book.take(to_database(), "shop");
  EXPECT_EQ(find(numbers_of(book), kEstablished), 2);
  book.end_sweep();
  EXPECT_EQ(find(numbers_of(book), kEstablished), 1);
}

TEST(Sweep, keeps_counts_but_no_gauges_if_it_does_not_end) {
  TcpBook book({});
  sweep(book, {to_database(), to_database()});
  TcpSample moving = to_database();
  moving.sent_bytes = 100;
  book.begin_sweep();
  for (int i = 0; i < 5; ++i) book.take(moving, "shop");
  sweep(book, {to_database()});
  const Numbers numbers = numbers_of(book);
  EXPECT_EQ(find(numbers, kEstablished), 1);
  EXPECT_EQ(find(numbers, "sonde_tcp_sent_bytes_total" + kClient), 500);
}

TEST(Sweep, keeps_counts_of_undecided_connections_but_no_gauges_if_it_does_not_end) {
  TcpBook book({});
  TcpSample unknown = to_database();
  unknown.side = TcpSide::kUnknown;
  unknown.sent_bytes = 100;
  book.begin_sweep();
  book.take(unknown, "shop");
  sweep(book, {to_database()});
  const Numbers numbers = numbers_of(book);
  EXPECT_EQ(find(numbers, kEstablished), 1);
  EXPECT_EQ(find(numbers, "sonde_tcp_sent_bytes_total" + kClient), 100);
}

TEST(Sweep, does_not_count_what_ended_between_sweeps) {
  TcpBook book({});
  sweep(book, {to_database()});
  book.take(with(to_database(), {TcpFlag::kAttempted, TcpFlag::kConnected}), "shop");
  EXPECT_EQ(find(numbers_of(book), kEstablished), 1);
}

TEST(Sweep, does_not_take_a_closed_socket_for_a_connection) {
  TcpBook book({});
  TcpSample held_after_its_end = in_state(kCloseState);
  held_after_its_end.sent_bytes = 5;
  sweep(book, {to_database(), held_after_its_end, with(to_database(), {TcpFlag::kClosed, TcpFlag::kResetReceived})});
  const Numbers numbers = numbers_of(book);
  EXPECT_EQ(find(numbers, kEstablished), 1);
  EXPECT_EQ(count_with(numbers, "state="), 1u);
  EXPECT_EQ(find(numbers, "sonde_tcp_sent_bytes_total" + kClient), 5);
}

TEST(Sweep, passes_over_sockets_that_were_never_connected) {
  TcpBook book({});
  TcpSample fresh;
  fresh.state = kCloseState;
  sweep(book, {fresh});
  EXPECT_TRUE(numbers_of(book).empty());
}

TEST(Sweep, brings_a_state_back_to_zero_when_no_connection_is_in_it_any_more) {
  TcpBook book({});
  std::string close_wait = kEstablished;
  close_wait.replace(close_wait.find("established"), std::string("established").size(), "close_wait");
  sweep(book, {in_state(8)});
  EXPECT_EQ(find(numbers_of(book), close_wait), 1);
  sweep(book, {to_database(2)});
  const Numbers numbers = numbers_of(book);
  EXPECT_EQ(find(numbers, close_wait), 0);
  EXPECT_EQ(find(numbers, kEstablished), 0);
}

TEST(RoundTrips, are_averaged_over_established_connections_that_have_one) {
  TcpBook book({});
  sweep(book, {with_rtt(1000us, 100us), with_rtt(3000us, 500us), with_rtt(0us, 900us), with_rtt(90'000us, 900us, 8)});
  const Numbers numbers = numbers_of(book);
  EXPECT_DOUBLE_EQ(find(numbers, "sonde_tcp_rtt_seconds" + kClient).value_or(-1), 0.002);
  EXPECT_DOUBLE_EQ(find(numbers, "sonde_tcp_rtt_variation_seconds" + kClient).value_or(-1), 0.0003);
  EXPECT_DOUBLE_EQ(find(numbers, "sonde_tcp_rtt_max_seconds" + kClient).value_or(-1), 0.003);
}

TEST(RoundTrips, are_absent_when_the_last_sweep_found_none) {
  TcpBook book({});
  sweep(book, {with_rtt(1000us, 100us)});
  EXPECT_EQ(count_with(numbers_of(book), "sonde_tcp_rtt_"), 3u);
  sweep(book, {with_rtt(0us, 0us)});
  EXPECT_EQ(count_with(numbers_of(book), "sonde_tcp_rtt_"), 0u);
}

TEST(ZeroWindows, are_counted_by_the_side_that_takes_no_more) {
  TcpBook book({});
  TcpSample peer_full = to_database();
  peer_full.peer_window_closed = true;
  TcpSample both_full = peer_full;
  both_full.own_window_closed = true;
  sweep(book, {to_database(), peer_full, both_full});
  std::string labels = kClient;
  labels.pop_back();
  Numbers numbers = numbers_of(book);
  EXPECT_EQ(find(numbers, "sonde_tcp_zero_window_connections" + labels + ",side=remote}"), 2);
  EXPECT_EQ(find(numbers, "sonde_tcp_zero_window_connections" + labels + ",side=local}"), 1);
  sweep(book, {to_database()});
  numbers = numbers_of(book);
  EXPECT_EQ(find(numbers, "sonde_tcp_zero_window_connections" + labels + ",side=remote}"), 0);
}

/// Of a connection that was there before the sensor, to the service's port 8080.
TcpSample older() {
  TcpSample sample = with(from_peer(), {TcpFlag::kOlder});
  sample.side = TcpSide::kUnknown;
  sample.received_bytes = 7;
  return sample;
}

constexpr std::string_view kAsServer = "sonde_tcp_received_bytes_total{service_name=shop,role=server,server_port=8080}";
constexpr std::string_view kAsClient =
    "sonde_tcp_received_bytes_total{service_name=shop,role=client,server_address=10.0.7.7,server_port=51000}";

std::optional<double> received(TcpBook& book, std::string_view series) {
  return find(numbers_of(book), std::string(series));
}

TEST(UnknownSide, is_the_servers_if_the_same_sweep_finds_its_port_listened_on_earlier) {
  TcpBook book({});
  sweep(book, {listener(8080), older()});
  EXPECT_EQ(received(book, kAsServer), 7);
}

TEST(UnknownSide, is_the_servers_if_the_same_sweep_finds_its_port_listened_on_later) {
  TcpBook book({});
  sweep(book, {older(), listener(8080)});
  EXPECT_EQ(received(book, kAsServer), 7);
  EXPECT_EQ(received(book, kAsClient), std::nullopt);
}

TEST(UnknownSide, counts_among_the_connections_of_the_sweep_that_decided_it) {
  TcpBook book({});
  sweep(book, {older(), older(), listener(8080)});
  EXPECT_EQ(
      find(numbers_of(book), "sonde_tcp_connections{service_name=shop,role=server,server_port=8080,state=established}"),
      2);
}

TEST(UnknownSide, is_the_clients_if_nobody_listens_on_its_port) {
  TcpBook book({});
  sweep(book, {older(), listener(9090)});
  EXPECT_EQ(received(book, kAsClient), 7);
}

TEST(UnknownSide, is_the_clients_if_another_service_listens_on_its_port) {
  TcpBook book({});
  book.begin_sweep();
  book.take(older(), "shop");
  book.take(listener(8080), "till");
  book.end_sweep();
  EXPECT_EQ(received(book, kAsClient), 7);
}

TEST(UnknownSide, is_remembered_from_the_sweep_before) {
  TcpBook book({});
  sweep(book, {listener(8080)});
  book.take(older(), "shop");
  EXPECT_EQ(received(book, kAsServer), 7);
}

TEST(UnknownSide, waits_for_the_end_of_the_first_sweep) {
  TcpBook book({});
  book.take(older(), "shop");
  EXPECT_TRUE(numbers_of(book).empty());
  sweep(book, {listener(8080)});
  EXPECT_EQ(received(book, kAsServer), 7);
}

TEST(UnknownSide, is_decided_at_once_after_the_first_sweep) {
  TcpBook book({});
  sweep(book, {});
  book.take(older(), "shop");
  EXPECT_EQ(received(book, kAsClient), 7);
}

TEST(UnknownSide, may_wait_longer_than_what_is_unused_is_kept) {
  TcpBook book({});
  book.take(at(older(), 0min), "shop");
  sweep(book, {at(to_database(), 16min)}, "till");
  book.take(at(older(), 17min), "shop");
  EXPECT_EQ(received(book, kAsClient), 14);
}

TEST(UnknownSide, is_the_clients_at_once_if_too_many_wait) {
  TcpBook book({});
  constexpr int kMany = 70'000;
  for (int i = 0; i < kMany; ++i) book.take(older(), "shop");
  const double at_once = received(book, kAsClient).value_or(0);
  EXPECT_GT(at_once, 0);
  sweep(book, {listener(8080)});
  EXPECT_EQ(received(book, kAsServer).value_or(0) + at_once, 7.0 * kMany);
}

TEST(UnknownSide, is_told_by_what_only_a_client_does) {
  TcpBook book({});
  TcpSample sample = with(older(), {TcpFlag::kAttempted});
  sweep(book, {listener(8080), sample});
  EXPECT_EQ(received(book, kAsClient), 7);
}

TEST(UnknownSide, is_told_by_what_only_a_server_does) {
  TcpBook book({});
  sweep(book, {with(older(), {TcpFlag::kAcceptable})});
  EXPECT_EQ(received(book, kAsServer), 7);
}

}  // namespace
}  // namespace sonde::measure
