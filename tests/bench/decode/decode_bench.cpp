// What one request costs in user space, stage by stage: prepared records, as the kernel writes them, through decode,
// protocol, inventory and measure. The baseline, in the same run, is copying the same records once.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "app/pipeline.h"
#include "decode/record_decoder.h"
#include "support/fake_process_source.h"
#include "support/wire_records.h"

namespace sonde::app {
namespace {

constexpr std::size_t kConnections = 32;
constexpr std::size_t kRounds = 512;

/// wrk's request and nginx's answer.
std::string request_for(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"; }
const std::string kResponse =
    "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Mon, 23 Nov 2026 12:00:00 GMT\r\nContent-Type: text/plain\r\n"
    "Content-Length: 12\r\nConnection: keep-alive\r\n\r\nhello world\n";

/// Every connection's opening, then one request on each in turn; the paths take turns too.
struct Traffic {
  std::vector<test::RecordBytes> openings;
  std::vector<test::RecordBytes> exchanges;

  explicit Traffic(std::size_t path_count) {
    std::vector<std::uint64_t> request_offsets(kConnections), response_offsets(kConnections);
    for (std::uint64_t cookie = 1; cookie <= kConnections; ++cookie) {
      openings.push_back(
          test::to_bytes(test::opened_record(cookie, 8080, static_cast<std::uint16_t>(40'000 + cookie))));
    }
    for (std::size_t i = 0; i < kConnections * kRounds; ++i) {
      const std::size_t connection = i % kConnections;
      const std::string request = request_for("/shop/items/" + std::to_string(i % path_count));
      exchanges.push_back(test::exchange_record({.cookie = connection + 1,
                                                 .sequence = static_cast<std::uint32_t>(i / kConnections + 1),
                                                 .request_offset = request_offsets[connection],
                                                 .response_offset = response_offsets[connection],
                                                 .start_ns = 1'000'000 + i * 20'000,
                                                 .duration_ns = 80'000 + i % 97 * 10'000},
                                                request, kResponse));
      request_offsets[connection] += request.size();
      response_offsets[connection] += kResponse.size();
    }
  }
};

void report(benchmark::State& state, std::size_t requests_per_iteration) {
  const auto requests = static_cast<double>(state.iterations()) * static_cast<double>(requests_per_iteration);
  state.counters["requests"] = benchmark::Counter(requests, benchmark::Counter::kIsRate);
  state.counters["s_per_request"] =
      benchmark::Counter(requests, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void copy_only(benchmark::State& state) {
  const Traffic traffic(1);
  std::vector<std::byte> into(4096);
  for (auto _ : state) {
    for (const auto& record : traffic.exchanges) {
      std::memcpy(into.data(), record.data(), record.size());
      benchmark::DoNotOptimize(into.data());
    }
  }
  report(state, traffic.exchanges.size());
}
BENCHMARK(copy_only)->Name("baseline/copy");

void decode_only(benchmark::State& state) {
  const Traffic traffic(1);
  decode::Event event;
  for (auto _ : state) {
    for (const auto& record : traffic.exchanges) benchmark::DoNotOptimize(decode::decode_record(record, event));
  }
  report(state, traffic.exchanges.size());
}
BENCHMARK(decode_only)->Name("decode");

void decode_and_parse(benchmark::State& state) {
  const Traffic traffic(1);
  std::size_t exchanges = 0;
  for (auto _ : state) {
    state.PauseTiming();
    protocol::ConnectionTable table;
    decode::Event event;
    for (const auto& record : traffic.openings) {
      if (!decode::decode_record(record, event)) table.open(std::get<decode::ConnectionOpened>(event));
    }
    state.ResumeTiming();
    for (const auto& record : traffic.exchanges) {
      if (decode::decode_record(record, event)) continue;
      table.handle(std::get<decode::TrafficSeen>(event), [&](const auto&, const auto&) { ++exchanges; });
    }
  }
  if (exchanges != state.iterations() * traffic.exchanges.size()) state.SkipWithError("not every request was seen");
  report(state, traffic.exchanges.size());
}
BENCHMARK(decode_and_parse)->Name("decode..protocol");

void whole_pipeline(benchmark::State& state) {
  const Traffic traffic(static_cast<std::size_t>(state.range(0)));
  const inventory::FakeProcessSource processes;
  std::uint64_t exchanges = 0;
  for (auto _ : state) {
    state.PauseTiming();
    Pipeline pipeline(config::Config{}, protocol::RouteTemplates{}, processes);
    for (const auto& record : traffic.openings) pipeline.on_record(record);
    state.ResumeTiming();
    for (const auto& record : traffic.exchanges) pipeline.on_record(record);
    state.PauseTiming();
    exchanges += pipeline.take_facts().exchanges;
    state.ResumeTiming();
  }
  if (exchanges != state.iterations() * traffic.exchanges.size()) state.SkipWithError("not every request was seen");
  report(state, traffic.exchanges.size());
}
BENCHMARK(whole_pipeline)->Name("decode..measure/paths")->Arg(1)->Arg(100)->Arg(10'000);

}  // namespace
}  // namespace sonde::app

BENCHMARK_MAIN();
