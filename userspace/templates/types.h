#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "measure/types.h"

namespace sonde::templates {

/// One element of what a query in a template answers.
struct TemplateSeries {
  std::vector<measure::Label> labels;
  double value = 0;
};

/// What a template is about: `$labels` and `.Labels`, `$value` and `.Value`, and so on.
/// units: milliseconds since the Unix epoch, the moment of the evaluation.
struct TemplateData {
  std::vector<measure::Label> labels;
  double value = 0;
  std::vector<measure::Label> external_labels;
  std::string external_url;
  std::int64_t at_ms = 0;
};

/// Answers the function `query`: the elements of an instant vector at the moment of the evaluation.
using QueryFunction = std::function<Result<std::vector<TemplateSeries>>(const std::string& expression)>;

/// The one thing that stops a template.  units: from 1; the column counts bytes.
struct TemplateFault {
  int line = 1;
  int column = 1;
  std::string what;  ///< with how to mend it
};

/// What a template may cost, so that a hostile one can neither hang the daemon nor exhaust its memory.
struct TemplateLimits {
  std::size_t text_bytes = std::size_t{64} << 10U;
  std::size_t nesting = 100;  ///< of blocks and parentheses in the text; of templates calling each other
  std::size_t output_bytes = std::size_t{64} << 10U;
  std::size_t steps = 100'000;  ///< one for each action, and for every 64 bytes that a function makes
};

inline constexpr TemplateLimits kTemplateLimits;

}  // namespace sonde::templates
