#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "templates/fault.h"
#include "templates/token.h"

namespace sonde::templates {

/// Cuts a template into words; comments and the space that `{{-` and `-}}` trim are gone. The last word is kEnd.
/// owner: the words point into the text.
Expected<std::vector<Token>, Fault> cut(std::string_view text);

}  // namespace sonde::templates
