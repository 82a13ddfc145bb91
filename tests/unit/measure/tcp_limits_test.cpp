#include <gtest/gtest.h>

#include "measure/tcp_book.h"
#include "unit/measure/tcp_fixture.h"

namespace sonde::measure {
namespace {

using namespace std::chrono_literals;
using decode::TcpFlag;
using decode::TcpSample;

const std::string kOverflow = "{service_name=shop,role=client,server_address=other}";

TcpSample attempt_to(std::uint8_t last) { return with(to_database(last), {TcpFlag::kAttempted}); }

std::string attempts_to(int last) {
  return "sonde_tcp_connect_attempts_total{service_name=shop,role=client,server_address=10.0.0." +
         std::to_string(last) + ",server_port=5432}";
}

TEST(Destinations, beyond_the_maximum_share_one_without_a_port) {
  TcpBook book(TcpOptions{2});
  for (std::uint8_t last = 1; last <= 5; ++last) book.take(attempt_to(last), "shop");
  const Numbers numbers = numbers_of(book);
  EXPECT_EQ(find(numbers, attempts_to(1)), 1);
  EXPECT_EQ(find(numbers, attempts_to(2)), 1);
  EXPECT_EQ(find(numbers, attempts_to(3)), std::nullopt);
  EXPECT_EQ(find(numbers, "sonde_tcp_connect_attempts_total" + kOverflow), 3);
  EXPECT_EQ(book.collapsed_count(), 3u);
}

TEST(Destinations, have_a_maximum_for_each_service) {
  TcpBook book(TcpOptions{1});
  book.take(attempt_to(1), "shop");
  book.take(attempt_to(2), "till");
  EXPECT_EQ(book.collapsed_count(), 0u);
}

TEST(Destinations, that_are_known_stay_known_at_the_maximum) {
  TcpBook book(TcpOptions{1});
  for (const std::uint8_t last : {1, 2, 1}) book.take(attempt_to(last), "shop");
  EXPECT_EQ(find(numbers_of(book), attempts_to(1)), 2);
}

TEST(Destinations, disappear_after_fifteen_minutes_without_a_connection) {
  TcpBook book({});
  sweep(book, {at(to_database(1), 0min), at(to_database(2), 0min)});
  sweep(book, {at(to_database(2), 15min)});
  EXPECT_TRUE(find(numbers_of(book), attempts_to(1)).has_value());
  sweep(book, {at(to_database(2), 15min + 1ns)});
  const Numbers numbers = numbers_of(book);
  EXPECT_EQ(find(numbers, attempts_to(1)), std::nullopt);
  EXPECT_TRUE(find(numbers, attempts_to(2)).has_value());
}

TEST(Destinations, stay_while_something_is_counted_there) {
  TcpBook book({});
  sweep(book, {at(to_database(1), 0min)});
  book.take(at(attempt_to(1), 14min), "shop");
  sweep(book, {at(to_database(2), 28min)});
  EXPECT_EQ(find(numbers_of(book), attempts_to(1)), 1);
}

TEST(Destinations, are_not_kept_by_a_socket_that_is_held_after_its_end) {
  TcpBook book({});
  sweep(book, {at(to_database(1), 0min)});
  TcpSample held = at(to_database(1), 16min);
  held.state = kCloseState;
  sweep(book, {held, at(to_database(2), 16min)});
  EXPECT_EQ(find(numbers_of(book), attempts_to(1)), std::nullopt);
}

TEST(Destinations, that_disappear_free_their_place) {
  TcpBook book(TcpOptions{1});
  sweep(book, {at(to_database(1), 0min)});
  sweep(book, {at(to_database(2), 16min)});
  EXPECT_EQ(book.collapsed_count(), 1u) << "the place was taken while that sweep ran";
  sweep(book, {at(to_database(2), 17min)});
  EXPECT_TRUE(find(numbers_of(book), attempts_to(2)).has_value());
  EXPECT_EQ(book.collapsed_count(), 1u);
}

TEST(Destinations, that_are_too_many_disappear_as_well) {
  TcpBook book(TcpOptions{1});
  sweep(book, {at(to_database(1), 0min), at(to_database(2), 0min)});
  sweep(book, {at(to_database(1), 16min)});
  EXPECT_EQ(count_with(numbers_of(book), "server_address=other"), 0u);
  sweep(book, {at(to_database(1), 17min), at(to_database(2), 17min)});
  EXPECT_EQ(find(numbers_of(book), "sonde_tcp_sent_bytes_total" + kOverflow), 0) << "and can come again";
}

TEST(Destinations, that_come_back_count_from_zero_under_a_new_identity) {
  TcpBook book({});
  book.take(at(attempt_to(1), 0min), "shop");
  sweep(book, {at(to_database(2), 16min)});
  book.take(at(attempt_to(1), 17min), "shop");
  EXPECT_EQ(find(numbers_of(book), attempts_to(1)), 1);
}

TEST(Destinations, leave_their_bytes_in_the_services_total) {
  TcpBook book({});
  TcpSample sample = at(to_database(1), 0min);
  sample.sent_bytes = 100;
  sweep(book, {sample});
  sweep(book, {at(to_database(2), 16min)});
  EXPECT_EQ(find(numbers_of(book), "process_network_io_bytes_total{service_name=shop,network_io_direction=transmit}"),
            100);
}

TEST(OwnPorts, beyond_the_maximum_share_one_without_a_port) {
  TcpBook book(TcpOptions{2});
  sweep(book, {listener(1), listener(2), listener(3), listener(4)});
  const Numbers numbers = numbers_of(book);
  EXPECT_EQ(count_with(numbers, "sonde_tcp_accepts_total{"), 3u);
  EXPECT_EQ(find(numbers, "sonde_tcp_accepts_total{service_name=shop,role=server}"), 0);
  EXPECT_EQ(book.collapsed_count(), 2u);
}

TEST(OwnPorts, disappear_after_fifteen_minutes_without_a_listener_or_connection) {
  TcpBook book({});
  sweep(book, {at(listener(1), 0min), at(listener(2), 0min)});
  sweep(book, {at(listener(2), 16min)});
  EXPECT_EQ(count_with(numbers_of(book), "sonde_tcp_accepts_total{"), 1u);
}

TEST(Services, disappear_with_the_last_of_their_sockets) {
  TcpBook book({});
  book.take(at(to_database(1), 0min), "shop");
  book.take(DatagramDelta{"udp", {1, 1}, {1, 1}, {}}, "dns");
  sweep(book, {at(to_database(1), 16min)}, "till");
  const Numbers numbers = numbers_of(book);
  EXPECT_EQ(count_with(numbers, "service_name=shop"), 0u);
  EXPECT_EQ(count_with(numbers, "service_name=dns"), 0u);
  EXPECT_GT(count_with(numbers, "service_name=till"), 0u);
}

TEST(Services, stay_while_they_move_datagrams) {
  TcpBook book({});
  book.take(at(to_database(1), 0min), "till");
  book.take(DatagramDelta{"udp", {1, 1}, {1, 1}, {}}, "dns");
  book.take(at(to_database(1), 14min), "till");
  book.take(DatagramDelta{"udp", {1, 1}, {1, 1}, {}}, "dns");
  sweep(book, {at(to_database(1), 28min)}, "till");
  EXPECT_EQ(find(numbers_of(book), "sonde_udp_bytes_total{service_name=dns,direction=sent}"), 2);
}

}  // namespace
}  // namespace sonde::measure
