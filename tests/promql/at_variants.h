#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sonde::test {

/// A query whose selectors all have their time fixed, asked at another time.
struct AtVariant {
  std::string expression;
  std::int64_t at_ms = 0;
};

/// The query with `@` its own time everywhere, asked at times around: it must answer the same. None if it reads the
/// time itself or is none (promql/promqltest, atModifierTestCases).
std::vector<AtVariant> at_variants(const std::string& expression, std::int64_t at_ms);

}  // namespace sonde::test
