#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "measure/types.h"
#include "promql/types.h"
#include "store/types.h"

namespace sonde::rules {

/// Where a template is wrong.  units: from 1, within the template.
struct TextFault {
  int line = 0;
  int column = 0;
  std::string what;
};

/// What a template can speak of.
struct Facts {
  const store::Labels& labels;  ///< the element's, with the metric's name
  double value = 0;
  std::int64_t at_ms = 0;
};

/// PromQL and Go's templates, as rules are written in them.  threads: any.
class Language {
 public:
  virtual ~Language() = default;

  [[nodiscard]] virtual Expected<promql::ExpressionFacts, promql::QueryError> dissect(
      const std::string& expression) const = 0;

  /// An instant query.
  [[nodiscard]] virtual Expected<promql::QueryResult, promql::QueryError> query(const std::string& expression,
                                                                                std::int64_t at_ms) const = 0;

  [[nodiscard]] virtual std::optional<TextFault> find_fault(const std::string& text) const = 0;

  [[nodiscard]] virtual Expected<std::string, TextFault> expand(const std::string& text, const Facts& facts) const = 0;
};

}  // namespace sonde::rules
