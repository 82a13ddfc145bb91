// Alerts that other programs have sent, on disk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "unit/history/history_place.h"

namespace sonde::history {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

alerts::ExternalAlert alert_of(const std::string& host) {
  alerts::ExternalAlert alert;
  alert.labels = {{"alertname", "CpuBusy"}, {"host", host}};
  alert.starts_at = kNow;
  alert.ends_at = kNow + 5min;
  return alert;
}

class ReceivedAlerts : public testing::Test {
 protected:
  ReceivedAlerts() : history_(place_.open()) { EXPECT_TRUE(history_->load()); }

  void save(std::vector<alerts::ExternalAlert> externals) {
    alerts::Snapshot snapshot;
    snapshot.externals = std::move(externals);
    const auto saved = history_->save(snapshot, {}, mark_at(1s));
    ASSERT_TRUE(saved) << saved.error().what;
  }
  LoadedHistory restart() {
    history_.reset();
    history_ = place_.open();
    auto found = history_->load();
    EXPECT_TRUE(found) << found.error().what;
    EXPECT_THAT(found->notices, IsEmpty());
    return *std::move(found);
  }

  const HistoryPlace place_;
  std::unique_ptr<AlertHistory> history_;
};

TEST_F(ReceivedAlerts, are_replaced) {
  alerts::ExternalAlert one = alert_of("a");
  one.annotations = {{"summary", "x"}};
  one.generator_url = "http://p/";
  save({one});
  one.ends_at = kNow + 9min;
  const alerts::ExternalAlert two = alert_of("b");
  save({one, two});
  EXPECT_THAT(restart().snapshot.externals, ElementsAre(one, two));
  save({two});
  EXPECT_THAT(restart().snapshot.externals, ElementsAre(two));
}

TEST_F(ReceivedAlerts, K01_are_kept_before_anything_else_is) {
  const alerts::ExternalAlert first = alert_of("b");
  const alerts::ExternalAlert second = alert_of("a");
  ASSERT_TRUE(history_->keep_received({first, second, first}, mark_at(1s)));
  const LoadedHistory loaded = restart();
  EXPECT_THAT(loaded.snapshot.externals, ElementsAre(second, first));
  EXPECT_EQ(loaded.clock, mark_at(1s)) << "without it, nothing else counts";
}

TEST_F(ReceivedAlerts, are_known_to_the_next_save) {
  alerts::ExternalAlert first = alert_of("b");
  const alerts::ExternalAlert second = alert_of("a");
  save({first});
  first.ends_at += 1min;
  ASSERT_TRUE(history_->keep_received({first, second, first}, mark_at(2s)));
  const auto saves = history_->counters().saves;
  save({second, first});
  EXPECT_EQ(history_->counters().saves, saves) << "nothing is different";
  save({first});
  EXPECT_THAT(restart().snapshot.externals, ElementsAre(first)) << "what is over is gone";
}

TEST_F(ReceivedAlerts, that_could_not_be_kept_at_once_are_with_the_next_save) {
  const alerts::ExternalAlert alert = alert_of("a");
  Database other = place_.other_connection();
  ASSERT_TRUE(other.execute("BEGIN IMMEDIATE"));
  EXPECT_FALSE(history_->keep_received({alert}, mark_at(1s)));
  ASSERT_TRUE(other.execute("ROLLBACK"));
  save({alert});
  EXPECT_THAT(restart().snapshot.externals, ElementsAre(alert));
}

}  // namespace
}  // namespace sonde::history
