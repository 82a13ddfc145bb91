#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "promql/parser.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void require_same(const std::string& printed, const std::string& text) {
  const auto again = sonde::promql::parse(printed);
  require(again.has_value());
  require(sonde::promql::to_text(**again) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto matchers = sonde::promql::parse_selector(text);
  require(matchers.has_value() || !matchers.error().what.empty());

  const auto expression = sonde::promql::parse(text);
  if (!expression) {
    require(expression.error().what.find("parse error: ") != std::string::npos);
    return 0;
  }
  require((*expression)->height <= sonde::promql::EngineOptions{}.max_depth);
  require((*expression)->span.begin < (*expression)->span.end && (*expression)->span.end <= size);
  const std::string printed = sonde::promql::to_text(**expression);
  if (printed.size() > sonde::promql::EngineOptions{}.max_expression_bytes / 4) return 0;
  require_same(printed, printed);
  require_same(sonde::promql::to_pretty_text(**expression), printed);
  return 0;
}
