#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "promql/types.h"
#include "rules/language.h"

namespace sonde::app {

/// The moments something is evaluated at.  units: milliseconds since the Unix epoch; step more than none.
struct EvaluationGrid {
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  std::int64_t step_ms = 10'000;
};

/// Answers range queries over what was recorded: a daemon, or what a test has made up.
class RangeSource {
 public:
  virtual ~RangeSource() = default;
  [[nodiscard]] virtual Expected<std::vector<promql::ResultSeries>, promql::QueryError> range(
      const std::string& expression, const EvaluationGrid& grid) const = 0;
};

/// PromQL over what was recorded: each expression is asked for once, for all moments of the grid. Functions `query` in
/// templates find nothing.  threads: one at a time.
class RecordedLanguage final : public rules::Language {
 public:
  /// owner: the caller keeps `language`, which reads expressions and templates, and `source` alive.
  RecordedLanguage(const rules::Language& language, const RangeSource& source, const EvaluationGrid& grid)
      : language_(language), source_(source), grid_(grid) {}

  [[nodiscard]] Expected<promql::ExpressionFacts, promql::QueryError> dissect(
      const std::string& expression) const override {
    return language_.dissect(expression);
  }
  /// A moment beyond the grid has nothing.
  [[nodiscard]] Expected<promql::QueryResult, promql::QueryError> query(const std::string& expression,
                                                                        std::int64_t at_ms) const override;
  [[nodiscard]] std::optional<rules::TextFault> find_fault(const std::string& text) const override {
    return language_.find_fault(text);
  }
  [[nodiscard]] Expected<std::string, rules::TextFault> expand(const std::string& text,
                                                               const rules::Facts& facts) const override {
    return language_.expand(text, facts);
  }

 private:
  struct Recording {
    std::optional<promql::QueryError> error;
    std::vector<std::shared_ptr<const store::Labels>> labels;
    std::vector<std::vector<std::pair<std::size_t, double>>> steps;  // which of the labels, and their value
  };

  [[nodiscard]] Recording fetch(const std::string& expression) const;

  const rules::Language& language_;
  const RangeSource& source_;
  const EvaluationGrid grid_;
  mutable std::map<std::string, Recording> recordings_;
};

}  // namespace sonde::app
