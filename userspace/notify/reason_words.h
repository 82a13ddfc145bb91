#pragma once

#include <string>
#include <string_view>

namespace sonde::notify {

/// What the rest of Sonde calls a reason, as people say it: "rule_removed" is "its rule was removed". Several stand
/// with
/// "; " between; what is not known is in words already.
std::string reason_in_words(std::string_view reason);

}  // namespace sonde::notify
