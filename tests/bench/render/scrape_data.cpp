#include "scrape_data.h"

#include <chrono>
#include <string>
#include <string_view>

#include "measure/family_builder.h"

namespace sonde::bench {
namespace {

std::string path_of(std::size_t number) { return "/shop/v1/orders/kind" + std::to_string(number) + "/items"; }

bool is_changed(std::size_t number, double ratio) {
  return static_cast<double>(number % 100) < ratio * 100;  // spread over the page, as in life
}

}  // namespace

measure::Vocabulary plain_vocabulary() {
  return {[](std::string_view path, std::string& into) { into += path; },
          [](protocol::HttpMethod) -> std::string_view { return "GET"; },
          [](protocol::ExchangeError) -> std::string_view { return ""; }};
}

protocol::Exchange exchange_for(std::string_view path, int turn) {
  protocol::Exchange made;
  made.method = protocol::HttpMethod::kGet;
  made.status = 200;
  made.path = path;
  made.queue = std::chrono::microseconds{10 + turn % 40};
  made.time_to_first_byte = std::chrono::microseconds{400 + turn % 3000};
  made.duration = std::chrono::microseconds{500 + turn % 4000};
  made.request_bytes = 120;
  made.response_bytes = 350;
  return made;
}

TwoStates counters(std::size_t count, double changed_ratio) {
  measure::FamilyBuilder builder;
  const auto state = [&](double extra) {
    builder.counter("sonde_bench_requests_total", "Requests of a benchmark.");
    for (std::size_t i = 0; i < count; ++i) {
      builder.add(static_cast<double>(i * 1000) + (is_changed(i, changed_ratio) ? extra : 0),
                  {{"service_name", "shop"},
                   {"http_request_method", "GET"},
                   {"http_route", path_of(i)},
                   {"server_port", "8080"}});
    }
    auto snapshot = std::make_shared<measure::Snapshot>();
    snapshot->families = builder.take();
    return snapshot;
  };
  const auto first = state(0);
  return {first, state(1)};
}

TwoStates histograms(std::size_t count, double changed_ratio) {
  measure::MeasureOptions options;
  options.max_series = 3 * count;
  options.max_routes_per_service = count;
  measure::Measurements measurements(options, plain_vocabulary());
  const measure::ServiceContext shop{"shop", 1, 8080};
  for (std::size_t i = 0; i < count; ++i) {
    const std::string path = path_of(i);
    for (int turn = 0; turn < 30; ++turn) measurements.observe(exchange_for(path, turn * 97), shop);
  }
  TwoStates states;
  // Only the duration family: one histogram for each of `count` routes.
  const auto only_durations = [&] {
    auto snapshot = std::make_shared<measure::Snapshot>(*measurements.snapshot(WallTime{}));
    snapshot->families.resize(1);
    return snapshot;
  };
  states.first = only_durations();
  for (std::size_t i = 0; i < count; ++i) {
    if (is_changed(i, changed_ratio)) measurements.observe(exchange_for(path_of(i), 1), shop);
  }
  states.second = only_durations();
  return states;
}

std::shared_ptr<const measure::Snapshot> as_generation(const measure::Snapshot& snapshot, std::uint64_t generation) {
  auto copy = std::make_shared<measure::Snapshot>(snapshot);
  copy->generation = generation;
  return copy;
}

}  // namespace sonde::bench
