#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "measure/types.h"
#include "promql/engine.h"
#include "rules/language.h"

namespace sonde::app {

/// What templates know as $externalLabels and $externalURL.
struct TemplateExternals {
  std::vector<measure::Label> labels;
  std::string url;
};

/// Rules in the languages of Prometheus: PromQL over one engine, and Go's templates.  threads: any.
class RuleLanguage final : public rules::Language {
 public:
  /// owner: the caller keeps `engine` alive. `stop` ends running queries.
  explicit RuleLanguage(const promql::Engine& engine, std::stop_token stop = {}, TemplateExternals externals = {});

  [[nodiscard]] Expected<promql::ExpressionFacts, promql::QueryError> dissect(
      const std::string& expression) const override;
  [[nodiscard]] Expected<promql::QueryResult, promql::QueryError> query(const std::string& expression,
                                                                        std::int64_t at_ms) const override;
  [[nodiscard]] std::optional<rules::TextFault> find_fault(const std::string& text) const override;
  [[nodiscard]] Expected<std::string, rules::TextFault> expand(const std::string& text,
                                                               const rules::Facts& facts) const override;

 private:
  const promql::Engine& engine_;
  const std::stop_token stop_;
  const TemplateExternals externals_;
};

}  // namespace sonde::app
