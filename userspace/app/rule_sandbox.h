#pragma once

#include <memory>
#include <utility>

#include "app/rule_language.h"
#include "app/store_source.h"
#include "base/clock.h"
#include "base/result.h"
#include "promql/engine.h"
#include "store/database.h"

namespace sonde::app {

/// A store in memory that keeps everything, with the languages of rules over it: for whatever reads, tests or replays
/// rules without a daemon.  threads: one at a time.
class RuleSandbox {
 public:
  static Result<std::unique_ptr<RuleSandbox>> create(const promql::EngineOptions& options = {},
                                                     TemplateExternals externals = {});

  [[nodiscard]] store::Database& database() { return *database_; }
  [[nodiscard]] const promql::Engine& engine() const { return engine_; }
  [[nodiscard]] const RuleLanguage& language() const { return language_; }

 private:
  RuleSandbox(std::unique_ptr<store::Database> database, const promql::EngineOptions& options,
              TemplateExternals externals)
      : database_(std::move(database)),
        source_(*database_),
        engine_(options, source_, clock_),
        language_(engine_, {}, std::move(externals)) {}

  const std::unique_ptr<store::Database> database_;
  const StoreSource source_;
  const SystemClock clock_;
  const promql::Engine engine_;
  const RuleLanguage language_;
};

}  // namespace sonde::app
