// GCC takes std::regex for uninitialised when it also adds the address sanitizer (GCC bug 105562).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <cstddef>
#include <regex>
#include <string>

#include "config/spelling.h"

namespace sonde::config {

Result<> check_pattern(std::string_view text) {
  // std::regex reads by recursion.
  constexpr std::size_t kMostBytes = 1'024;
  if (text.size() > kMostBytes) {
    return Error{Code::kBadInput, "must be at most " + std::to_string(kMostBytes) + " bytes long"};
  }
  try {
    static_cast<void>(std::regex(text.begin(), text.end(), std::regex::ECMAScript));
    return Ok{};
  } catch (const std::regex_error& fault) {
    return Error{Code::kBadInput, shown_value(text) + " is no regular expression: " + fault.what()};
  }
}

}  // namespace sonde::config
