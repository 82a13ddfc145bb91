#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "measure/tcp_book.h"
#include "unit/measure/tcp_fixture.h"

namespace sonde::measure {
namespace {

using decode::TcpFlag;
using decode::TcpSample;

const std::string kPort = "{service_name=shop,server_port=8080}";

TcpSample dropping(std::uint16_t port, std::uint32_t drops, std::uint32_t backlog = 0) {
  TcpSample sample = listener(port, backlog, 100);
  sample.drops = drops;
  return sample;
}

std::string drops_of(int port, const std::string& reason) {
  return "sonde_tcp_listen_drops_total{service_name=shop,server_port=" + std::to_string(port) + ",reason=" + reason +
         "}";
}

TEST(Listeners, show_how_many_wait_and_how_many_may) {
  TcpBook book({});
  sweep(book, {listener(8080, 5, 128)});
  const Numbers numbers = numbers_of(book);
  EXPECT_EQ(find(numbers, "sonde_tcp_listen_backlog" + kPort), 5);
  EXPECT_EQ(find(numbers, "sonde_tcp_listen_backlog_limit" + kPort), 128);
}

struct FullestRow {
  const char* name;
  std::vector<TcpSample> listeners;
  double backlog;
  double limit;
};

class FullestCase : public testing::TestWithParam<FullestRow> {};

TEST_P(FullestCase, stands_for_all_on_its_port_in_any_order) {
  for (const bool backwards : {false, true}) {
    TcpBook book({});
    std::vector<TcpSample> listeners = GetParam().listeners;
    if (backwards) std::reverse(listeners.begin(), listeners.end());
    book.begin_sweep();
    for (const TcpSample& sample : listeners) book.take(sample, "shop");
    book.end_sweep();
    const Numbers numbers = numbers_of(book);
    EXPECT_EQ(find(numbers, "sonde_tcp_listen_backlog" + kPort), GetParam().backlog);
    EXPECT_EQ(find(numbers, "sonde_tcp_listen_backlog_limit" + kPort), GetParam().limit);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Listeners, FullestCase,
    testing::Values(FullestRow{"by_ratio", {listener(8080, 40, 4096), listener(8080, 30, 64)}, 30, 64},
                    FullestRow{"smaller_limit_if_even", {listener(8080, 0, 4096), listener(8080, 0, 128)}, 0, 128},
                    FullestRow{"among_three",
                               {listener(8080, 1, 128), listener(8080, 128, 128), listener(8080, 2, 128)},
                               128,
                               128}),
    [](const auto& row) { return row.param.name; });

TEST(Listeners, have_no_backlog_once_a_sweep_does_not_find_them) {
  TcpBook book({});
  sweep(book, {listener(8080, 5, 128)});
  book.take(with(listener(8080, 5, 128), {TcpFlag::kClosed}), "shop");
  sweep(book, {});
  const Numbers numbers = numbers_of(book);
  EXPECT_EQ(count_with(numbers, "sonde_tcp_listen_backlog"), 0u);
  EXPECT_EQ(find(numbers, drops_of(8080, "overflow")), 0) << "counters stay";
}

TEST(Listeners, count_no_connection_and_no_retransmitted_segment) {
  TcpBook book({});
  TcpSample sample = listener(8080);
  sample.retransmits = 4;
  sweep(book, {sample});
  const Numbers numbers = numbers_of(book);
  EXPECT_EQ(find(numbers, "sonde_tcp_synack_retransmits_total" + kPort), 4);
  EXPECT_EQ(find(numbers, "sonde_tcp_retransmits_total{service_name=shop,role=server,server_port=8080}"), 0);
  EXPECT_EQ(count_with(numbers, "sonde_tcp_connections{"), 0u);
}

TEST(Listeners, start_their_drops_at_zero) {
  TcpBook book({});
  sweep(book, {listener(8080)});
  const Numbers numbers = numbers_of(book);
  EXPECT_EQ(find(numbers, drops_of(8080, "overflow")), 0);
  EXPECT_EQ(find(numbers, drops_of(8080, "other")), 0);
}

struct DropRow {
  const char* name;
  std::vector<TcpSample> listeners;  // on ports 1 and 2
  std::uint64_t host_overflows;
  std::array<double, 2> overflow;
  std::array<double, 2> other;
};

class DropCase : public testing::TestWithParam<DropRow> {};

TEST_P(DropCase, is_booked_by_reason) {
  TcpBook book({});
  book.begin_sweep();
  for (const TcpSample& sample : GetParam().listeners) book.take(sample, "shop");
  book.end_sweep(ListenCounters{GetParam().host_overflows, 0});
  const Numbers numbers = numbers_of(book);
  for (std::size_t i = 0; i < 2; ++i) {
    const int port = static_cast<int>(i) + 1;
    EXPECT_EQ(find(numbers, drops_of(port, "overflow")), GetParam().overflow[i]) << "port " << port;
    EXPECT_EQ(find(numbers, drops_of(port, "other")), GetParam().other[i]) << "port " << port;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Drops, DropCase,
    testing::Values(
        DropRow{"no_overflow_on_the_host", {dropping(1, 5, 99), dropping(2, 3)}, 0, {0, 0}, {5, 3}},
        DropRow{"as_many_overflows_as_drops", {dropping(1, 5), dropping(2, 3)}, 8, {5, 3}, {0, 0}},
        DropRow{"more_overflows_than_drops", {dropping(1, 5), dropping(2, 3)}, 100, {5, 3}, {0, 0}},
        DropRow{"the_full_one_first", {dropping(1, 5), dropping(2, 3, 100)}, 4, {1, 3}, {4, 0}},
        DropRow{"the_fuller_one_first", {dropping(1, 5, 10), dropping(2, 3, 90)}, 4, {1, 3}, {4, 0}},
        DropRow{"full_ones_in_another_namespace", {dropping(1, 5, 101), dropping(2, 3)}, 0, {5, 0}, {0, 3}},
        DropRow{"two_sockets_of_one_port", {dropping(1, 5), dropping(1, 2, 100), dropping(2, 0)}, 3, {3, 0}, {4, 0}}),
    [](const auto& row) { return row.param.name; });

TEST(Drops, of_a_listener_without_a_backlog_are_not_taken_for_overflows) {
  TcpBook book({});
  TcpSample sample = with(listener(8080, 0, 0), {TcpFlag::kClosed});
  sample.drops = 5;
  sweep(book, {sample});
  EXPECT_EQ(find(numbers_of(book), drops_of(8080, "other")), 5);
}

TEST(Drops, between_sweeps_are_booked_by_the_next_one) {
  TcpBook book({});
  book.take(with(dropping(8080, 5), {TcpFlag::kClosed}), "shop");
  sweep(book, {}, "shop", ListenCounters{2, 5});
  const Numbers numbers = numbers_of(book);
  EXPECT_EQ(find(numbers, drops_of(8080, "overflow")), 2);
  EXPECT_EQ(find(numbers, drops_of(8080, "other")), 3);
}

TEST(Drops, use_up_the_overflows_of_their_own_sweep_only) {
  TcpBook book({});
  sweep(book, {dropping(8080, 5, 100)}, "shop", ListenCounters{5, 5});
  sweep(book, {dropping(8080, 5)}, "shop", ListenCounters{5, 5});
  EXPECT_EQ(find(numbers_of(book), drops_of(8080, "overflow")), 10);
}

}  // namespace
}  // namespace sonde::measure
