#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/types.h"

// The two syntaxes that Alertmanager has for matchers, each on its own. errors: as parse_matchers.
namespace sonde::alerts {

/// Of its beginnings: names of letters, digits, `_` and `:`; a value that is not in quotes may be nearly anything, even
/// empty. `{` before and `}` behind are optional, each by itself.
Result<std::vector<store::Matcher>> parse_classic_matchers(std::string_view text);
Result<store::Matcher> parse_classic_matcher(std::string_view text);

/// Of 0.27 on, near to PromQL: what holds one of {}!=~,\"'` or white space must be in double quotes, which hold what a
/// string of Go does; braces stand on both sides or on none.
Result<std::vector<store::Matcher>> parse_utf8_matchers(std::string_view text);

/// A label's name as it can stand without quotes everywhere: [a-zA-Z_:][a-zA-Z0-9_:]*
bool is_classic_name(std::string_view name);

}  // namespace sonde::alerts
