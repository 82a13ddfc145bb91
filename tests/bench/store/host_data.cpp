#include "bench/store/host_data.h"

#include <chrono>
#include <cmath>
#include <string>
#include <utility>

namespace sonde::bench {
namespace {

using measure::Label;
using measure::MetricType;

constexpr std::size_t kRoutes = 5;
constexpr std::size_t kServiceNumbers = 20;
constexpr std::size_t kHostNumbers = 400;

measure::Series number(std::vector<Label> labels) { return {measure::make_identity(std::move(labels)), 0, nullptr}; }

/// The next value of the number at place `n`.
double step(std::size_t n, double value, std::mt19937_64& random) {
  switch (n % 4) {
    case 0:
      return value == 0 ? static_cast<double>(n) * 4096 : value;
    case 1:
      return value + static_cast<double>(random() % 2000);
    case 2:
      return static_cast<double>(100'000 + random() % 500);
    default:
      return static_cast<double>(random() % 10'000'019) / 10'000'019.0;
  }
}

class Numbers final : public HostData {
 public:
  explicit Numbers(std::size_t series) {
    snapshot_.families.push_back({"bench_numbers", "", MetricType::kGauge, {}});
    for (std::size_t n = 0; n < series; ++n) {
      snapshot_.families[0].series.push_back(
          number({{"service_name", "service-" + std::to_string(n / 40)}, {"n", std::to_string(n)}}));
    }
  }

  const measure::Snapshot& tick() override {
    ++snapshot_.generation;
    std::size_t n = 0;
    for (measure::Series& series : snapshot_.families[0].series) series.value = step(n++, series.value, random_);
    return snapshot_;
  }

 private:
  std::mt19937_64 random_{1};
  measure::Snapshot snapshot_;
};

class Host final : public HostData {
 public:
  explicit Host(std::size_t services) {
    snapshot_.families.push_back({std::string(measure::kHttpServerDuration), "", MetricType::kHistogram, {}});
    snapshot_.families.push_back({"bench_service", "", MetricType::kCounter, {}});
    snapshot_.families.push_back({"bench_host", "", MetricType::kCounter, {}});
    for (std::size_t service = 0; service < services; ++service) add_service("service-" + std::to_string(service));
    for (std::size_t n = 0; n < kHostNumbers; ++n)
      snapshot_.families[2].series.push_back(number({{"n", std::to_string(n)}}));
  }

  const measure::Snapshot& tick() override {
    ++snapshot_.generation;
    std::vector<measure::Series>& histograms = snapshot_.families[0].series;
    histograms.clear();
    for (std::size_t i = 0; i < routes_.size(); ++i) {
      observe(i);
      histograms.push_back(routes_[i]->publish());
    }
    for (std::size_t family = 1; family < 3; ++family) {
      std::size_t n = 0;
      for (measure::Series& series : snapshot_.families[family].series) step_counter(n++, series);
    }
    return snapshot_;
  }

 private:
  void add_service(const std::string& name) {
    for (std::size_t route = 0; route < kRoutes; ++route) {
      routes_.push_back(std::make_unique<measure::HistogramSeries>(
          measure::make_identity({{"service_name", name},
                                  {"http_route", "/route/" + std::to_string(route)},
                                  {"http_request_method", "GET"}})));
    }
    for (std::size_t n = 0; n < kServiceNumbers; ++n) {
      snapshot_.families[1].series.push_back(number({{"service_name", name}, {"n", std::to_string(n)}}));
    }
  }

  /// Of five routes, two are quiet, two see a few requests, one sees hundreds.
  void observe(std::size_t route) {
    constexpr std::size_t kMostRequests[kRoutes] = {1, 2, 20, 100, 600};
    const std::size_t requests = random_() % (kMostRequests[route % kRoutes] + 1);
    std::lognormal_distribution<double> seconds(-5, 0.5);
    for (std::size_t i = 0; i < requests; ++i) {
      routes_[route]->observe(std::chrono::nanoseconds{static_cast<std::int64_t>(seconds(random_) * 1e9)});
    }
  }

  /// One in three moves: bytes, hundredths of seconds.
  void step_counter(std::size_t n, measure::Series& series) {
    if (n % 3 != 0) return;
    const double step = static_cast<double>(random_() % 1000);
    series.value = n % 2 == 0 ? series.value + step * 512 : std::round(series.value * 100 + step / 10) / 100;
  }

  std::mt19937_64 random_{2};
  std::vector<std::unique_ptr<measure::HistogramSeries>> routes_;
  measure::Snapshot snapshot_;
};

}  // namespace

std::unique_ptr<HostData> make_numbers(std::size_t series) { return std::make_unique<Numbers>(series); }
std::unique_ptr<HostData> make_host(std::size_t services) { return std::make_unique<Host>(services); }

}  // namespace sonde::bench
