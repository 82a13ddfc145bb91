#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "serve/types.h"

namespace sonde::serve {

/// Reads `a=1&b=x%20y&a=2`, the query of an address or a body of type application/x-www-form-urlencoded, as Go's
/// url.ParseQuery does (net/url/url.go): `+` is a blank, `;` is refused.
/// errors: kBadInput, worded as Go words it.
Result<Parameters> parse_form(std::string_view text);

/// Undoes the percent-encoding of a path (RFC 3986, section 2.1).
/// errors: kBadInput, worded as Go words it; also for a zero byte.
Result<std::string> decode_path(std::string_view text);

}  // namespace sonde::serve
