#include "app/service_windows.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <vector>

#include "unit/store/measured_host.h"

namespace sonde::app {
namespace {

using namespace std::chrono_literals;

class StoreWindows : public testing::Test {
 protected:
  StoreWindows() {
    std::vector<std::string> notices;
    auto opened = store::Database::open({}, notices);
    EXPECT_TRUE(opened);
    database_ = *std::move(opened);
  }

  void observe(const char* family, const char* service, const char* status, std::chrono::nanoseconds duration,
               std::uint32_t times) {
    host_.observe(family, {{"http_response_status_code", status}, {"service_name", service}}, duration, times);
  }
  void tick() {
    database_->append(host_.snapshot(), now_);
    now_ += 10s;
  }
  std::vector<store::ServiceWindow> over(std::chrono::nanoseconds window) {
    auto windows = windows_of_store(*database_, window, now_ - 10s);
    EXPECT_TRUE(windows);
    return windows ? *std::move(windows) : std::vector<store::ServiceWindow>();
  }

  static constexpr const char* kServer = "http_server_request_duration_seconds";
  static constexpr const char* kClient = "http_client_request_duration_seconds";

  store::MeasuredHost host_;
  std::unique_ptr<store::Database> database_;
  WallTime now_ = store::kStart;
};

TEST_F(StoreWindows, have_the_requests_of_each_side_by_how_they_ended) {
  tick();
  observe(kServer, "shop", "200", 20ms, 95);
  observe(kServer, "shop", "404", 1ms, 3);
  observe(kServer, "shop", "503", 400ms, 2);
  observe(kClient, "shop", "200", 5ms, 7);
  tick();
  const auto windows = over(1h);
  ASSERT_EQ(windows.size(), 2u);
  EXPECT_TRUE(windows[0].server);
  EXPECT_EQ(windows[0].service, "shop");
  EXPECT_EQ(windows[0].requests, 100u) << "all of them, though the series were new";
  EXPECT_EQ(windows[0].client_errors, 3u);
  EXPECT_EQ(windows[0].server_errors, 2u);
  EXPECT_EQ(windows[0].covered, 10s);
  EXPECT_FALSE(windows[1].server);
  EXPECT_EQ(windows[1].requests, 7u);
}

TEST_F(StoreWindows, have_quantiles_within_one_percent) {
  tick();
  observe(kServer, "shop", "200", 20ms, 90);
  observe(kServer, "shop", "200", 300ms, 10);
  tick();
  const auto windows = over(1h);
  ASSERT_EQ(windows.size(), 1u);
  EXPECT_NEAR(static_cast<double>(windows[0].duration.quantile(0.5).count()), 20e6, 0.2e6);
  EXPECT_NEAR(static_cast<double>(windows[0].duration.quantile(0.95).count()), 300e6, 3e6);
}

TEST_F(StoreWindows, leave_out_what_was_before_them_and_go_on_over_a_restart) {
  observe(kServer, "shop", "200", 20ms, 1'000);
  tick();
  tick();
  observe(kServer, "shop", "200", 20ms, 5);
  tick();
  host_.restart();
  observe(kServer, "shop", "200", 20ms, 3);
  tick();
  const auto windows = over(20s);
  ASSERT_EQ(windows.size(), 1u);
  EXPECT_EQ(windows[0].requests, 8u);
}

}  // namespace
}  // namespace sonde::app
