#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "unit/store/measured_host.h"

namespace sonde::store {
namespace {

using namespace std::chrono_literals;

Output output(const std::string& name, const std::string& service, double value) {
  return {{{"__name__", name}, {"service_name", service}}, value};
}

class Outputs : public testing::Test {
 protected:
  [[nodiscard]] std::string samples(const std::string& name) const { return samples_of(*database_, name); }

  std::unique_ptr<Database> database_ = open_database({});
};

TEST_F(Outputs, are_samples_like_any_other) {
  database_->append_outputs("a", {output("requests:rate5m", "web", 3)}, at_ms(0));
  database_->append_outputs("a", {output("requests:rate5m", "web", 4)}, at_ms(10'000));
  EXPECT_EQ(samples("requests:rate5m"), "0:3 10000:4");
  EXPECT_EQ(database_->facts().appended_samples, 2U);
}

TEST_F(Outputs, end_when_their_origin_makes_them_no_more) {
  database_->append_outputs("a", {output("ALERTS", "web", 1)}, at_ms(0));
  database_->append_outputs("b", {output("other", "web", 1)}, at_ms(0));
  database_->append_outputs("a", {}, at_ms(10'000));
  EXPECT_EQ(samples("ALERTS"), "0:1 10000:stale");
  EXPECT_EQ(samples("other"), "0:1");
}

TEST_F(Outputs, do_not_end_with_what_is_measured) {
  MeasuredHost host;
  host.set("load", {}, 1);
  database_->append_outputs("a", {output("ALERTS", "web", 1)}, at_ms(0));
  for (int second = 0; second <= 40; second += 10) database_->append(host.snapshot(), at_ms(second * 1'000));
  EXPECT_EQ(samples("ALERTS"), "0:1");
}

TEST_F(Outputs, of_one_moment_come_once) {
  database_->append_outputs("a", {output("x", "web", 1)}, at_ms(10'000));
  database_->append_outputs("a", {output("x", "web", 2)}, at_ms(10'000));
  EXPECT_EQ(samples("x"), "10000:1");
  EXPECT_EQ(database_->facts().out_of_order_samples, 1U);
}

TEST(OutputsBesideCheckpoints, are_all_there_in_the_end) {
  const TemporaryDirectory directory;
  StoreOptions options;
  options.directory = directory.path();
  const auto database = open_database(options);
  constexpr int kCount = 2'000;
  std::atomic<bool> is_done = false;
  std::thread writer([&] {
    while (!is_done) ASSERT_TRUE(database->checkpoint());
  });
  for (int i = 0; i <= kCount; ++i) database->append_outputs("a", {output("x", "web", i)}, at_ms(i * 1'000));
  is_done = true;
  writer.join();
  database->append_outputs("a", {output("x", "web", kCount + 1)}, at_ms((kCount + 1) * 1'000));
  const auto all = read(*database, {{"__name__", MatchOperator::kEqual, "x"}});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all.front().samples.size(), static_cast<std::size_t>(kCount) + 2);
  EXPECT_EQ(database->facts().dropped_outputs, 0U);
}

}  // namespace
}  // namespace sonde::store
