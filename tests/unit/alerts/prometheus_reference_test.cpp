#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "unit/alerts/story.h"

namespace sonde::alerts::test {
namespace {

/// What Prometheus does with one alert of a rule, evaluation by evaluation (rules/alerting.go, AlertingRule.Eval).
class PrometheusAlert {
 public:
  PrometheusAlert(nanoseconds hold, nanoseconds keep_firing_for) : hold_(hold), keep_firing_for_(keep_firing_for) {}

  void evaluate(nanoseconds ts, bool in_result) {
    if (in_result && !active_) {
      active_ = true;
      pending_ = true;
      active_at_ = ts;
    }
    if (!active_) return;
    if (in_result) {
      keep_firing_since_.reset();
    } else {
      bool keep_firing = false;
      if (!pending_ && keep_firing_for_ > 0s) {
        if (!keep_firing_since_) keep_firing_since_ = ts;
        keep_firing = ts - *keep_firing_since_ < keep_firing_for_;
      }
      if (!keep_firing) {
        active_ = false;
        keep_firing_since_.reset();
        return;
      }
    }
    if (pending_ && ts - active_at_ >= hold_) pending_ = false;
  }

  [[nodiscard]] const char* state() const { return !active_ ? "inactive" : pending_ ? "pending" : "firing"; }

 private:
  nanoseconds hold_;
  nanoseconds keep_firing_for_;
  bool active_ = false;
  bool pending_ = false;
  nanoseconds active_at_{0};
  std::optional<nanoseconds> keep_firing_since_;
};

/// To those outside, what recovers fires.
std::string state_of(const AlertEngine& engine, std::string_view series) {
  for (const Instance& instance : engine.instances()) {
    if (value_of(instance.labels, "c") != series) continue;
    return std::string(name_of(instance.state == InstanceState::kRecovering ? InstanceState::kFiring : instance.state));
  }
  return "inactive";
}

/// One rule and three series, here and in the reference.
class Comparison {
 public:
  Comparison(std::mt19937& random, nanoseconds hold, nanoseconds keep)
      : random_(random),
        persistence_(up_to(6)),
        story_(rule().hold(hold).keep(keep).no_data(rules::NoDataPolicy::kPrometheus)),
        references_(kSeries, PrometheusAlert(hold, keep)) {}

  void evaluate(nanoseconds now) {
    for (std::size_t series = 0; series < kSeries; ++series) {
      const std::string name = "v{c=" + std::to_string(series) + "}";
      if (up_to(persistence_) == 0) breaching_[series] = !breaching_[series];
      if (!breaching_[series] && up_to(1) == 0) {
        story_.missing(clock_text(now), name);
      } else {
        story_.value(clock_text(now), breaching_[series] ? 95 : 50, name);
      }
      references_[series].evaluate(now, breaching_[series]);
    }
    story_.to(clock_text(now));
  }

  [[nodiscard]] Lines ours() {
    Lines states;
    for (std::size_t series = 0; series < kSeries; ++series) {
      states.push_back(state_of(story_.engine(), std::to_string(series)));
    }
    return states;
  }

  [[nodiscard]] Lines theirs() const {
    Lines states;
    for (const PrometheusAlert& reference : references_) states.emplace_back(reference.state());
    return states;
  }

 private:
  static constexpr std::size_t kSeries = 3;

  int up_to(int most) { return std::uniform_int_distribution(0, most)(random_); }

  std::mt19937& random_;
  int persistence_;
  Story story_;
  std::vector<PrometheusAlert> references_;
  std::array<bool, kSeries> breaching_{};
};

TEST(Alerts, a_rule_without_annotations_of_ours_does_what_it_does_in_prometheus) {
  std::mt19937 random(7);
  for (int run = 0; run < 150; ++run) {
    const nanoseconds hold = 5s * std::uniform_int_distribution(0, 14)(random);
    const nanoseconds keep = 5s * std::uniform_int_distribution(0, 14)(random);
    SCOPED_TRACE("for " + std::to_string(hold / 1s) + " s, keep_firing_for " + std::to_string(keep / 1s) + " s");
    Comparison comparison(random, hold, keep);
    for (nanoseconds now{0}; now < 20min; now += Story::kInterval) {
      comparison.evaluate(now);
      ASSERT_EQ(comparison.ours(), comparison.theirs()) << "run " << run << " at " << clock_text(now);
    }
  }
}

}  // namespace
}  // namespace sonde::alerts::test
