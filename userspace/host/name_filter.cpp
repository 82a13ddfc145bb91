#include "host/name_filter.h"

#include <climits>
#include <cstddef>

namespace sonde::host {
namespace {

constexpr std::size_t kMostAnswers = 10'000;

bool ask(const std::regex& expression, const std::string& name) {
  // libstdc++ goes a stack frame deeper with every byte. No path that can be asked for is longer than this.
  if (name.size() > PATH_MAX) return false;
  try {
    return std::regex_match(name, expression);
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
