#include "measure/tcp_book.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <unordered_set>

#include "unit/measure/tcp_fixture.h"

namespace sonde::measure {
namespace {

using namespace std::chrono_literals;
using decode::ConnectFailure;
using decode::TcpFlag;
using decode::TcpSample;
using decode::TcpSide;

const std::string kClient = "{service_name=shop,role=client,server_address=10.0.0.1,server_port=5432}";
const std::string kServer = "{service_name=shop,role=server,server_port=8080}";

/// `labels` with one more.
std::string plus(std::string labels, const std::string& label) {
  labels.insert(labels.size() - 1, "," + label);
  return labels;
}

struct FlagRow {
  const char* name;
  bool client;
  TcpFlag flag;
  const char* series;
  const char* label;
};

class FlagCase : public testing::TestWithParam<FlagRow> {};

TEST_P(FlagCase, adds_one_to_its_series_at_once) {
  TcpBook book({});
  TcpSample sample = GetParam().client ? to_database() : from_peer();
  sample.reset_reason = 8;
  for (int i = 0; i < 3; ++i) book.take(with(sample, {GetParam().flag}), "shop");
  const std::string labels = GetParam().client ? kClient : kServer;
  const std::string series = GetParam().series + (*GetParam().label == '\0' ? labels : plus(labels, GetParam().label));
  EXPECT_EQ(find(numbers_of(book), series), 3) << series;
}

INSTANTIATE_TEST_SUITE_P(
    Flags, FlagCase,
    testing::Values(FlagRow{"attempted", true, TcpFlag::kAttempted, "sonde_tcp_connect_attempts_total", ""},
                    FlagRow{"connected", true, TcpFlag::kConnected, "sonde_tcp_connects_total", ""},
                    FlagRow{"connect_time", true, TcpFlag::kConnected, "sonde_tcp_connect_duration_seconds_count", ""},
                    FlagRow{"failed", true, TcpFlag::kFailed, "sonde_tcp_connect_failures_total", "error_type=other"},
                    FlagRow{"acceptable", false, TcpFlag::kAcceptable, "sonde_tcp_accepts_total", ""},
                    FlagRow{"first_use", false, TcpFlag::kFirstUse, "sonde_tcp_accept_wait_seconds_count", ""},
                    FlagRow{"reset_sent", false, TcpFlag::kResetSent, "sonde_tcp_resets_total",
                            "direction=sent,reason=abort_on_data"},
                    FlagRow{"reset_received", true, TcpFlag::kResetReceived, "sonde_tcp_resets_total",
                            "direction=received"}),
    [](const auto& row) { return row.param.name; });

TEST(TcpFlags, that_tell_of_a_connects_end_measure_successful_ones_only) {
  TcpBook book({});
  TcpSample sample = to_database();
  sample.connect_time = 250ms;
  book.take(with(sample, {TcpFlag::kAttempted, TcpFlag::kConnected}), "shop");
  sample.connect_time = 90s;
  book.take(with(sample, {TcpFlag::kAttempted, TcpFlag::kFailed}), "shop");
  const Numbers numbers = numbers_of(book);
  EXPECT_EQ(find(numbers, "sonde_tcp_connect_duration_seconds_count" + kClient), 1);
  EXPECT_EQ(find(numbers, "sonde_tcp_connect_duration_seconds_sum" + kClient), 0.25);
}

TEST(TcpFlags, leave_the_reason_out_of_a_reset_that_has_none) {
  TcpBook book({});
  book.take(with(from_peer(), {TcpFlag::kResetSent}), "shop");
  EXPECT_EQ(find(numbers_of(book), "sonde_tcp_resets_total" + plus(kServer, "direction=sent")), 1);
}

TEST(TcpFlags, keep_resets_of_different_reasons_apart) {
  TcpBook book({});
  for (const std::uint8_t reason : {1, 8, 8}) {
    TcpSample sample = with(from_peer(), {TcpFlag::kResetSent});
    sample.reset_reason = reason;
    book.take(sample, "shop");
  }
  const Numbers numbers = numbers_of(book);
  EXPECT_EQ(find(numbers, "sonde_tcp_resets_total" + plus(kServer, "direction=sent,reason=no_socket")), 1);
  EXPECT_EQ(find(numbers, "sonde_tcp_resets_total" + plus(kServer, "direction=sent,reason=abort_on_data")), 2);
}

TEST(TcpFlags, of_an_older_or_closed_socket_mean_nothing_by_themselves) {
  TcpBook book({});
  TcpSample sample = with(to_database(), {TcpFlag::kClosed, TcpFlag::kOlder});
  sample.state = kCloseState;
  book.take(sample, "shop");
  EXPECT_TRUE(numbers_of(book).empty());
}

struct FailureRow {
  const char* error_type;
  ConnectFailure failure;
};

class FailureCase : public testing::TestWithParam<FailureRow> {};

TEST_P(FailureCase, is_counted_under_its_name) {
  TcpBook book({});
  TcpSample sample = with(to_database(), {TcpFlag::kFailed});
  sample.failure = GetParam().failure;
  book.take(sample, "shop");
  const std::string label = std::string("error_type=") + GetParam().error_type;
  EXPECT_EQ(find(numbers_of(book), "sonde_tcp_connect_failures_total" + plus(kClient, label)), 1);
}

INSTANTIATE_TEST_SUITE_P(
    Failures, FailureCase,
    testing::Values(FailureRow{"refused", ConnectFailure::kRefused}, FailureRow{"timed_out", ConnectFailure::kTimedOut},
                    FailureRow{"unreachable", ConnectFailure::kUnreachable},
                    FailureRow{"reset", ConnectFailure::kReset}, FailureRow{"cancelled", ConnectFailure::kCancelled},
                    FailureRow{"no_port", ConnectFailure::kNoPort}, FailureRow{"other", ConnectFailure::kOther}),
    [](const auto& row) { return row.param.error_type; });

TEST(TcpBook, has_as_many_attempts_as_connects_failures_and_those_in_progress) {
  TcpBook book({});
  std::mt19937 random(3);
  double in_progress = 0;
  for (int i = 0; i < 5'000; ++i) {
    TcpSample sample = to_database();
    sample.failure = static_cast<ConnectFailure>(random() % static_cast<unsigned>(ConnectFailure::kCount));
    const unsigned outcome = random() % 5;
    const bool in_two_records = random() % 2 == 0;
    if (outcome == 0 || in_two_records) book.take(with(sample, {TcpFlag::kAttempted}), "shop");
    if (outcome == 0) in_progress += 1;
    if (outcome == 0) continue;
    sample = with(sample, {outcome < 4 ? TcpFlag::kConnected : TcpFlag::kFailed});
    book.take(in_two_records ? sample : with(sample, {TcpFlag::kAttempted}), "shop");
  }
  const Numbers numbers = numbers_of(book);
  double failures = 0;
  for (const auto& [series, value] : numbers) {
    failures += series.find("sonde_tcp_connect_failures_total") == 0 ? value : 0;
  }
  EXPECT_GT(failures, 0);
  EXPECT_EQ(find(numbers, "sonde_tcp_connect_attempts_total" + kClient),
            *find(numbers, "sonde_tcp_connects_total" + kClient) + failures + in_progress);
}

TEST(TcpBook, adds_up_what_connections_moved) {
  TcpBook book({});
  TcpSample sample = to_database();
  sample.sent_bytes = 1;
  sample.received_bytes = 2;
  sample.sent_segments = 3;
  sample.received_segments = 4;
  sample.retransmits = 5;
  sample.drops = 6;
  sample.memory_drops = 7;
  for (int i = 0; i < 10; ++i) book.take(sample, "shop");
  const Numbers numbers = numbers_of(book);
  EXPECT_EQ(find(numbers, "sonde_tcp_sent_bytes_total" + kClient), 10);
  EXPECT_EQ(find(numbers, "sonde_tcp_received_bytes_total" + kClient), 20);
  EXPECT_EQ(find(numbers, "sonde_tcp_sent_segments_total" + kClient), 30);
  EXPECT_EQ(find(numbers, "sonde_tcp_received_segments_total" + kClient), 40);
  EXPECT_EQ(find(numbers, "sonde_tcp_retransmits_total" + kClient), 50);
  EXPECT_EQ(find(numbers, "sonde_tcp_drops_total" + kClient), 60);
  EXPECT_EQ(find(numbers, "sonde_tcp_memory_drops_total" + kClient), 70);
}

TEST(TcpBook, starts_the_counters_of_a_client_and_of_a_server_at_zero) {
  TcpBook book({});
  sweep(book, {to_database(), from_peer()});
  const Numbers numbers = numbers_of(book);
  EXPECT_EQ(find(numbers, "sonde_tcp_connect_attempts_total" + kClient), 0);
  EXPECT_EQ(find(numbers, "sonde_tcp_retransmits_total" + kClient), 0);
  EXPECT_EQ(find(numbers, "sonde_tcp_accepts_total" + kServer), 0);
  EXPECT_EQ(count_with(numbers, "sonde_tcp_accepts_total{service_name=shop,role=client"), 0u);
  EXPECT_EQ(count_with(numbers, "sonde_tcp_connects_total{service_name=shop,role=server"), 0u);
}

TEST(TcpBook, keeps_services_roles_addresses_and_ports_apart) {
  TcpBook book({});
  TcpSample other_port = to_database();
  other_port.remote.port = 5433;
  sweep(book, {to_database(1), to_database(2), other_port, from_peer()});
  book.take(with(to_database(1), {TcpFlag::kAttempted}), "till");
  EXPECT_EQ(count_with(numbers_of(book), "sonde_tcp_sent_bytes_total{"), 5u);
}

TEST(TcpBook, takes_services_whose_names_read_alike_for_one) {
  TcpBook book({});
  book.take(with(to_database(), {TcpFlag::kAttempted}), "shop\x80");
  book.take(with(to_database(), {TcpFlag::kAttempted}), "shop\x81");
  const Numbers numbers = numbers_of(book);
  EXPECT_EQ(count_with(numbers, "sonde_tcp_connect_attempts_total{"), 1u);
  EXPECT_EQ(find(numbers,
                 "sonde_tcp_connect_attempts_total{service_name=shop\xEF\xBF\xBD,role=client,"
                 "server_address=10.0.0.1,server_port=5432}"),
            2);
}

TEST(TcpBook, gives_a_series_the_same_identity_and_place_in_every_page) {
  TcpBook book({});
  FamilyBuilder builder;
  sweep(book, {to_database(1), to_database(2)});
  book.write(builder);
  const std::vector<Family> first = builder.take();
  for (std::uint8_t i = 3; i < 60; ++i) sweep(book, {to_database(1), to_database(2), to_database(i)});
  book.write(builder);
  const std::vector<Family> second = builder.take();
  for (const Family& family : first) {
    const auto same =
        std::find_if(second.begin(), second.end(), [&](const Family& f) { return f.name == family.name; });
    ASSERT_NE(same, second.end());
    for (std::size_t i = 0; i < family.series.size(); ++i) {
      EXPECT_EQ(same->series[i].identity, family.series[i].identity) << family.name;
    }
  }
}

TEST(TcpBook, never_writes_two_series_with_the_same_labels) {
  TcpBook book(TcpOptions{3});
  std::mt19937 random(11);
  for (int round = 0; round < 40; ++round) {
    book.begin_sweep();
    for (int i = 0; i < 50; ++i) {
      TcpSample sample = to_database(static_cast<std::uint8_t>(random() % 6));
      sample.side = static_cast<TcpSide>(random() % 4);
      sample.local.port = static_cast<std::uint16_t>(8080 + random() % 5);
      sample.flags = random() % 512;
      sample.reset_reason = static_cast<std::uint8_t>(random() % 40);
      sample.state = static_cast<std::uint8_t>(random() % 13);
      sample.at = KernelTime{std::chrono::minutes{3 * round}};
      book.take(sample, random() % 2 == 0 ? "shop" : "till");
    }
    book.end_sweep();
    FamilyBuilder builder;
    book.write(builder);
    for (const Family& family : builder.take()) {
      std::unordered_set<std::string> seen;
      for (const Series& series : family.series) {
        EXPECT_TRUE(seen.insert(text_of(*series.identity)).second) << family.name << text_of(*series.identity);
      }
    }
  }
}

struct DatagramRow {
  const char* name;
  const char* kind;
  const char* prefix;
};

class DatagramCase : public testing::TestWithParam<DatagramRow> {};

TEST_P(DatagramCase, is_counted_by_service_and_direction) {
  TcpBook book({});
  for (int i = 0; i < 2; ++i) book.take(DatagramDelta{GetParam().kind, {1, 2}, {3, 4}, {5, 6}}, "dns");
  const Numbers numbers = numbers_of(book);
  const std::string prefix = GetParam().prefix;
  EXPECT_EQ(find(numbers, prefix + "_bytes_total{service_name=dns,direction=received}"), 2);
  EXPECT_EQ(find(numbers, prefix + "_bytes_total{service_name=dns,direction=sent}"), 4);
  EXPECT_EQ(find(numbers, prefix + "_messages_total{service_name=dns,direction=received}"), 6);
  EXPECT_EQ(find(numbers, prefix + "_messages_total{service_name=dns,direction=sent}"), 8);
  EXPECT_EQ(find(numbers, prefix + "_errors_total{service_name=dns,direction=received}"), 10);
  EXPECT_EQ(find(numbers, prefix + "_errors_total{service_name=dns,direction=sent}"), 12);
}

INSTANTIATE_TEST_SUITE_P(Kinds, DatagramCase,
                         testing::Values(DatagramRow{"udp", "udp", "sonde_udp"},
                                         DatagramRow{"unix", "unix", "sonde_unix"}),
                         [](const auto& row) { return row.param.name; });

TEST(Datagrams, of_a_kind_nobody_knows_or_without_counts_make_no_series) {
  TcpBook book({});
  book.take(DatagramDelta{"udp", {}, {}, {}}, "dns");
  book.take(DatagramDelta{"raw", {1, 1}, {1, 1}, {}}, "dns");
  EXPECT_TRUE(numbers_of(book).empty());
}

TEST(NetworkBytes, are_those_of_tcp_and_udp_but_not_of_unix_sockets) {
  TcpBook book({});
  TcpSample sample = to_database();
  sample.received_bytes = 10;
  sample.sent_bytes = 20;
  book.take(sample, "shop");
  book.take(DatagramDelta{"udp", {1, 2}, {1, 1}, {}}, "shop");
  book.take(DatagramDelta{"unix", {500, 500}, {1, 1}, {}}, "shop");
  const Numbers numbers = numbers_of(book);
  EXPECT_EQ(find(numbers, "process_network_io_bytes_total{service_name=shop,network_io_direction=receive}"), 11);
  EXPECT_EQ(find(numbers, "process_network_io_bytes_total{service_name=shop,network_io_direction=transmit}"), 22);
}

}  // namespace
}  // namespace sonde::measure
