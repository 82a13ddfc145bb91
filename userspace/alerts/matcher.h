#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/types.h"
#include "base/result.h"
#include "store/types.h"

namespace re2 {
class RE2;
}

namespace sonde::alerts {

/// Reads matchers as Alertmanager writes them: `{a="b",c=~"d|e"}`, `a=b, c!=d`, also `{"größe"="1"}`. What its classic
/// syntax takes is meant in that way; the rest is read by its newer one, whose names and values are any UTF-8.
/// errors: kBadInput, with the place and how to mend it, also for what check_matcher refuses.
Result<std::vector<store::Matcher>> parse_matchers(std::string_view text);

/// The same for exactly one, without braces.
Result<store::Matcher> parse_matcher(std::string_view text);

/// errors: kBadInput for a name that is empty or no UTF-8, and for a regular expression that is none.
Result<> check_matcher(const store::Matcher& matcher);

/// As parse_matcher reads it back: `severity=~"page|ticket"`.
std::string text_of(const store::Matcher& matcher);

/// The same for several: `{a="b",c!="d"}`.
std::string text_of(std::span<const store::Matcher> matchers);

/// Conditions on labels that must all hold, ready to be asked often; none at all hold always.
///
/// Regular expressions (RE2, which is Go's) match a whole value, and `.` is any character but a line's end, other than
/// in PromQL. A label that is not there has the empty value.  threads: any.
class MatcherSet {
 public:
  /// errors: those of check_matcher.
  [[nodiscard]] static Result<MatcherSet> compile(std::span<const store::Matcher> matchers);

  [[nodiscard]] bool matches(const store::Labels& labels) const;

  /// True if every one of them holds for an alert that has none of the labels; also if there are none.
  [[nodiscard]] bool matches_nothing_given() const { return matches({}); }

 private:
  struct Compiled {
    store::Matcher matcher;
    std::shared_ptr<const re2::RE2> pattern;  // of kRegex and kNotRegex
  };
  static bool holds(const Compiled& compiled, std::string_view value);

  std::vector<Compiled> all_;
};

}  // namespace sonde::alerts
