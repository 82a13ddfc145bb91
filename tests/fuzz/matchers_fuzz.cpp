// Matchers as people type them, and as files and the API bring them: what is read can be written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "alerts/matcher.h"
#include "alerts/matcher_syntax.h"
#include "base/utf8.h"

namespace {

using namespace sonde;

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const Result<std::vector<store::Matcher>>& found) {
  if (!found) {
    require(!found.error().what.empty() && is_valid_utf8(found.error().what));
    return;
  }
  const auto set = alerts::MatcherSet::compile(*found);
  require(set.has_value());
  static_cast<void>(set->matches({{"a", "b"}, {"severity", "page"}}));
  static_cast<void>(set->matches_nothing_given());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(alerts::parse_classic_matchers(text));
  check(alerts::parse_utf8_matchers(text));
  const auto found = alerts::parse_matchers(text);
  check(found);
  if (const auto one = alerts::parse_matcher(text)) require(*alerts::parse_matcher(alerts::text_of(*one)) == *one);
  if (!found) return 0;
  const auto again = alerts::parse_matchers(alerts::text_of(*found));
  require(again.has_value() && *again == *found);
  return 0;
}
