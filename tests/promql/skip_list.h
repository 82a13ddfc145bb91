#pragma once

#include <re2/re2.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sonde::test {

/// Which cases are not for Sonde, and why.
/// shape: lines `query PATTERN | reason`, `result PATTERN | reason`, `error PATTERN | reason` and `series KIND |
/// reason`: cases with a query, an expected result or an error in which the regular expression is found, and cases that
/// read a series of the kind.
class SkipList {
 public:
  /// errors: kBadInput, with the number of the line.
  static Result<SkipList> parse(std::string_view text);

  /// Why the case is skipped, if it is.
  [[nodiscard]] std::optional<std::string> reason_for(const std::string& query, const std::string& lines) const;

  /// Why cases that end in this error are, if they are.
  [[nodiscard]] std::optional<std::string> reason_for_error(const std::string& error) const;

  /// Why cases that read a series of this kind are.
  [[nodiscard]] std::string reason_for_series(std::string_view kind) const;

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  [[nodiscard]] std::optional<std::string> find(std::string_view subject, const std::string& text) const;

  struct Entry {
    std::string subject;
    std::string pattern;
    std::shared_ptr<const RE2> regex;
    std::string reason;
  };

  std::vector<Entry> entries_;
  std::string text_;
};

}  // namespace sonde::test
