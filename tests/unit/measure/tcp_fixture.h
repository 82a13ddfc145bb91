#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "decode/types.h"
#include "measure/family_builder.h"
#include "measure/tcp_book.h"
#include "unit/measure/exchange_fixture.h"

namespace sonde::measure {

/// Every number of a page by `name{label=value,...}`; of a histogram its `name_count{...}` and `name_sum{...}`.
using Numbers = std::map<std::string, double>;

inline Numbers numbers_of(const std::vector<Family>& families) {
  Numbers numbers;
  for (const Family& family : families) {
    for (const Series& series : family.series) {
      const std::string labels = "{" + text_of(*series.identity) + "}";
      if (series.histogram == nullptr) {
        numbers[family.name + labels] = series.value;
        continue;
      }
      numbers[family.name + "_count" + labels] = static_cast<double>(series.histogram->count);
      numbers[family.name + "_sum" + labels] = series.histogram->sum_seconds;
    }
  }
  return numbers;
}

inline Numbers numbers_of(TcpBook& book) {
  FamilyBuilder builder;
  book.write(builder);
  return numbers_of(builder.take());
}

/// Nothing if there is no such series.
inline std::optional<double> find(const Numbers& numbers, const std::string& series) {
  const auto row = numbers.find(series);
  return row == numbers.end() ? std::nullopt : std::optional(row->second);
}

/// How many series have `part` in their text.
inline std::size_t count_with(const Numbers& numbers, std::string_view part) {
  return static_cast<std::size_t>(std::count_if(
      numbers.begin(), numbers.end(), [&](const auto& row) { return row.first.find(part) != std::string::npos; }));
}

inline decode::Endpoint ipv4(std::array<std::uint8_t, 4> address, std::uint16_t port) {
  decode::Endpoint endpoint;
  endpoint.address[10] = endpoint.address[11] = 0xff;
  std::copy(address.begin(), address.end(), endpoint.address.begin() + 12);
  endpoint.port = port;
  return endpoint;
}

inline constexpr std::uint8_t kEstablishedState = 1;
inline constexpr std::uint8_t kCloseState = 7;

/// An established connection of a process to 10.0.0.`last`:5432.
inline decode::TcpSample to_database(std::uint8_t last = 1) {
  decode::TcpSample sample;
  sample.side = decode::TcpSide::kClient;
  sample.state = kEstablishedState;
  sample.local = ipv4({10, 0, 9, 9}, 40'000);
  sample.remote = ipv4({10, 0, 0, last}, 5432);
  sample.at = kernel_time(1'000);
  return sample;
}

/// An established connection of a peer to port 8080.
inline decode::TcpSample from_peer() {
  decode::TcpSample sample = to_database();
  sample.side = decode::TcpSide::kServer;
  sample.local.port = 8080;
  sample.remote = ipv4({10, 0, 7, 7}, 51'000);
  return sample;
}

inline decode::TcpSample listener(std::uint16_t port, std::uint32_t backlog = 0, std::uint32_t limit = 128) {
  decode::TcpSample sample;
  sample.side = decode::TcpSide::kListener;
  sample.state = 10;
  sample.local = ipv4({0, 0, 0, 0}, port);
  sample.unread_bytes = backlog;
  sample.unacknowledged_bytes = limit;
  sample.at = kernel_time(1'000);
  return sample;
}

inline decode::TcpSample with(decode::TcpSample sample, std::initializer_list<decode::TcpFlag> flags) {
  for (const decode::TcpFlag flag : flags) sample.flags |= static_cast<std::uint32_t>(flag);
  return sample;
}

inline decode::TcpSample at(decode::TcpSample sample, std::chrono::nanoseconds since_start) {
  sample.at = KernelTime{since_start};
  return sample;
}

/// One whole sweep that finds `samples` in `service`.
inline void sweep(TcpBook& book, std::initializer_list<decode::TcpSample> samples, const std::string& service = "shop",
                  const ListenCounters& host = {}) {
  book.begin_sweep();
  for (const decode::TcpSample& sample : samples) book.take(sample, service);
  book.end_sweep(host);
}

}  // namespace sonde::measure
