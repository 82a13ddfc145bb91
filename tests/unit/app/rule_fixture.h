#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/rule_language.h"
#include "app/rule_runner.h"
#include "app/store_source.h"
#include "base/clock.h"
#include "promql/engine.h"
#include "rules/rule_file.h"
#include "store/database.h"

namespace sonde::app {

/// 2026-06-01T00:00:00Z, when the stories of rules begin.
inline constexpr std::int64_t kStoryMs = 1'780'272'000'000;

inline WallTime story_time(std::int64_t second) {
  return WallTime{std::chrono::milliseconds{kStoryMs + second * 1'000}};
}

/// Real PromQL over samples that a test writes down, and real templates.
class RuleFixture : public testing::Test {
 protected:
  RuleFixture() {
    std::vector<std::string> notices;
    auto opened = store::Database::open({}, notices);
    database_ = *std::move(opened);
    source_ = std::make_unique<StoreSource>(*database_);
    engine_ = std::make_unique<promql::Engine>(promql::EngineOptions{}, *source_, clock_);
    language_ = std::make_unique<RuleLanguage>(*engine_);
  }

  /// One sample; `labels` are without the name.
  void put(const std::string& metric, const std::vector<measure::Label>& labels, std::int64_t second, double value) {
    store::Labels all{{"__name__", metric}};
    all.insert(all.end(), labels.begin(), labels.end());
    std::string origin = metric;
    for (const measure::Label& label : labels) origin += '\n' + label.name + '=' + label.value;
    database_->append_outputs(origin, {{std::move(all), value}}, story_time(second));
  }

  /// The groups of a file that must be sound.
  std::vector<rules::Group> groups_of(std::string_view yaml) {
    rules::RuleFile file = rules::read_rule_file(yaml, "test.yml", *language_);
    for (const rules::RuleFault& fault : file.faults) {
      ADD_FAILURE() << fault.line << ":" << fault.column << ": " << fault.what;
    }
    rules::name_rules(file.groups);
    return std::move(file.groups);
  }

  SystemClock clock_;
  std::unique_ptr<store::Database> database_;
  std::unique_ptr<StoreSource> source_;
  std::unique_ptr<promql::Engine> engine_;
  std::unique_ptr<RuleLanguage> language_;
};

}  // namespace sonde::app
