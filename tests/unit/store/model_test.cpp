// Random operations on a database and on a plain map of samples.
#include <gtest/gtest.h>

#include <bit>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "unit/store/measured_host.h"

namespace sonde::store {
namespace {

using namespace std::chrono_literals;

/// Gauges only, so that nothing but values and ends is to be expected.
class Model {
 public:
  explicit Model(std::uint64_t seed) : random_(seed) {
    options_.directory = directory_.path();
    options_.retention = 24h * 365;
    database_ = open_database(options_);
  }

  void run() {
    for (int i = 0; i < 2'000; ++i) {
      step();
      if (i % 100 == 99) compare();
    }
  }

 private:
  void step() {
    const auto chance = random_() % 1'000;
    if (chance < 3) {
      ASSERT_TRUE(database_->checkpoint());
      database_ = nullptr;
      database_ = open_database(options_);
    } else if (chance < 10) {
      ASSERT_TRUE(database_->checkpoint());
    }
    for (int n = 0; n < 8; ++n) change(std::to_string(n));
    now_ms_ += chance < 20 ? 3'600'000 : 10'000 + 100 * static_cast<std::int64_t>(random_() % 10);
    database_->append(host_.snapshot(), at_ms(now_ms_));
    for (auto& [name, value] : live_)
      wanted_[name].emplace_back(kStartMs + now_ms_, std::bit_cast<std::uint64_t>(value));
  }

  void change(const std::string& name) {
    const auto chance = random_() % 100;
    if (chance < 2 && live_.contains(name)) {
      live_.erase(name);
      host_.remove("load", {{"n", name}});
    } else if (chance < 60) {
      const double value =
          chance < 40 ? static_cast<double>(random_() % 1'000) : std::bit_cast<double>(random_() >> 2U);
      live_[name] = value;
      host_.set("load", {{"n", name}}, value);
    }
  }

  void compare() {
    std::map<std::string, std::vector<std::pair<std::int64_t, std::uint64_t>>> got;
    for (const ReadSeries& series : read(*database_, {{"__name__", MatchOperator::kEqual, "load"}})) {
      auto& samples = got[series.name.substr(8, series.name.size() - 10)];
      for (const Sample& sample : series.samples) {
        if (!is_stale(sample.value)) samples.emplace_back(sample.at_ms, std::bit_cast<std::uint64_t>(sample.value));
      }
    }
    ASSERT_EQ(got, wanted_);
  }

  std::mt19937_64 random_;
  TemporaryDirectory directory_;
  StoreOptions options_;
  MeasuredHost host_;
  std::unique_ptr<Database> database_;
  std::map<std::string, double> live_;
  std::map<std::string, std::vector<std::pair<std::int64_t, std::uint64_t>>> wanted_;
  std::int64_t now_ms_ = 0;
};

class AgainstModel : public testing::TestWithParam<std::uint64_t> {};

TEST_P(AgainstModel, the_database_holds_what_a_map_would) { Model(GetParam()).run(); }

INSTANTIATE_TEST_SUITE_P(Seeds, AgainstModel, testing::Values(1, 2, 3));

}  // namespace
}  // namespace sonde::store
