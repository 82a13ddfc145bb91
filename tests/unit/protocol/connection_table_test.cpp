#include "protocol/connection_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sonde::protocol {
namespace {

using decode::SocketCookie;

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\n\r\n";
constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

decode::ConnectionOpened opened(std::uint64_t cookie, std::uint16_t port = 80) {
  decode::ConnectionOpened event;
  event.cookie = SocketCookie{cookie};
  event.side = decode::Side::kServer;
  event.local.port = port;
  return event;
}

decode::TrafficSeen traffic(std::uint64_t cookie, std::uint32_t sequence, std::string_view request,
                            std::string_view answer, std::uint64_t offset = 0) {
  decode::TrafficSeen seen;
  seen.cookie = SocketCookie{cookie};
  seen.sequence = sequence;
  seen.pid = 99;
  seen.before[0].offset_bytes = offset;
  seen.before[1].offset_bytes = offset;
  seen.segments[0] = {decode::Direction::kInbound, offset, request.size(), kernel_time(5), kernel_time(9), request};
  seen.segments[1] = {decode::Direction::kOutbound, offset, answer.size(), kernel_time(20), kernel_time(20), answer};
  seen.segment_count = answer.empty() ? 1 : 2;
  return seen;
}

decode::ConnectionEnded ended(std::uint64_t cookie, std::uint32_t sequence, bool closed = true) {
  decode::ConnectionEnded event;
  event.cookie = SocketCookie{cookie};
  event.sequence = sequence;
  event.closed = closed;
  event.at = kernel_time(100);
  return event;
}

std::uint64_t lost(const ConnectionTable& table, ProtocolLoss loss) {
  return table.losses()[static_cast<std::size_t>(loss)];
}

struct Seen {
  std::uint64_t cookie;
  std::uint32_t service;
  std::uint16_t port;
  std::int32_t pid;

