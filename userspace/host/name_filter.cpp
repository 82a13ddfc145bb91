// GCC takes std::regex for uninitialised when it also adds the address sanitizer (GCC bug 105562).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include "host/name_filter.h"

#include <cstddef>
#include <string_view>

namespace sonde::host {
namespace {

constexpr std::size_t kMostAnswers = 10'000;
/// libstdc++ goes several stack frames deeper with every byte, and whoever may mount something chooses the name.
constexpr std::size_t kMostBytes = 512;

bool ask(const std::regex& expression, std::string_view name) {
  const std::string_view asked = name.substr(0, kMostBytes);
  try {
    return std::regex_match(asked.begin(), asked.end(), expression);
  } catch (const std::regex_error&) {
    return false;  // too complex for this name
  }
}

}  // namespace

Result<> NameFilter::use(const std::string& expression) {
  if (expression == expression_) return Ok{};
  compiled_.reset();
  answers_.clear();
  expression_.clear();
  if (expression.empty()) return Ok{};
  try {
    compiled_.emplace(expression, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error& error) {
    return Error{Code::kBadConfig, "'" + expression + "' is no regular expression: " + error.what()};
  }
  expression_ = expression;
  return Ok{};
}

bool NameFilter::matches(const std::string& name) {
  if (!compiled_) return false;
  if (const auto known = answers_.find(name); known != answers_.end()) return known->second;
  // Names that come and go, such as those of containers, would pile up.
  if (answers_.size() >= kMostAnswers) answers_.clear();
  return answers_.emplace(name, ask(*compiled_, name)).first->second;
}

}  // namespace sonde::host