  bool operator==(const Seen&) const = default;
};

auto into(std::vector<Seen>& seen) {
  return [&seen](const Exchange& exchange, const ConnectionContext& context) {
    seen.push_back({static_cast<std::uint64_t>(exchange.cookie), context.service, context.local.port, exchange.pid});
  };
}

TEST(ConnectionTable, hands_over_what_the_caller_said_about_the_connection) {
  ConnectionTable table;
  std::vector<Seen> seen;
  table.open(opened(1, 80), 11);
  table.open(opened(2, 81), 22);
  table.find(SocketCookie{2})->service = 23;
  table.handle(traffic(2, 1, kGet, kOk), into(seen));
  table.handle(traffic(1, 1, kGet, kOk), into(seen));
  EXPECT_EQ(seen, (std::vector<Seen>{{2, 23, 81, 99}, {1, 11, 80, 99}}));
  EXPECT_EQ(table.find(SocketCookie{3}), nullptr);
}

TEST(ConnectionTable, forgets_a_connection_only_when_it_is_closed) {
  ConnectionTable table;
  std::vector<Seen> seen;
  table.open(opened(1));
  table.handle(traffic(1, 1, kGet, ""), into(seen));
  table.handle(ended(1, 2, false), into(seen));
  EXPECT_EQ(table.size(), 1u);
  EXPECT_EQ(seen.size(), 1u);
  table.handle(ended(1, 3), into(seen));
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(seen.size(), 1u);
}

TEST(ConnectionTable, takes_in_traffic_whose_opening_was_lost_or_comes_late) {
  ConnectionTable table;
  std::vector<Seen> seen;
  table.handle(traffic(1, 40, kGet, kOk, 1'000'000), into(seen));
  EXPECT_EQ(seen, (std::vector<Seen>{{1, kUnknownService, 0, 99}}));
  EXPECT_EQ(lost(table, ProtocolLoss::kRecordGap), 1u);
  EXPECT_LT(table.coverage().total_bytes, 1000u);
  table.open(opened(1, 80), 5);
  table.handle(traffic(1, 41, kGet, kOk, 1'000'100), into(seen));
  EXPECT_EQ(seen.back(), (Seen{1, 5, 80, 99}));
  table.handle(ended(77, 1), into(seen));
  EXPECT_EQ(table.size(), 1u);
}

TEST(ConnectionTable, drops_the_connection_idle_for_longest_when_it_is_full) {
  ConnectionTable table(3);
  std::vector<Seen> seen;
  for (std::uint64_t cookie = 1; cookie <= 3; ++cookie) table.open(opened(cookie));
  table.handle(traffic(1, 1, kGet, ""), into(seen));
  table.handle(traffic(3, 1, kGet, kOk), into(seen));
  table.handle(traffic(2, 1, kGet, kOk), into(seen));
  table.open(opened(4));
  EXPECT_EQ(table.size(), 3u);
  EXPECT_EQ(table.find(SocketCookie{3}), nullptr);
  EXPECT_NE(table.find(SocketCookie{1}), nullptr) << "it has a request in flight";
  EXPECT_EQ(lost(table, ProtocolLoss::kTooManyConnections), 1u);
  EXPECT_EQ(lost(table, ProtocolLoss::kUnansweredRequest), 0u);
}

TEST(ConnectionTable, counts_the_requests_of_a_busy_connection_it_has_to_drop) {
  ConnectionTable table(1);
  std::vector<Seen> seen;
  table.open(opened(1));
  table.handle(traffic(1, 1, kGet, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), into(seen));
  EXPECT_EQ(table.waiting_connections(), 1u);
  table.open(opened(2));
  EXPECT_EQ(table.waiting_connections(), 0u);
  EXPECT_EQ(lost(table, ProtocolLoss::kUnansweredRequest), 1u);
}

TEST(ConnectionTable, stops_waiting_for_a_connection_that_closes) {
  ConnectionTable table;
  std::vector<Seen> seen;
  table.open(opened(1));
  table.handle(traffic(1, 1, kGet, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), into(seen));
  table.handle(ended(1, 2), into(seen));
  EXPECT_EQ(table.waiting_connections(), 0u);
}

TEST(Coverage, is_whole_for_http_and_zero_for_the_rest) {
  ConnectionTable table;
  std::vector<Seen> seen;
  table.open(opened(1));
  table.handle(traffic(1, 1, kGet, kOk), into(seen));
  EXPECT_EQ(table.coverage().understood_bytes, kGet.size() + kOk.size());
  EXPECT_EQ(table.coverage().total_bytes, kGet.size() + kOk.size());
  table.open(opened(2));
  table.handle(traffic(2, 1, "\x16\x03\x01", "\x16\x03\x03"), into(seen));
  EXPECT_EQ(table.coverage().understood_bytes, kGet.size() + kOk.size());
  EXPECT_EQ(table.coverage().total_bytes, kGet.size() + kOk.size() + 6);
}

TEST(Names, exist_for_every_value) {
  EXPECT_EQ(name_of(HttpMethod::kGet), "GET");
  EXPECT_EQ(name_of(HttpMethod::kPut), "PUT");
  EXPECT_EQ(name_of(HttpMethod::kOther), "_OTHER");
  EXPECT_EQ(name_of(ExchangeError::kNone), "");
  EXPECT_EQ(name_of(ExchangeError::kTimeout), "timeout");
  EXPECT_EQ(name_of(ProtocolLoss::kRecordGap), "record_gap");
  EXPECT_EQ(name_of(ProtocolLoss::kMalformed), "malformed");
  EXPECT_EQ(name_of(ProtocolLoss::kTooManyPending), "too_many_pending");
}

TEST(ConnectionTable, lets_an_end_wait_for_a_record_that_was_sent_before_it) {
  ConnectionTable table;
  table.open(opened(1));
  std::vector<std::uint16_t> statuses;
  const auto sink = [&](const Exchange& exchange, const ConnectionContext&) { statuses.push_back(exchange.status); };
  table.handle(ended(1, 3, true), sink);
  table.handle(ended(1, 2, false), sink);
  table.end_round(sink);
  EXPECT_TRUE(statuses.empty());
  table.handle(traffic(1, 1, kGet, kOk), sink);
  EXPECT_THAT(statuses, testing::ElementsAre(200));
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(lost(table, ProtocolLoss::kRecordGap), 0u);
}

TEST(ConnectionTable, gives_up_waiting_for_a_lost_record_after_one_whole_round) {
  ConnectionTable table;
  table.open(opened(1));
  const auto sink = [](const Exchange&, const ConnectionContext&) {};
  table.end_round(sink);
  table.handle(ended(1, 2), sink);
  table.end_round(sink);
  EXPECT_EQ(table.size(), 1u);
  table.end_round(sink);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(lost(table, ProtocolLoss::kRecordGap), 1u);
}

}  // namespace
}  // namespace sonde::protocol
